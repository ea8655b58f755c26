"""A home and a download directory whose names are not UTF-8."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.flavors import GHES_3_19
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.pty_program import PROGRAM, Terminal, environment
from tests.ui.program import RECORDER


def test_an_artifact_is_downloaded_into_a_directory_whose_name_is_not_utf_8(tmp_path: Path) -> None:
    """Its receipt, the journal and the history are written, and the program ends as ever."""
    home, directory = tmp_path / os.fsdecode(b"home\xff"), tmp_path / os.fsdecode(b"dl\xfe\x80")
    try:
        home.mkdir()
    except OSError:
        pytest.skip("file names are Unicode on this system")
    with Loopback(FakeGitHub(GHES_3_19)) as loopback:
        command = (*PROGRAM, "--api-url", loopback.api, "--dir", str(directory), RECORDER)
        with Terminal(command, environment(home, GH_ENTERPRISE_TOKEN=DEMO_TOKEN), home) as terminal:
            terminal.until_shown("#47", "mira-holm")
            terminal.type("3")
            terminal.until_shown("60 artifacts")
            terminal.type("d")
            terminal.until_shown("Download 1 artifact")
            terminal.type("\rw")
            terminal.until_shown("1 done")
            terminal.type("L")
            terminal.until_shown("1 entry")
            terminal.type("q")
            assert terminal.exit_code() == 0
    assert [*(directory / "cover.out").iterdir()]
    assert (directory / "cover.out.artifact.json").is_file()
    assert [*home.rglob("downloads.jsonl")]
