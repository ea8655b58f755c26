"""Tables on terminals of any width: a line never wraps, and says where it is cut."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios
from argparse import Namespace
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import TextIO

import pytest

from artifact_tui.cli.line.forms import TableLook, columns_of

CELLS = ("7709595388", "wide-\u540d\u524d-e\u0301", "26.9 kB", "main")
WIDTHS = (12, 14, 9, 20)
NUMBERS = (True, False, True, False)
WHOLE = "  7709595388  wide-\u540d\u524d-e\u0301       26.9 kB  main"


@pytest.fixture
def terminal() -> Iterator[TextIO]:
    """A terminal whose width can be set."""
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as opened:
        yield opened
    os.close(master)


def shown(terminal: TextIO, columns: int, cells: tuple[str, ...] = CELLS, locale: str = "C.UTF-8") -> str:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with redirect_stdout(terminal):
        look = TableLook(Namespace(color="never"), {"LANG": locale})
    return look.line(cells, WIDTHS, NUMBERS, [""] * len(cells))


def test_a_line_ends_at_any_edge_with_a_sign(terminal: TextIO) -> None:
    assert shown(terminal, 0) == shown(terminal, 200) == WHOLE
    for columns in range(1, columns_of(WHOLE)):
        line = shown(terminal, columns)
        assert columns_of(line) == columns
        assert line.endswith("…")
        assert WHOLE.startswith(line[:-1].rstrip())
        plain = shown(terminal, columns, locale="C")
        assert columns_of(plain) == columns
        assert plain.endswith("..."[:columns])


def test_a_line_that_fits_is_whole_although_its_column_is_wider(terminal: TextIO) -> None:
    assert shown(terminal, columns_of(WHOLE)) == WHOLE
    assert shown(terminal, 40, (*CELLS[:3], "")) == WHOLE.removesuffix("  main")


def test_names_of_any_length_are_cut(terminal: TextIO) -> None:
    assert columns_of(shown(terminal, 30, ("1", "\u540d" * 10_000, "2", "3"))) == 30
