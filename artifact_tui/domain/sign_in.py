"""Signing in, as screens and the command line see it: what a token may do, and the protocol behind which one is kept.

Rules: GitHub's documentation on scopes for OAuth apps, and on permissions required for fine-grained tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from artifact_tui.domain.models import Account
from artifact_tui.errors import UserError

Place = Literal["keyring", "file", "this run"]


class SignInError(UserError):
    """Signing in failed, or a token could not be stored."""


class Right(Struct, frozen=True):
    """One thing that people do here, whether the token may, None where the server does not say, and a sentence."""

    name: str
    may: bool | None
    sentence: str


class Trial(Struct, frozen=True):
    """What the server said of a token: whose it is, what it may do, and when it ends, if it does."""

    account: Account
    rights: tuple[Right, ...]
    expires: datetime | None = None


class DeviceCode(Struct, frozen=True):
    """What people enter, and where; ``secret`` is for asking how it went and is never shown. Times in seconds."""

    user_code: str
    address: str
    secret: str
    interval: float
    expires_in: float

    def __repr__(self) -> str:
        return f"DeviceCode({self.address!r})"


class SignIn(Protocol):
    """Signing in to one host."""

    @property
    def host(self) -> str:
        """The host's name, with the account that is asked for before it, if one is."""

    @property
    def source(self) -> str:
        """Where the token in use comes from; empty without one."""

    @property
    def earlier(self) -> str:
        """The source that is asked before keyring and file and has a token; empty for none."""

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence for each source that could not say whether it has a token."""

    @property
    def keyring_note(self) -> str | None:
        """The problem of the keyring, empty if there is none; None until it was asked."""

    @property
    def warning(self) -> str:
        """What to act on whatever source answered, such as a token file that others can read; empty for nothing."""

    @property
    def file(self) -> str:
        """The path of the file that a token can be kept in."""

    @property
    def has_device_flow(self) -> bool:
        """Whether a code on a web page can stand in for a token: an app has to be configured."""

    def keyring_problem(self) -> str:
        """Return why no keyring can store a token, as a sentence; empty if one can. May block for seconds."""

    async def try_token(self, text: str) -> Trial:
        """Ask the server who this token is.

        Raises :class:`SignInError` for what is no token, :class:`~.domain.provider.ProviderError` otherwise.
        """

    def keep(self, place: Place) -> None:
        """Use the token that was tried last, and keep it there; blocks for seconds, raises :class:`SignInError`."""

    async def begin_device_flow(self) -> DeviceCode:
        """Ask for a code; raises as :meth:`try_token`."""

    async def finish_device_flow(self, code: DeviceCode, waiting: Callable[[], None] = lambda: None) -> Trial:
        """Ask until the code was entered, then as :meth:`try_token`; ``waiting`` is called before each pause."""


def rights_of(account: Account) -> tuple[Right, Right, Right]:
    """Return what an account's token may do here: list, download and delete."""
    if not account.classic:
        return (
            Right("list", None, "private repositories need the permission Actions: read"),
            Right("download", None, "needs the permission Actions: read"),
            Right("delete", None, "needs the permission Actions: write"),
        )
    scopes = {scope.strip() for scope in account.scopes.split(",")}
    if "repo" in scopes:
        return Right("list", True, "all you can reach"), Right("download", True, ""), Right("delete", True, "")
    public = "public_repo" in scopes
    rest = "in public repositories; others need the scope repo" if public else "needs the scope repo"
    return (
        Right("list", True, "public repositories; others need the scope repo"),
        Right("download", public, rest),
        Right("delete", public, rest),
    )


def right_line(right: Right) -> str:
    """One right in a line, with a sign and a word besides any color."""
    sign, word = {True: ("✓", "yes"), False: ("✗", "no"), None: ("?", "not told")}[right.may]
    return f"{sign} {right.name:<9} {word}{f': {right.sentence}' if right.sentence else ''}"
