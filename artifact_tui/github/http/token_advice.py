"""Advice about a token, by the source it came from."""

from __future__ import annotations

from artifact_tui.github.hosts import Host
from artifact_tui.github.tokens.credentials import Access, token_variables
from artifact_tui.github.tokens.sources import GH, THIS_RUN


class Advice:
    """The clauses for one host and account."""

    def __init__(self, host: Host, access: Access) -> None:
        self._host = host
        self._access = access

    @property
    def sign_in(self) -> str:
        """How to give a token where there is none; a variable is nobody's in particular."""
        variable = "" if self._host.account else f", or set {token_variables(self._host)[0]}"
        return f"sign in (S, or {self._login}){variable}"

    @property
    def another_token(self) -> str:
        """How to give another token than the one in use: where it comes from wins over what is kept later."""
        credential = self._access.credential
        source = credential.source if credential else ""
        if source == THIS_RUN:
            return "give another"
        if source in token_variables(self._host):
            return f"set another in {source}, or sign in for this run (S)"
        if source == GH:
            return f"run gh auth login --hostname {self._host.name}, or sign in for this run (S)"
        return f"sign in again (S, or {self._login})"

    @property
    def _login(self) -> str:
        is_usual = self._host.label == "github.com"
        return "artifact-tui auth login" + ("" if is_usual else f" --host {self._host.label}")


def sentence(clause: str) -> str:
    """Return the clause as a sentence, with a capital and a full stop."""
    return f"{clause[:1].upper()}{clause[1:]}."
