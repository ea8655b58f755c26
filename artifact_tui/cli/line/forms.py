"""The forms of a command's output: a table for people, and JSON, JSON lines, TSV, IDs and names for programs.

Forms for programs depend only on arguments and server: not on locale, terminal, width or color.
"""

from __future__ import annotations

import json
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.standard_streams import encoded, write_bytes
from artifact_tui.text import CUT, count, printable, shows_unicode

if TYPE_CHECKING:
    import argparse

    from artifact_tui.cli.line.local import LocalContext

SCHEMA = 1
Item = TypeVar("Item")
Record = dict[str, Any]
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\\]")
_SHORT = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\v": r"\v", "\f": r"\f", "\r": r"\r", "\\": r"\\"}
_STYLES = {"head": "1", "good": "32", "bad": "31", "busy": "33", "faint": "2"}


class TableColumn(NamedTuple, Generic[Item]):
    """A column of the table for people."""

    header: str
    cell: Callable[[Item], str]
    is_number: bool = False
    tone: Callable[[Item], str] = lambda item: ""
    """A key of the styles, used only if colors are on."""


class Shape(NamedTuple, Generic[Item]):
    """How the rows of a command are written: ``key`` is the name of the list in the JSON document.

    With ``text``, people read the lines that it returns instead of a table.
    """

    key: str
    record: Callable[[Item], Record]
    columns: tuple[TableColumn[Item], ...] = ()
    identity: Callable[[Item], str] = lambda item: ""
    name: Callable[[Item], str] = lambda item: ""
    text: Callable[[Item], str] | None = None


class RowWriter(Generic[Item]):
    """Writes rows in the form that the options choose; rows of a JSON document are kept until :meth:`end`.

    ``write`` writes all forms.
    """

    def __init__(
        self,
        shape: Shape[Item],
        fields: Sequence[str],
        context: LocalContext,
        write: Callable[[bytes], object] = write_bytes,
    ) -> None:
        options = context.options
        self._shape = shape
        self._write = write
        self._fields: Sequence[str] = options.fields or fields
        self._is_chosen = options.fields is not None
        self._options = options
        self._messages = context.messages
        self._look = TableLook(options, context.environ)
        self._is_terminal = sys.stdout.isatty()
        self._widths: list[int] = []
        self._records: list[Record] = []
        self._has_header = options.no_header
        self._odd_names = 0
        self.has_rows = False
        self._is_data = options.json or options.jsonl or options.tsv or options.ids or options.names

    def rows(self, items: Sequence[Item]) -> None:
        """Write rows, or keep them for the document; the first call sets the widths of a table."""
        options = self._options
        self.has_rows = self.has_rows or bool(items)
        if options.json:
            self._records += map(self._record, items)
        elif options.jsonl:
            self._write(b"".join(as_json(self._record(item)) for item in items))
        elif options.tsv:
            self._write_tsv(items)
        elif options.ids or options.names:
            self._write_lines(items)
        elif self._shape.text:
            self._write_text("".join(map(self._shape.text, items)))
        else:
            self._write_table(list(items))

    def heading(self, text: str) -> None:
        """Write a line above the rows that follow, for people; the other forms have fields for it."""
        if not self._is_data:
            self._write_text(f"{text}\n")

    def remark(self, text: str) -> None:
        """Write a line to standard output for people, and a note for programs."""
        if self._is_data:
            self._messages.note(text)
        else:
            self._write_text(f"{text}\n")

    def end(self, document: Callable[[], Record]) -> None:
        """Write the document of ``--json``, and what is left of the other forms."""
        if self._options.json:
            self._write(as_json({"schema": SCHEMA} | document() | {self._shape.key: self._records}))
        elif self._options.tsv:
            self._write_tsv(())
        if self._odd_names:
            names = count(self._odd_names, "name contains", "names contain")
            self._messages.note(f"{names} control characters, shown as escapes. Use -0 or --json for the exact text.")

    def _write_text(self, text: str) -> None:
        self._write(self._look.encoded(text))

    def _record(self, item: Item) -> Record:
        record = self._shape.record(item)
        return picked(record, self._fields) if self._is_chosen else record

    def _write_tsv(self, items: Iterable[Item]) -> None:
        lines = [] if self._has_header else ["\t".join(self._fields)]
        self._has_header = True
        lines += ["\t".join(_tsv(_value(self._shape.record(item), field)) for field in self._fields) for item in items]
        self._write("".join(f"{line}\n" for line in lines).encode())

    def _write_lines(self, items: Iterable[Item]) -> None:
        read = self._shape.identity if self._options.ids else self._shape.name
        if self._options.print0:
            self._write(b"".join(_ended_by_nul(read(item)) for item in items))
            return
        lines = []
        for text in map(read, items):
            safe = printable(text, sys.maxsize)
            is_odd = safe != text if self._is_terminal else bool(_CONTROL.search(text.replace("\\", "")))
            self._odd_names += is_odd
            lines.append(safe if is_odd else text)
        self._write("".join(f"{line}\n" for line in lines).encode())

    def _write_table(self, items: list[Item]) -> None:
        columns = self._shape.columns
        rows = [[printable(column.cell(item), sys.maxsize) for column in columns] for item in items]
        head = [] if self._has_header or not rows else [[column.header for column in columns]]
        self._has_header = self._has_header or bool(rows)
        if not self._widths:
            self._widths = [max(map(columns_of, cells)) for cells in zip(*(head + rows), strict=True)]
        tones = [["head"] * len(columns)] * len(head) + [[column.tone(item) for column in columns] for item in items]
        numbers = [column.is_number for column in columns]
        lines = [
            self._look.line(cells, self._widths, numbers, tone) for cells, tone in zip(head + rows, tones, strict=True)
        ]
        self._write_text("".join(f"{line}\n" for line in lines))


