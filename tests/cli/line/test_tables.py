"""Tables on terminals of any width: a line never wraps, and says where it is cut."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import termios
from argparse import Namespace
from collections.abc import Iterator
from contextlib import redirect_stdout
from types import SimpleNamespace
from typing import Any, TextIO

import pytest

from artifact_tui.cli.line.forms import RowWriter, Shape, TableLook, columns_of
from artifact_tui.text import printable

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


def shown(
    terminal: TextIO, columns: int, cells: tuple[str, ...] = CELLS, locale: str = "C.UTF-8", tone: str = ""
) -> str:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with redirect_stdout(terminal):
        look = TableLook(Namespace(color="auto" if tone else "never"), {"LANG": locale})
    return look.line(cells, WIDTHS, NUMBERS, [tone] * len(cells))


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
    colored = shown(terminal, columns_of(WHOLE), tone="head")
    assert re.sub(r"\x1b\[\d*m", "", colored) == WHOLE, "no spaces in the color of the last column"


def test_names_on_a_terminal_are_safe_for_it_and_exact_in_a_pipe(terminal: TextIO) -> None:
    names = ["plain", "a\u202eb", "a\u2066b", "a\u200bb", "a\u2028b", "\u540d\u524d"]
    forms = dict.fromkeys(("json", "jsonl", "tsv", "ids", "print0", "no_header", "fields"))
    options = Namespace(color="never", names=True, **forms)

    def written() -> tuple[str, list[str]]:
        out, notes = bytearray(), list[str]()
        known: Any = SimpleNamespace(options=options, environ={}, messages=SimpleNamespace(note=notes.append))
        output = RowWriter(Shape[str]("rows", lambda name: {"name": name}, name=str), ("name",), known, out.extend)
        output.rows(names)
        output.end(dict)
        return out.decode(), notes

    exact = "".join(f"{name}\n" for name in names)
    with redirect_stdout(io.StringIO()):
        assert written() == (exact, [])
    with redirect_stdout(terminal):
        text, (note,) = written()
    assert text == "plain\n" + "".join(f"{printable(name)}\n" for name in names[1:])
    assert not set(text) & set("\u202e\u2066\u200b\u2028")
    assert note.startswith("4 names contain control characters")


def test_names_of_any_length_are_cut(terminal: TextIO) -> None:
    assert columns_of(shown(terminal, 30, ("1", "\u540d" * 10_000, "2", "3"))) == 30
