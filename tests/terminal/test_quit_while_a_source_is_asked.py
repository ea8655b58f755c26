"""``q`` while the program still waits for ``gh`` or the keyring: it leaves without their answer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from artifact_tui.demo import flavors
from tests.cli.test_accounts import prepare
from tests.cli.test_main import host_of
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.github.silent_bus import silent_bus
from tests.pty_program import PROGRAM, ROOT, Terminal, environment

ENDLESS = """
from artifact_tui.github.tokens.gh import token_of_gh
from artifact_tui.github.tokens.keyring import SystemKeyring

for waits in (token_of_gh, SystemKeyring.__init__):
    waits.__kwdefaults__["seconds"] = 3600.0
"""
"""Sources are waited for longer than any test waits for the program, so that only ``q`` can end it."""


@pytest.mark.parametrize("source", ["gh", "keyring"])
def test_q_does_not_wait_for_a_token_source(tmp_path: Path, source: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(ENDLESS)
    asked = tmp_path / "asked"
    os.mkfifo(asked)
    gh = tmp_path / "gh"
    gh.write_text(f"#!/bin/sh\necho > '{asked}'\nexec sleep 3600\n" if source == "gh" else "#!/bin/sh\nexit 1\n")
    gh.chmod(0o755)
    with Loopback(FakeGitHub(flavors.GHES_3_10)) as loopback, silent_bus(tmp_path, polite=True) as address:
        host = host_of(loopback)
        prepare(tmp_path, [host], {})
        more = {"DBUS_SESSION_BUS_ADDRESS": address} if source == "keyring" else {}
        path = f"{tmp_path}{os.pathsep}{ROOT}"
        environ = environment(tmp_path, GH_PATH=str(gh), PYTHONPATH=path, **more)
        with Terminal((*PROGRAM, "--host", host), environ, tmp_path) as terminal:
            terminal.until_shown(f"{host} › Repositories")
            if source == "gh":
                asked.read_bytes()
            terminal.type("q")
            assert terminal.exit_code() == 0
            assert terminal.is_restored
            assert loopback.server.requests == []
