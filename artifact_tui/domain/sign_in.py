"""Signing in, for screens and the command line: the rights of a token, and the protocol that stores one.

Sources: GitHub's documentation on scopes for OAuth apps and on permissions for fine-grained tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from artifact_tui.domain.models import Account
from artifact_tui.errors import UserError

Place = Literal["keyring", "file", "this session"]


class SignInError(UserError):
    """Signing in failed, or a token could not be stored."""


class Right(Struct, frozen=True):
    """An action, whether the token allows it (None if the server does not say), and an explanation."""

    name: str
    may: bool | None
    sentence: str


class Trial(Struct, frozen=True):
    """The server's answer for a token: the account, the rights and the expiry date, if any."""

    account: Account
    rights: tuple[Right, ...]
    expires: datetime | None = None


class DeviceCode(Struct, frozen=True):
    """A code to enter at an address; ``secret`` polls for the result and is never shown. Times are in seconds."""

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
        """``HOST``, or ``ACCOUNT@HOST`` for a named account."""

    @property
    def source(self) -> str:
        """The source of the token in use; empty for none."""

    @property
    def earlier(self) -> str:
        """The source with a token that wins over keyring and file; empty for none."""

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence for each source that failed."""

    @property
    def keyring_note(self) -> str | None:
        """The keyring's problem, empty for none; None until it was checked."""

    @property
    def warning(self) -> str:
        """A warning that applies to any token, such as a token file that others can read; empty for none."""

    @property
    def file(self) -> str:
        """The path of the token file."""

    @property
    def has_device_flow(self) -> bool:
        """Whether sign-in with a code is available, which needs a configured OAuth app."""

    def keyring_problem(self) -> str:
        """Return why no keyring can store a token; empty if one can. May block for seconds."""

    async def try_token(self, text: str) -> Trial:
        """Request the account of a token; raise :class:`SignInError` or :class:`~.domain.provider.ProviderError`."""

    def keep(self, place: Place) -> None:
        """Use the last tried token and store it; block for seconds, raise :class:`SignInError`."""

    async def begin_device_flow(self) -> DeviceCode:
        """Request a code; raise the errors of :meth:`try_token`."""

    async def finish_device_flow(self, code: DeviceCode, waiting: Callable[[], None] = lambda: None) -> Trial:
        """Poll until the code was entered, then try the token; ``waiting`` is called before each pause."""


def rights_of(account: Account) -> tuple[Right, Right, Right]:
    """Return the rights of an account's token: list, download and delete."""
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


def token_advice(web_url: str) -> tuple[str, str]:
    """Return where a token is created, and the rights that it needs, as two lines."""
    return (
        f"Create a token at {web_url}/settings/tokens",
        "Scope repo; or fine-grained with Actions: read, and write to delete.",
    )


def right_line(right: Right) -> str:
    """Return a right as one line, with a sign and a word besides any color."""
    sign, word = {True: ("✓", "yes"), False: ("✗", "no"), None: ("?", "unknown")}[right.may]
    return f"{sign} {right.name:<9} {word}{f': {right.sentence}' if right.sentence else ''}"
