"""CSV and similar formats as a table."""

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
    """Return a table whose header is the first row; None if the text has only one column."""
    if sample.suffix not in _NAMES or sample.decoded is None:
        return None
    text, encoding = sample.decoded
    if sample.is_cut:
        text = text[: text.rfind("\n") + 1] or text
    rows = _rows(text, _NAMES[sample.suffix])
    if max(map(len, rows), default=0) < 2:
        return None
    head, *body = rows
    notes = (f"Only the first {count(_MOST_ROWS, 'row')} are shown.",) if len(rows) == _MOST_ROWS else ()
    return Rendered("CSV", tuple(grid(head, body, right=_numbers(body))), encoding, notes)


def _rows(text: str, usual: str) -> list[list[str]]:
    first = text[:10_000].partition("\n")[0]
    delimiter = max(_DELIMITERS, key=lambda mark: (first.count(mark), mark == usual))
    reader = csv.reader(io.StringIO(text.replace("\0", "␀")), delimiter=delimiter)
    try:
        return [row[:_MOST_COLUMNS] for row in islice(reader, _MOST_ROWS)]
    except csv.Error:
        return []


def _numbers(rows: list[list[str]]) -> frozenset[int]:
    columns = max(map(len, rows), default=0)
    return frozenset(
        at for at in range(columns) if all(_is_number(row[at]) for row in rows[:1000] if at < len(row) and row[at])
    )


def _is_number(text: str) -> bool:
    return text.strip().removeprefix("-").replace(".", "", 1).replace(",", "").rstrip("%").isdecimal()
