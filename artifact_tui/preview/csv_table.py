"""CSV and its like as a table."""

from __future__ import annotations

import csv
import io
from itertools import islice

from artifact_tui.preview.grid import grid
from artifact_tui.preview.line import Rendered, Sample
from artifact_tui.text import count

_NAMES = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
_DELIMITERS = ",;\t|"
_MOST_ROWS, _MOST_COLUMNS = 20_000, 200


def read(sample: Sample) -> Rendered | None:
    """Return the first row is taken for the head; None for what has no columns."""
    if sample.suffix not in _NAMES or sample.decoded is None:
        return None
    text, encoding = sample.decoded
    if sample.is_cut:
        text = text[: text.rfind("\n") + 1] or text
    reader = csv.reader(io.StringIO(text.replace("\0", "␀")), delimiter=_delimiter(text, _NAMES[sample.suffix]))
    try:
        rows = [row[:_MOST_COLUMNS] for row in islice(reader, _MOST_ROWS)]
    except csv.Error:
        return None
    if not rows or max(map(len, rows)) < 2:
        return None
    head, *body = rows
    lines = grid(head, body, right=_numbers(body))
    notes = (f"the first {count(_MOST_ROWS, 'row')}",) if len(rows) == _MOST_ROWS else ()
    return Rendered("CSV", tuple(lines), encoding, notes)


def _delimiter(text: str, usual: str) -> str:
    """Return the one that the first line has most of."""
    first = text[:10_000].partition("\n")[0]
    return max(_DELIMITERS, key=lambda mark: (first.count(mark), mark == usual))


def _numbers(rows: list[list[str]]) -> frozenset[int]:
    """Return the columns that hold nothing but numbers."""
    columns = max(map(len, rows), default=0)
    return frozenset(
        at for at in range(columns) if all(_is_number(row[at]) for row in rows[:1000] if at < len(row) and row[at])
    )


def _is_number(text: str) -> bool:
    return text.strip().removeprefix("-").replace(".", "", 1).replace(",", "").rstrip("%").isdecimal()
