"""Whatever a keyring does once it is asked: one outcome within the limit, and what it only claims is found out."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from artifact_tui.github.hosts import host_named
from artifact_tui.github.tokens.keyring import SystemKeyring

GITHUB = host_named("github.com")
LIBRARY = """\
import time

class Keyring:
    kept = {{}}
    def get_password(self, service, user):
        {get}
    def set_password(self, service, user, secret):
        {set}
    def delete_password(self, service, user):
        {delete}
Keyring.__module__ = {module!r}
class KeyringLocked(Exception): pass
class Chain(Keyring):
    backends = [Keyring(), Keyring()]
Chain.__module__ = "keyring.backends.chainer"
def get_keyring():
    return {ring}()
"""
KEEPS = {
    "get": "return self.kept.get((service, user), 'kept-before')",
    "set": "self.kept[service, user] = secret",
    "delete": "self.kept[service, user] = None",
}
REAL = "keyring.backends.SecretService"


def ring(home: Path, *, module: str = REAL, of: str = "Keyring", seconds: float = 3.0, **does: str) -> SystemKeyring:
    """A machine whose keyring library is this one."""
    (home / "keyring.py").write_text(LIBRARY.format(module=module, ring=of, **KEEPS | does))
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(home)}
    return SystemKeyring(environ, seconds=seconds)


@pytest.mark.parametrize("name", ["SecretService", "kwallet", "libsecret", "macOS"])
@pytest.mark.parametrize("of", ["Keyring", "Chain"])
def test_what_keeps_secrets_is_used_and_so_is_a_chain_of_such(tmp_path: Path, name: str, of: str) -> None:
    found = ring(tmp_path, module=f"keyring.backends.{name}", of=of).ask("get", GITHUB)
    assert (found.outcome, found.secret) == ("ok", "kept-before")


@pytest.mark.parametrize("module", ["keyring.backends.null", "keyrings.alt.file", "keyring.backends.SecretServices"])
def test_a_chain_is_as_good_as_its_worst_link(tmp_path: Path, module: str) -> None:
    assert ring(tmp_path, module=module, of="Chain").ask("get", GITHUB).outcome == "unsafe"


def test_what_a_keyring_only_says_that_it_keeps_is_found_out(tmp_path: Path) -> None:
    assert ring(tmp_path).ask("set", GITHUB, "a-pasted-token").outcome == "ok"
    lost = "The keyring request failed."
    assert ring(tmp_path, set="pass").ask("set", GITHUB, "a-pasted-token").sentence == lost
    assert ring(tmp_path).ask("delete", GITHUB).outcome == "ok"
    assert ring(tmp_path, delete="pass").ask("delete", GITHUB).sentence == lost


@pytest.mark.parametrize(
    ("raised", "sentence"),
    [
        ("KeyringLocked('Failed to unlock the collection!')", "The keyring is locked."),
        ("RuntimeError('Prompt dismissed..')", "The keyring cannot be opened here."),
        ("EOFError", "The keyring cannot be opened here."),
        ("ImportError('dbus')", "The keyring cannot be opened here."),
        ("TimeoutError", "The keyring cannot be opened here."),
        ("AttributeError('x')", "The keyring cannot be opened here."),
        ("SystemExit(3)", "The keyring cannot be opened here."),
        ("KeyboardInterrupt", "The keyring cannot be opened here."),
    ],
)
def test_whatever_a_keyring_raises_is_one_sentence(tmp_path: Path, raised: str, sentence: str) -> None:
    assert ring(tmp_path, get=f"raise {raised}").ask("get", GITHUB).sentence == sentence


@pytest.mark.parametrize("action", ["get", "set", "delete"])
def test_a_keyring_that_waits_for_somebody_is_left_within_the_limit(tmp_path: Path, action: str) -> None:
    """A prompt on a desktop that nobody sees blocks for ever; what waits is ended, not left behind."""
    (tmp_path / "told").write_text("")
    wait = f"import os; open({str(tmp_path / 'told')!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    slow = ring(tmp_path, seconds=1.5, **{action: wait})
    assert slow.ask(action, GITHUB, "a-pasted-token").outcome == "timeout"  # type: ignore[arg-type]  # one of the three
    waiting = (tmp_path / "told").read_text()
    assert waiting
    for _ in range(1000):
        if not Path(f"/proc/{waiting}").exists():
            return
        time.sleep(0.01)
    raise AssertionError("what waits for the keyring is still there")
