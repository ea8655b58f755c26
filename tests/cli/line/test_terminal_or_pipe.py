"""Commands write the same to a terminal as to a pipe, except for the width and the colors of tables."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import termios
import threading
import tty
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from artifact_tui.cli.line.command import run_command
from tests.cli.line.test_golden import ALL, FOR_PROGRAMS, home
from tests.slow_cases import slow_but
from tests.tools.golden import DIRECTORY

__all__ = ["home"]
COLUMNS = 40
TABLES = [name for name in ALL if name.endswith(".table") and not name.startswith("verify")]


def shown(arguments: Sequence[str], home: Path, **environ: str) -> bytes:
    """What a command writes to a terminal of :data:`COLUMNS` columns."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    parts: list[bytes] = []

    def read() -> None:
        try:
            while part := os.read(master, 65536):
                parts.append(part)
        except OSError:  # the other end is closed
            return

    reader = threading.Thread(target=read)
    reader.start()
    with os.fdopen(slave, "w") as stdout, redirect_stdout(stdout), redirect_stderr(io.StringIO()):
        run_command(arguments[0], arguments[1:], {"HOME": str(home), "LANG": "C.UTF-8", **environ})
    reader.join()
    os.close(master)
    return b"".join(parts)


@pytest.mark.parametrize("name", slow_but(6, FOR_PROGRAMS))
def test_forms_for_programs_are_the_same(home: Path, name: str) -> None:
    assert shown(ALL[name], home, TERM="xterm-256color") == (DIRECTORY / name).read_bytes()


@pytest.mark.parametrize("name", slow_but(2, TABLES))
def test_tables_are_cut_at_the_edge(home: Path, name: str) -> None:
    for environ in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": "xterm"}):
        lines = re.sub(r"\x1b\[\d*m", "", shown(ALL[name], home, **environ).decode()).splitlines()
        whole = (DIRECTORY / name).read_text("utf-8").splitlines()
        assert lines == [line if len(line) <= COLUMNS else f"{line[: COLUMNS - 1]}…" for line in whole]


def test_colors_are_for_terminals_that_have_them(home: Path) -> None:
    runs = ALL["runs.table"]
    assert b"\x1b[1m" in shown(runs, home, TERM="xterm")
    for environ in ({"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "dumb"}):
        assert b"\x1b" not in shown(runs, home, **environ)
        assert b"\x1b[1m" in shown([*runs, "--color", "always"], home, **environ)


def test_text_for_people_is_never_cut(home: Path) -> None:
    assert shown(ALL["verify.table"], home, TERM="xterm") == (DIRECTORY / "verify.table").read_bytes()
