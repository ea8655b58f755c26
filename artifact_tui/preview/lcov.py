"""Coverage reports as one table: lcov tracefiles, and what XML reports come down to as well."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from artifact_tui.preview.grid import Cell, grid
from artifact_tui.preview.line import BOLD, ERROR, MUTED, SUCCESS, WARNING, Line, Page, Sample, Style, line
from artifact_tui.text import count

_NAMES = {".info", ".lcov"}
_GOOD, _FAIR = 0.9, 0.7
_MOST_SPANS = 8


class Covered(Struct, frozen=True):
    """One source file: how many of its lines can run, how many did, and the numbers of those that did not."""

    path: str
    lines: int
    hit: int
    missed: tuple[int, ...] = ()

    @property
    def rate(self) -> float:
        """From 0 to 1; a file without lines that can run is covered."""
        return self.hit / self.lines if self.lines else 1.0


def read(sample: Sample) -> Page | None:
    """A tracefile (geninfo(1), "FILES"); None for another text."""
    if sample.decoded is None:
        return None
    text, encoding = sample.decoded
    if sample.suffix not in _NAMES and not text.startswith(("TN:", "SF:")):
        return None
    found = list(_files(text.splitlines()))
    return Page("lcov coverage", coverage_lines(found), encoding) if found else None


def coverage_lines(files: list[Covered]) -> tuple[Line, ...]:
    """The sum, then the files, the least covered first."""
    total = Covered("", sum(file.lines for file in files), sum(file.hit for file in files))
    head = line(
        (f"{total.rate:.1%}", _style(total.rate)),
        (f" of {count(total.lines, 'line')} in {count(len(files), 'file')}", BOLD),
    )
    rows = [_row(file) for file in sorted(files, key=lambda file: (file.rate, file.path))]
    return (head, line(), *grid(["File", "Covered", "Lines", "Missed"], rows, right=frozenset({1, 2})))


def _row(file: Covered) -> list[Cell]:
    return [
        file.path,
        (f"{file.rate:.1%}", _style(file.rate)),
        f"{file.hit}/{file.lines}",
        (_spans(file.missed), MUTED),
    ]


def _style(rate: float) -> Style:
    return SUCCESS if rate >= _GOOD else WARNING if rate >= _FAIR else ERROR


def _spans(numbers: Iterable[int]) -> str:
    """``3, 7–9``, and how many more there are."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    texts = [str(first) if first == last else f"{first}–{last}" for first, last in spans[:_MOST_SPANS]]
    return ", ".join(texts) + (f" and {len(spans) - _MOST_SPANS} more" if len(spans) > _MOST_SPANS else "")


def _files(rows: list[str]) -> Iterable[Covered]:
    """Summaries are recounted: a report may lack its own."""
    path, hits = "", dict[int, int]()
    for row in rows:
        key, _, value = row.partition(":")
        if key == "SF":
            path, hits = value, {}
        elif key == "DA":
            number, _, times = value.partition(",")
            if number.isdecimal() and times.partition(",")[0].isdecimal():
                hits[int(number[:9])] = int(times.partition(",")[0][:18])
        elif row.strip() == "end_of_record" and path:
            missed = tuple(number for number, times in hits.items() if not times)
            yield Covered(path, len(hits), len(hits) - len(missed), missed)
            path = ""
