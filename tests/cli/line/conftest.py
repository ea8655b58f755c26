"""A server and the commands that are run against it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.line.program import Line, line_at


@pytest.fixture
def line(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Commands in an empty home directory."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with line_at(tmp_path, capsysbinary) as commands:
        yield commands


@pytest.fixture(autouse=True)
def no_log_of_other_commands() -> Iterator[None]:
    """A process ends with its command, and so does the log that ``--log-file`` asks for."""
    log = logging.getLogger("artifact_tui")
    before = (log.handlers[:], log.level, log.propagate)
    yield
    log.handlers[:], log.level, log.propagate = before[0], before[1], before[2]
