"""A server and the commands that are run against it."""

from __future__ import annotations

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
