"""The token for a server, and where it came from; a token is never shown, and never offered to another server."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from typing import NoReturn

from msgspec import Struct

from artifact_tui.errors import UserError
from artifact_tui.github.hosts import Host
from artifact_tui.redaction import redact

CLOUD_VARIABLES = ("GH_TOKEN", "GITHUB_TOKEN")
ENTERPRISE_VARIABLES = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")

_SHAPE = re.compile(r"[\x21-\x7e]{8,512}")
_PROCESS_KEY = os.urandom(16)


class TokenError(UserError):
    """A token that cannot be one; the sentence never holds the value."""


class Token:
    """A secret for the Authorization header: repr and str are masked, equality and pickling are not offered."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        stripped = value.strip()
        if not _SHAPE.fullmatch(stripped):
            raise TokenError("Not a valid token. Expected 8 to 512 visible ASCII characters without spaces.")
        self._value = stripped

    def reveal(self) -> str:
        """Return the value itself, for the one place that builds the Authorization header."""
        return self._value

    def identity(self, key: bytes = _PROCESS_KEY) -> str:
        """Return a name for this token that means nothing without the key, to keep answers of accounts apart.

        The usual key is this process's own.
        """
        return hashlib.blake2b(self._value.encode(), key=key, digest_size=16).hexdigest()

    def __repr__(self) -> str:
        return "Token(***)"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token is not pickled")


_ORIGINS = {"gh": "of gh", "keyring": "in the keyring", "file": "in the token file", "this run": "that was given"}


class Credential(Struct, frozen=True):
    """A token and the name of its source: the variable it stood in, ``gh``, ``keyring``, ``file`` or ``this run``."""

    token: Token
    source: str

    @property
    def origin(self) -> str:
        """The source as it follows "the token"."""
        return _ORIGINS.get(self.source, f"in {self.source}")


class Access:
    """The credential in use for one host; signing in replaces it while requests of several threads go on."""

    def __init__(self, credential: Credential | None = None) -> None:
        self._credential: Credential | None = None
        self.use(credential)

    @property
    def credential(self) -> Credential | None:
        """What requests are signed with now; None for nothing."""
        return self._credential

    def use(self, credential: Credential | None) -> None:
        """Sign requests with it from now on; its token is kept out of all that the program writes."""
        if credential is not None:
            redact.learn(credential.token.reveal())
        self._credential = credential

    @classmethod
    def of(cls, credential: Credential | Access | None) -> Access:
        """One that may change as it is, and one that never does."""
        return credential if isinstance(credential, Access) else cls(credential)


def token_variables(host: Host) -> tuple[str, ...]:
    """Return the variables that may hold a token for ``host``.

    ``GH_TOKEN`` and ``GITHUB_TOKEN`` are for GitHub's own hosts alone: a runner's or a codespace's token must not
    reach another server (the rule of ``gh`` since CVE-2024-53859).
    """
    return CLOUD_VARIABLES if host.kind.is_cloud else ENTERPRISE_VARIABLES


def find_credential(host: Host, environ: Mapping[str, str]) -> Credential | None:
    """Return the token that the environment has for ``host``, None for none, and for an account that is named.

    A variable does not name an account (``gh auth token --user`` leave them out too).
    Raises :class:`TokenError` naming the variable when its value cannot be a token.
    """
    variable = "" if host.account else set_variable(host, environ)
    return Credential(_checked(variable, environ[variable].strip()), variable) if variable else None


def set_variable(host: Host, environ: Mapping[str, str]) -> str:
    """Return the first of the host's variables that is set; empty for none."""
    return next((name for name in token_variables(host) if environ.get(name, "").strip()), "")


def other_kinds_variable(host: Host, environ: Mapping[str, str]) -> str:
    """Return a sentence about a variable that is set for another kind of host than ``host``; empty for none."""
    is_enterprise = not host.kind.is_cloud
    others = CLOUD_VARIABLES if is_enterprise else ENTERPRISE_VARIABLES
    name = next((name for name in others if environ.get(name, "").strip()), "")
    if not name:
        return ""
    where = "github.com and *.ghe.com" if is_enterprise else "Enterprise Servers"
    return f"{name} is used for {where} only. For {host.name}, set {token_variables(host)[0]}."


def _checked(variable: str, value: str) -> Token:
    try:
        return Token(value)
    except TokenError:
        raise TokenError(
            f"{variable} does not hold a valid token. Expected 8 to 512 visible ASCII characters without spaces."
        ) from None
