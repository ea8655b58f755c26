"""The system's keyring, asked through a child process within a limit; its troubles are outcomes with one sentence."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from artifact_tui.github.hosts import Host
from artifact_tui.github.tokens.child_process import Unanswered, ask_child
from artifact_tui.text import printable

SECONDS = 3.0
CHILD = Path(__file__).with_name("keyring_child.py")
USER = "token"
"""Whose token it is where no account is named; with one, ``token:ACCOUNT``, which is no account itself."""

Outcome = Literal["ok", "none", "absent", "locked", "unsafe", "misnamed", "lost", "trouble", "timeout"]
Action = Literal["get", "set", "delete"]

_SENTENCES: dict[Outcome, str] = {
    "ok": "",
    "none": "",
    "absent": "No keyring available.",
    "locked": "The keyring is locked.",
    "misnamed": "PYTHON_KEYRING_BACKEND does not name a usable keyring.",
    "lost": "The keyring request failed.",
    "trouble": "The keyring cannot be opened here.",
    "timeout": f"The keyring did not answer within {SECONDS:g} seconds.",
}


class KeyringAnswer(Struct, frozen=True):
    """What came of asking the keyring; the repr leaves the secret out."""

    outcome: Outcome
    secret: str = ""
    backend: str = ""

    @property
    def sentence(self) -> str:
        """What is in the way, for the user; empty when nothing is."""
        if self.outcome == "unsafe":
            return f"The keyring set up here ({printable(self.backend, 80)}) does not protect secrets and is ignored."
        return _SENTENCES[self.outcome]

    def __repr__(self) -> str:
        return f"KeyringAnswer({self.outcome!r}, backend={self.backend!r})"


class SystemKeyring:
    """Tokens by host, under the service ``artifact-tui:HOST``, and there by account where one is named."""

    def __init__(self, environ: Mapping[str, str], *, seconds: float = SECONDS) -> None:
        self._environ = environ
        self._seconds = seconds

    def ask(self, action: Action, host: Host, secret: str = "") -> KeyringAnswer:
        """Get, set or delete the token of a host; blocks for ``seconds`` at most and raises nothing.

        ``-P`` keeps the directory we stand in, which may be a stranger's clone, out of the child's imports.
        """
        request = {"action": action, "service": f"artifact-tui:{host.name}", "user": _user(host), "secret": secret}
        command = [sys.executable, "-P", str(CHILD)]
        try:
            done = ask_child(command, self._environ, said=msgspec.json.encode(request), seconds=self._seconds)
        except Unanswered:
            return KeyringAnswer("timeout")
        except OSError:
            return KeyringAnswer("absent")
        try:
            return msgspec.json.decode(done.output, type=KeyringAnswer)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return KeyringAnswer("trouble")


def _user(host: Host) -> str:
    """Names of accounts are the same in capitals."""
    return f"{USER}:{host.account.lower()}" if host.account else USER
