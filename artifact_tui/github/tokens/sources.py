"""The sources of a host's token in their order, and the places to store one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from artifact_tui.errors import UserError
from artifact_tui.github.hosts import Host
from artifact_tui.github.tokens.credentials import (
    Credential,
    Token,
    TokenError,
    find_credential,
    other_kinds_variable,
    set_variable,
)
from artifact_tui.github.tokens.gh import NoGhAnswer, token_of_gh
from artifact_tui.github.tokens.keyring import SystemKeyring
from artifact_tui.github.tokens.token_file import TokenFile, TokenFileError

GH = "gh"
KEYRING = "keyring"
FILE = "file"
THIS_SESSION = "this session"
Keeping = Literal["keyring", "file"]


class FoundToken(Struct, frozen=True):
    """The first token found, if any, and a sentence for each source that failed.

    ``warning`` applies to any token: others can read the token file. ``keyring`` is the keyring's problem; None if it
    was not used.
    """

    credential: Credential | None
    notes: tuple[str, ...] = ()
    warning: str = ""
    keyring: str | None = None


class KeepingError(UserError):
    """A token could not be stored or removed."""


class TokenSources:
    """The sources for one host: environment, ``gh``, keyring, token file, in this order."""

    def __init__(
        self, host: Host, environ: Mapping[str, str], file: Path | None, keyring: SystemKeyring | None = None
    ) -> None:
        self.host = host
        self.file = TokenFile(file)
        self._environ = environ
        self._keyring = keyring or SystemKeyring(environ)

    def find(self) -> FoundToken:
        """Search the sources in order, which can take seconds; raise :class:`TokenError` for an invalid variable."""
        notes: list[str] = []
        credential = find_credential(self.host, self._environ)
        variable = set_variable(self.host, self._environ) if self.host.account else ""
        if variable:
            notes.append(f"{variable} does not name an account and is ignored for {self.host.account}.")
        keyring: str | None = None
        credential = credential or self._from_gh(notes)
        if credential is None:
            credential, keyring = self._from_keyring(notes)
        credential = credential or self._from_file(notes)
        other = "" if credential or self.host.account else other_kinds_variable(self.host, self._environ)
        if other:
            notes.insert(0, other)
        return FoundToken(credential, tuple(notes), self.file.problem() or other, keyring)

    def keyring_problem(self) -> str:
        """Return why the keyring cannot store a token; empty if it can. Blocks for seconds."""
        return self._keyring.ask("get", self.host).sentence

    def keep(self, token: Token, place: Keeping) -> Credential:
        """Store a token; raise :class:`KeepingError` with the reason on failure."""
        try:
            if place == "file":
                self.file.set(self.host, token.reveal())
            elif problem := self._keyring.ask("set", self.host, token.reveal()).sentence:
                raise KeepingError(problem)
        except TokenFileError as error:
            raise KeepingError(str(error)) from None
        return Credential(token, place)

    def forget(self) -> tuple[str, ...]:
        """Remove the host's token from keyring and file; return which had it, or raise :class:`KeepingError`."""
        answer = self._keyring.ask("delete", self.host)
        try:
            filed = self.file.delete(self.host)
        except TokenFileError as error:
            raise KeepingError(str(error)) from None
        if answer.outcome not in {"ok", "none", "absent", "unsafe", "misnamed"}:
            raise KeepingError(answer.sentence)
        return tuple(name for name, held in ((KEYRING, answer.outcome == "ok"), (FILE, filed)) if held)

    def _from_gh(self, notes: list[str]) -> Credential | None:
        try:
            token = token_of_gh(self.host, self._environ)
        except NoGhAnswer as error:
            notes.append(str(error))
            return None
        return Credential(token, GH) if token else None

    def _from_keyring(self, notes: list[str]) -> tuple[Credential | None, str]:
        answer = self._keyring.ask("get", self.host)
        if answer.sentence:
            notes.append(answer.sentence)
        kept = _kept(answer.secret, KEYRING, notes) if answer.outcome == "ok" else None
        return kept, answer.sentence

    def _from_file(self, notes: list[str]) -> Credential | None:
        try:
            kept = self.file.get(self.host)
        except TokenFileError as error:
            notes.append(str(error))
            return None
        return _kept(kept, FILE, notes) if kept else None


def _kept(value: str, source: str, notes: list[str]) -> Credential | None:
    try:
        return Credential(Token(value), source)
    except TokenError:
        notes.append(f"The {source} does not hold a valid token for this host.")
        return None
