"""How one request is answered: honestly, unless something is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum


class End(Enum):
    """What becomes of the connection, once a part of the body is sent (all of it unless said)."""

    KEEP = "stays open for the next request"
    CLOSE = "is closed"
    RESET = "is reset"
    SILENCE = "stays open, and nothing more is sent"
    HOLD = "goes on when the test says so"
    CUT_HEAD = "is closed in the midst of the headers"
    NO_ANSWER = "stays open without an answer"


@dataclass(frozen=True)
class Reply:
    """The difference to an honest answer.

    ``stop`` counts bytes of the whole blob, whatever range was asked for, and ``after`` those of this very answer.
    A header of None is left out. ``flip`` is the place of a byte of the blob that comes wrong; ``expired`` lets the
    request's address be no good from now on; ``drip`` is bytes and seconds. Without ``ranges`` the whole is sent
    whatever was asked for, and without ``conditions`` an ETag that was named is not looked at. Ranges may all be
    called ``unsatisfiable``.
    """

    status: int | None = None
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: bytes | None = None
    stop: int | None = None
    after: int | None = None
    end: End = End.KEEP
    flip: int | None = None
    drip: tuple[int, float] | None = None
    ranges: bool = True
    conditions: bool = True
    unsatisfiable: bool = False
    expired: bool = False

    def but(self, **changes: object) -> Reply:
        """The same with some differences more."""
        return replace(self, **changes)  # type: ignore[arg-type]  # by name


HONEST = Reply()


def reset(at: int) -> Reply:
    return Reply(stop=at, end=End.RESET)


def close(at: int) -> Reply:
    return Reply(stop=at, end=End.CLOSE)


def silence(at: int) -> Reply:
    return Reply(stop=at, end=End.SILENCE)


def hold(at: int) -> Reply:
    return Reply(stop=at, end=End.HOLD)


def answer(status: int, body: bytes | str = b"", **headers: str | None) -> Reply:
    """Exactly this; ``Content_Type="text/html"`` is a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, headers=named, body=body.encode() if isinstance(body, str) else body)


def sent_with(**headers: str | None) -> Reply:
    """An honest answer with other headers."""
    return Reply(headers={name.replace("_", "-"): value for name, value in headers.items()})


def complaint(status: int, message: str, **headers: str | None) -> Reply:
    """An error as GitHub's API words them."""
    return answer(status, f'{{"message": "{message}"}}', Content_Type="application/json", **headers)


EXPIRED_ADDRESS = Reply(expired=True)
