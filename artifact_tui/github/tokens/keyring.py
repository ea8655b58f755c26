"""The system's keyring, used through a child process with a time limit; problems become outcomes with a sentence."""

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
"""The user name without a named account; with one, ``token:ACCOUNT``, which is not a valid account."""
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
    """The keyring's answer; the repr leaves out the secret."""

    outcome: Outcome
    secret: str = ""
    backend: str = ""

    @property
    def sentence(self) -> str:
        """The problem, for the user; empty for none."""
        if self.outcome == "unsafe":
            return f"The keyring {printable(self.backend, 80)} does not protect secrets and is ignored."
        return _SENTENCES[self.outcome]

    def __repr__(self) -> str:
        return f"KeyringAnswer({self.outcome!r}, backend={self.backend!r})"


class SystemKeyring:
    """Tokens by host under the service ``artifact-tui:HOST``, one for each named account."""

    def __init__(self, environ: Mapping[str, str], *, seconds: float = SECONDS) -> None:
        self._environ = environ
        self._seconds = seconds

    def ask(self, action: Action, host: Host, secret: str = "") -> KeyringAnswer:
        """Get, set or delete the token of a host; block for at most ``seconds`` and raise nothing."""
        user = f"{USER}:{host.account.lower()}" if host.account else USER  # account names ignore case
        request = {"action": action, "service": f"artifact-tui:{host.name}", "user": user, "secret": secret}
        command = [sys.executable, "-P", str(CHILD)]  # -P: no imports from the current directory, which may be hostile
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
