"""Requests and answers of the demo server, independent of what carries them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

DOCS = "https://docs.github.com/rest"


@dataclass(frozen=True)
class DemoRequest:
    """A request as it came; header names are lower case, and headers stay out of the repr."""

    method: str
    url: str
    place: Literal["api", "blob", "web"]
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class DemoPause:
    """A stretch of time in which nothing is sent, in seconds."""

    seconds: float


Flow = Iterator[bytes | DemoPause]


@dataclass
class DemoAnswer:
    """What goes back: downloads use `flow` instead of `body`; `delay` is in seconds, before it starts."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    flow: Callable[[], Flow] | None = None
    delay: float = 0.0

    def pauses(self) -> Iterator[float]:
        """Stretches of time to let pass before it starts, in seconds."""
        yield self.delay

    def parts(self) -> Flow:
        """Return the body bit by bit, with its pauses."""
        if self.flow is not None:
            return self.flow()
        return iter([self.body] if self.body else [])


class BrokenLink(Exception):
    """The connection fails in the way that `trouble` names; "dns" is a host that does not exist."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class Refusal(Exception):
    """Ends the handling of a request with an error answer."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] = {}, **more: object) -> None:
        super().__init__(message)
        self.status, self.message, self.headers, self.more = status, message, headers, more

    def answer(self) -> DemoAnswer:
        """Return the error as GitHub words it: message, documentation, and the status as text."""
        body = {"message": self.message, **self.more, "documentation_url": DOCS, "status": str(self.status)}
        return json_answer(body, self.status, self.headers)


def json_answer(value: object, status: int = 200, headers: Mapping[str, str] = {}) -> DemoAnswer:
    """Return an answer that carries JSON."""
    return DemoAnswer(
        status, {"Content-Type": "application/json; charset=utf-8", **headers}, msgspec.json.encode(value)
    )


def chunks(parts: Iterable[bytes], rate: float) -> Flow:
    """Return the parts of a download at `rate` bytes a second (0: as fast as they are taken)."""
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
