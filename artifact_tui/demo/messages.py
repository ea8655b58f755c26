"""Requests and answers of the demo server, independent of the transport."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

DOCS = "https://docs.github.com/rest"


@dataclass(frozen=True)
class DemoRequest:
    """A request; header names are in lower case, and the repr omits headers and body."""

    method: str
    url: str
    place: Literal["api", "blob", "web"]
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class DemoPause:
    """A pause in sending, in seconds."""

    seconds: float


Flow = Iterator[bytes | DemoPause]


@dataclass
class DemoAnswer:
    """An answer; downloads use `flow` instead of `body`, and `delay` is in seconds before the start."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    flow: Callable[[], Flow] | None = None
    delay: float = 0.0

    def pauses(self) -> Iterator[float]:
        """Yield the pauses before the answer starts, in seconds."""
        yield self.delay

    def parts(self) -> Flow:
        """Return the body in parts, with its pauses."""
        return self.flow() if self.flow is not None else iter([self.body] if self.body else [])


class BrokenLink(Exception):
    """A failed connection; `trouble` is the type of failure, such as "dns" for an unknown host."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class Refusal(Exception):
    """An error answer to a request."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] = {}, **more: object) -> None:
        super().__init__(message)
        self.status, self.message, self.headers, self.more = status, message, headers, more

    def answer(self) -> DemoAnswer:
        """Return the error in GitHub's format: message, documentation, and the status as text."""
        body = {"message": self.message, **self.more, "documentation_url": DOCS, "status": str(self.status)}
        return json_answer(body, self.status, self.headers)


def json_answer(value: object, status: int = 200, headers: Mapping[str, str] = {}) -> DemoAnswer:
    """Return a JSON answer."""
    headers = {"Content-Type": "application/json; charset=utf-8", **headers}
    return DemoAnswer(status, headers, msgspec.json.encode(value))


def chunks(parts: Iterable[bytes], rate: float) -> Flow:
    """Yield the parts of a download at `rate` bytes per second (0: unlimited)."""
    step = int(rate / 20) or 1
    for part in parts:
        if not rate:
            yield part
            continue
        for at in range(0, len(part), step):
            piece = part[at : at + step]
            yield DemoPause(len(piece) / rate)
            yield piece


Values = dict[str, Any]
