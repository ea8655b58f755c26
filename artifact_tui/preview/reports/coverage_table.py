"""Coverage of any format: remarks, the total, then a table of files, least covered first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from artifact_tui.preview.grid import Cell, grid
from artifact_tui.preview.line import BOLD, ERROR, MUTED, SUCCESS, WARNING, Style, StyledLine, line
from artifact_tui.preview.reports.remarks import Remark, remark_lines
from artifact_tui.text import count

_GOOD, _FAIR = 0.9, 0.7
_MOST_SPANS = 8


class Covered(Struct, frozen=True):
    """One source file: its executable lines, the covered ones, and the line numbers of the missed ones."""

    path: str
    lines: int
    hit: int
    missed: tuple[int, ...] = ()
    is_doubtful: bool = False
    """Whether the declared totals differ."""

    @property
    def rate(self) -> float:
        """The coverage from 0 to 1; a file without executable lines is covered."""
        return self.hit / self.lines if self.lines else 1.0


class Part(Struct, frozen=True):
    """Another measure of the whole report, such as functions or branches."""

    name: str
    number: int
    hit: int


def percent(hit: int, number: int) -> str:
    """Return ``98.2 %``, rounded down so that 100 % means complete; a dash if ``number`` is 0."""
    return f"{hit * 1000 // number / 10:.1f} %" if number else "—"


def coverage_lines(
    files: Sequence[Covered], remarks: Sequence[Remark] = (), parts: Sequence[Part] = ()
) -> Iterator[StyledLine]:
    """Yield the remarks, the total, the other measures and the table; with remarks the total is never green."""
    yield from remark_lines(remarks)
    lines, hit = sum(file.lines for file in files), sum(file.hit for file in files)
    of_files = f" in {count(len(files), 'file')}"
    if lines:
        listed = " listed" if remarks else ""
        yield line(_percent(hit, lines, not remarks), (f" of {count(lines, 'line')}{listed}{of_files}", BOLD))
    else:
        yield line((f"No lines to cover{of_files}", WARNING))
    if parts:
        measures = (f"{part.name} {percent(part.hit, part.number)} of {part.number:,}" for part in parts)
        yield line((" · ".join(measures), MUTED))
    yield line()
    rows = map(_row, sorted(files, key=lambda file: (file.rate, file.path)))
    yield from grid(["File", "Covered", "Lines", "Missed"], rows, right=frozenset({1, 2}))


def _row(file: Covered) -> list[Cell]:
    rate = _percent(file.hit, file.lines, not file.is_doubtful)
    return [file.path, rate, f"{file.hit}/{file.lines}", (_spans(file.missed), MUTED)]


def _percent(hit: int, number: int, is_whole: bool) -> tuple[str, Style]:
    rate = hit / number if number else 0.0
    style = ERROR if rate < _FAIR else SUCCESS if rate >= _GOOD and is_whole else WARNING
    return percent(hit, number), style if number else MUTED


def _spans(numbers: Iterable[int]) -> str:
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    texts = [str(first) if first == last else f"{first}–{last}" for first, last in spans[:_MOST_SPANS]]
    return ", ".join(texts) + (f" and {len(spans) - _MOST_SPANS} more" if len(spans) > _MOST_SPANS else "")