class TableLook:
    """Width, signs and colors of tables: cut and colored only on a terminal, signs in ASCII without UTF-8."""

    def __init__(self, options: argparse.Namespace, environ: Mapping[str, str]) -> None:
        is_terminal = sys.stdout.isatty()
        self._width = _terminal_width() if is_terminal else 0
        self._is_unicode = shows_unicode(environ)
        plain = bool(environ.get("NO_COLOR")) or environ.get("TERM") == "dumb"
        self._colors = options.color == "always" or (options.color == "auto" and is_terminal and not plain)

    def line(self, cells: Sequence[str], widths: Sequence[int], numbers: Sequence[bool], tones: Sequence[str]) -> str:
        """Return one line without trailing spaces, cut to the terminal."""
        texts = [
            cell.rjust(width + len(cell) - columns_of(cell))
            if is_number
            else cell.ljust(width + len(cell) - columns_of(cell))
            for cell, width, is_number in zip(cells, widths, numbers, strict=True)
        ]
        while texts and not texts[-1].strip():
            texts.pop()
        texts[-1:] = [text.rstrip() for text in texts[-1:]]
        if not self._width or columns_of("  ".join(texts)) <= self._width:
            return "  ".join(map(self._styled, texts, tones))
        end = (CUT if self._is_unicode else "...")[: self._width]
        texts, pad = _cut_cells(texts, self._width - len(end))
        return "  ".join(map(self._styled, texts, tones)) + " " * pad + end

    def encoded(self, text: str) -> bytes:
        """Return text as it is written to standard output."""
        return encoded(text, ascii_only=not self._is_unicode)

    def _styled(self, text: str, tone: str) -> str:
        return f"\x1b[{_STYLES[tone]}m{text}\x1b[0m" if tone and self._colors and text else text


def _cut_cells(texts: Sequence[str], width: int) -> tuple[list[str], int]:
    """Return the start of a line of cells that are two spaces apart, and the columns that are left of ``width``."""
    shown: list[str] = []
    left = width
    for text in texts:
        if shown and left <= 2:
            break
        left -= 2 * bool(shown)
        shown.append(_start_of(text, left))
        left -= columns_of(shown[-1])
    return shown, left


def _start_of(text: str, width: int) -> str:
    used = 0
    for index, sign in enumerate(text):
        used += columns_of(sign)
        if used > width:
            return text[:index]
    return text


def _terminal_width() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except OSError:
        return 0


def columns_of(text: str) -> int:
    """Return the number of terminal columns of printable text."""
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(sign) in "WF" else 0 if unicodedata.combining(sign) else 1 for sign in text
    )


def as_json(value: object) -> bytes:
    """Return a value as one line of ASCII JSON; bytes of paths that are not UTF-8 become lone surrogates."""
    return (json.dumps(value, separators=(",", ":")) + "\n").encode("ascii")


def picked(record: Record, fields: Sequence[str]) -> Record:
    """Return the fields of a record, in that order, nested as in the record."""
    chosen: Record = {}
    for field in fields:
        parent, dot, _ = field.partition(".")
        if dot:
            chosen.setdefault(parent, {})
            if isinstance(chosen[parent], dict):
                chosen[parent][field.partition(".")[2]] = _value(record, field)
        else:
            chosen[field] = record[field]
    return chosen


def exact(text: str) -> bytes:
    """Return a name or path as its bytes."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _ended_by_nul(text: str) -> bytes:
    if "\0" in text:
        sentence = f"The name {printable(text, 200)} contains NUL, which -0 writes between names."
        raise LineError("unsafe", sentence, "Use --json, which writes it exactly.")
    return exact(text) + b"\0"


def _value(record: Record, field: str) -> Any:
    value: Any = record
    for part in field.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _tsv(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return json.dumps(value, separators=(",", ":"))
    return _CONTROL.sub(_escaped, value)


def _escaped(match: re.Match[str]) -> str:
    """Escape a character as PostgreSQL's COPY does (documentation of COPY, "Text Format")."""
    return _SHORT.get(match[0]) or "".join(f"\\x{byte:02x}" for byte in exact(match[0]))
