"""The keyring as machines have it: whatever it is, an answer or one sentence within the limit, and no prompt."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from artifact_tui.github.hosts import host_named
from artifact_tui.github.tokens import child_process
from artifact_tui.github.tokens import keyring as system_keyring
from artifact_tui.github.tokens.keyring import SystemKeyring
from artifact_tui.github.tokens.sources import TokenSources
from tests.github.silent_bus import silent_bus
from tests.slow_cases import slow_but

GITHUB = host_named("github.com")
NONE_HERE = "No keyring available."
MISNAMED = "PYTHON_KEYRING_BACKEND does not name a usable keyring."
BACKEND = """\
from getpass import getpass
from keyring.backend import KeyringBackend

class {name}(KeyringBackend):
    priority = {priority}
    def get_password(self, service, user):
        open({told!r}, "a").write("get\\n")
        return getpass("Please enter password for encrypted keyring: ")
    def set_password(self, service, user, secret):
        open({told!r}, "a").write(secret)
"""


def environ(home: Path, **more: str) -> dict[str, str]:
    return {"HOME": str(home), "PATH": "/usr/bin:/bin"} | more


def unsafe(backend: str) -> str:
    return f"The keyring {backend} does not protect secrets and is ignored."


def said(home: Path, **more: str) -> set[str]:
    """The sentence for reading, writing and forgetting, which should be one; no secret goes with it."""
    ring = SystemKeyring(environ(home, **more))
    answers = [ring.ask("get", GITHUB), ring.ask("set", GITHUB, "a-canary-token"), ring.ask("delete", GITHUB)]
    assert not [answer for answer in answers if answer.secret or answer.outcome in {"ok", "none"}]
    assert "a-canary-token" not in repr(answers)
    return {answer.sentence for answer in answers}


def plug_in(folder: Path, backends: dict[str, float]) -> None:
    """A distribution with keyrings, as keyrings.alt is one; they tell when they are asked."""
    package = folder / "keyrings" / "alt"
    package.mkdir(parents=True)
    told = str(folder / "told")
    for name, priority in backends.items():
        text = BACKEND.format(name=name, priority=priority, told=told)
        (package / f"{name.lower()}.py").write_text(text)
    info = folder / "keyrings_alt-9.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: keyrings.alt\nVersion: 9.0\n")
    lines = "".join(f"{name} = keyrings.alt.{name.lower()}\n" for name in backends)
    (info / "entry_points.txt").write_text(f"[keyring.backends]\n{lines}")


def test_no_bus(tmp_path: Path) -> None:
    assert said(tmp_path) == {NONE_HERE}


def test_a_bus_that_lets_nobody_in(tmp_path: Path) -> None:
    with silent_bus(tmp_path, polite=False) as address:
        ring = SystemKeyring(environ(tmp_path, DBUS_SESSION_BUS_ADDRESS=address))
        assert ring.ask("get", GITHUB).sentence == NONE_HERE


def test_a_service_that_never_answers(tmp_path: Path) -> None:
    with silent_bus(tmp_path, polite=True) as address:
        silent = environ(tmp_path, DBUS_SESSION_BUS_ADDRESS=address)
        finding = TokenSources(GITHUB, silent, None).find()
    assert finding.notes == ("The keyring did not answer within 3 seconds.",)


def test_the_longest_wait_is_under_four_seconds() -> None:
    assert system_keyring.SECONDS + child_process._LAST_WORDS < 4


@pytest.mark.parametrize(
    ("value", "sentence"),
    slow_but(
        3,
        [
            ("keyring.backends.fail.Keyring", NONE_HERE),
            ("keyring.backends.null.Keyring", unsafe("keyring.backends.null.Keyring")),
            ("nope.Keyring", MISNAMED),
            ("keyring.backends.null.Nope", MISNAMED),
            ("nonsense", MISNAMED),
        ],
    ),
)
def test_the_variable_that_chooses_it(tmp_path: Path, value: str, sentence: str) -> None:
    assert said(tmp_path, PYTHON_KEYRING_BACKEND=value) == {sentence}


def test_a_plaintext_keyring_is_never_written_to(tmp_path: Path) -> None:
    plug_in(tmp_path, {"Plaintext": 0.5})
    assert said(tmp_path, PYTHONPATH=str(tmp_path)) == {unsafe("keyrings.alt.plaintext.Plaintext")}
    assert not (tmp_path / "told").exists()


def test_a_chain_with_a_link_that_prompts_is_never_asked(tmp_path: Path) -> None:
    plug_in(tmp_path, {"Encrypted": 0.6, "Plaintext": 0.5})
    assert said(tmp_path, PYTHONPATH=str(tmp_path)) == {unsafe("keyring.backends.chainer.ChainerBackend")}
    assert not (tmp_path / "told").exists()


def test_what_a_backend_prints_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / "chatty.py").write_text('print(\'{"outcome": "ok", "secret": "made-up-token"}\')\n')
    more = {"PYTHON_KEYRING_BACKEND": "chatty.Keyring", "PYTHONPATH": str(tmp_path)}
    assert said(tmp_path, **more) == {MISNAMED}


def test_a_module_of_the_directory_we_stand_in_is_not_taken_for_the_keyring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keyring.py").write_text(f"open({str(tmp_path / 'fooled')!r}, 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    assert said(tmp_path) == {NONE_HERE}
    assert not (tmp_path / "fooled").exists()


def test_the_secret_stands_in_no_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter that writes its arguments down stands in for ours."""
    fake = tmp_path / "python"
    fake.write_text('#!/bin/sh\necho "$@" > "$0.arguments"\ncat > "$0.said"\n')
    fake.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(fake))
    SystemKeyring(environ(tmp_path)).ask("set", GITHUB, "a-canary-token")
    assert "a-canary-token" not in (tmp_path / "python.arguments").read_text()
    assert "a-canary-token" in (tmp_path / "python.said").read_text()
