"""Tokens and their sources; a token is never shown, and never sent to another server."""

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
_EXPECTED = "Expected 8 to 512 visible ASCII characters without spaces."
_PROCESS_KEY = os.urandom(16)


class TokenError(UserError):
    """Text that is not a token; the sentence never contains it."""


class Token:
    """A secret for the Authorization header, with a masked repr, and without equality and pickling."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        stripped = value.strip()
        if not _SHAPE.fullmatch(stripped):
            raise TokenError(f"Not a valid token. {_EXPECTED}")
        self._value = stripped

    def reveal(self) -> str:
        """Return the value, for the one place that builds the Authorization header."""
        return self._value

    def identity(self, key: bytes = _PROCESS_KEY) -> str:
        """Return a keyed hash of the token, which tells accounts apart; the default key is this process's."""
        return hashlib.blake2b(self._value.encode(), key=key, digest_size=16).hexdigest()

    def __repr__(self) -> str:
        return "Token(***)"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token is not pickled")


_ORIGINS = {"gh": "of gh", "keyring": "in the keyring", "file": "in the token file", "this session": "you entered"}


class Credential(Struct, frozen=True):
    """A token and its source: a variable, ``gh``, ``keyring``, ``file`` or ``this session``."""

    token: Token
    source: str

    @property
    def origin(self) -> str:
        """The source in words that follow "the token"."""
        return _ORIGINS.get(self.source, f"in {self.source}")


class Access:
    """The credential in use for one host; signing in replaces it while threads send requests."""

    def __init__(self, credential: Credential | None = None) -> None:
        self._credential: Credential | None = None
        self.use(credential)

    @property
    def credential(self) -> Credential | None:
        """The credential for requests; None for none."""
        return self._credential

    def use(self, credential: Credential | None) -> None:
        """Use a credential from now on, and redact its token in all output."""
        if credential is not None:
            redact.learn(credential.token.reveal())
        self._credential = credential

    @classmethod
    def of(cls, credential: Credential | Access | None) -> Access:
        """Return an ``Access``, made from a credential if necessary."""
        return credential if isinstance(credential, Access) else cls(credential)


def token_variables(host: Host) -> tuple[str, ...]:
    """Return the variables for the host's token.

    ``GH_TOKEN`` and ``GITHUB_TOKEN`` are only for hosts that GitHub runs: the token of a runner or codespace must not
    reach another server (the rule of ``gh`` since CVE-2024-53859).
    """
    return CLOUD_VARIABLES if host.kind.is_cloud else ENTERPRISE_VARIABLES


def find_credential(host: Host, environ: Mapping[str, str]) -> Credential | None:
    """Return the environment's token; None for a named account, as in ``gh``. Raise :class:`TokenError` if invalid."""
    variable = "" if host.account else set_variable(host, environ)
    if not variable:
        return None
    try:
        return Credential(Token(environ[variable]), variable)
    except TokenError:
        raise TokenError(f"{variable} does not hold a valid token. {_EXPECTED}") from None


def set_variable(host: Host, environ: Mapping[str, str]) -> str:
    """Return the first set variable of the host; empty for none."""
    return next((name for name in token_variables(host) if environ.get(name, "").strip()), "")


def other_kinds_variable(host: Host, environ: Mapping[str, str]) -> str:
    """Return a sentence about a set variable for another kind of host; empty for none."""
    is_enterprise = not host.kind.is_cloud
    others = CLOUD_VARIABLES if is_enterprise else ENTERPRISE_VARIABLES
    name = next((name for name in others if environ.get(name, "").strip()), "")
    if not name:
        return ""
    where = "github.com and *.ghe.com" if is_enterprise else "Enterprise Servers"
    return f"{name} is used for {where} only. For {host.name}, set {token_variables(host)[0]}."
