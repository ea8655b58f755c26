"""Tracefiles of lcov (geninfo(1), "FILES"): records of source files; a file may have several records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from artifact_tui.preview.line import Rendered, Sample
from artifact_tui.preview.reports.coverage_table import Covered, Part, coverage_lines
from artifact_tui.preview.reports.remarks import Remark, cut, report, whole_number

_NAMES = {".info", ".lcov"}
_KINDS = {"lines": ("LF", "LH"), "functions": ("FNF", "FNH"), "branches": ("BRF", "BRH")}
"""The rows that declare how many there are and how many were hit."""
_TOTALS = {key for keys in _KINDS.values() for key in keys}
_MOST_NAMED = 3
_FUNCTION = re.compile(r"\d+,(?:\d+,)?(.*)")


def read(sample: Sample) -> Rendered | None:
    """Return a table of files; None if the text is not a tracefile."""
    if sample.decoded is None:
        return None
    text, encoding = sample.decoded
    if sample.suffix not in _NAMES and not text.startswith(("TN:", "SF:")):
        return None
    rows = text.splitlines()
    records = list(_records(rows, is_cut=sample.is_cut))
    if not records:
        return None
    files: dict[str, _Record] = {}
    for record in records:
        files.setdefault(record.path, _Record(record.path)).merge(record)
    parts = [Part(kind, *_sum(file.counted(kind) for file in files.values())) for kind in ("functions", "branches")]
    doubtful = {record.path for record in records if not record.agrees("lines")}
    remarks = (cut(sample) or _unended(rows)) + list(_differences(records))
    covered = [file.covered(is_doubtful=file.path in doubtful) for file in files.values()]
    lines = coverage_lines(covered, remarks, [part for part in parts if part.number])
    return report("lcov coverage", sample, lines, encoding=encoding)


class _Record:
    def __init__(self, path: str) -> None:
        self.path = path
        self.times: dict[str, Counter[str]] = {kind: Counter() for kind in _KINDS}
        self.totals: dict[str, int] = {}

    def take(self, key: str, value: str) -> None:
        """Take a row of the record; invalid numbers and a count of ``-`` (never reached) are 0."""
        first, _, rest = value.partition(",")
        if key in _TOTALS and (total := whole_number(value)) is not None:
            self.totals[key] = total
        elif key == "DA" and (line := whole_number(first)) is not None:
            self._add("lines", str(line), rest.partition(",")[0])
        elif key == "BRDA":
            place, _, times = value.rpartition(",")
            self._add("branches", place, times)
        elif key == "FNDA":
            self._add("functions", rest, first)
        elif key == "FN" and (match := _FUNCTION.match(value)):
            self._add("functions", match[1], "0")
        elif key == "FNA":  # lcov 2.2: index, times, name
            times, _, name = rest.partition(",")
            self._add("functions", name, times)

    def _add(self, kind: str, name: str, times: str) -> None:
        self.times[kind][name] += whole_number(times) or 0

    def merge(self, other: _Record) -> None:
        """Add the counts of another record of the same file, and keep the larger totals."""
        for kind, times in other.times.items():
            self.times[kind].update(times)
        for key, total in other.totals.items():
            self.totals[key] = max(total, self.totals.get(key, 0))

    def counted(self, kind: str) -> tuple[int, int]:
        """Return how many lines, functions or branches exist and were hit; the declared totals if none is listed."""
        listed = self.times[kind]
        if listed:
            return len(listed), sum(times > 0 for times in listed.values())
        found, hit = (self.totals.get(key, 0) for key in _KINDS[kind])
        return found, min(hit, found)

    def declared(self, kind: str) -> tuple[int, int]:
        """Return the declared totals, and the counted ones in place of missing ones."""
        (found, hit), (number, run) = _KINDS[kind], self.counted(kind)
        return self.totals.get(found, number), self.totals.get(hit, run)

    def agrees(self, kind: str) -> bool:
        return self.declared(kind) == self.counted(kind)

    def covered(self, *, is_doubtful: bool) -> Covered:
        missed = tuple(int(line) for line, times in self.times["lines"].items() if not times)
        return Covered(self.path, *self.counted("lines"), missed, is_doubtful)


def _records(rows: list[str], *, is_cut: bool) -> Iterator[_Record]:
    record: _Record | None = None
    for row in rows:
        key, _, value = row.strip().partition(":")
        if key in ("SF", "end_of_record"):
            if record is not None:
                yield record
            record = _Record(value.strip().removeprefix("./")) if key == "SF" else None
        elif record is not None:
            record.take(key, value)
    if record is not None and not is_cut:
        yield record


def _unended(rows: list[str]) -> list[Remark]:
    last = next((row.strip() for row in reversed(rows) if row.strip() and not row.startswith("#")), "")
    if last == "end_of_record":
        return []
    return [Remark("The file ends within a record, so it may be incomplete.", is_error=False)]


def _differences(records: list[_Record]) -> Iterator[Remark]:
    for kind in _KINDS:
        wrong = [record for record in records if not record.agrees(kind)]
        if wrong:
            number, hit = _sum(record.declared(kind) for record in wrong)
            listed, listed_hit = _sum(record.counted(kind) for record in wrong)
            paths = list(dict.fromkeys(record.path for record in wrong))
            more = f" and {len(paths) - _MOST_NAMED:,} more" if len(paths) > _MOST_NAMED else ""
            yield Remark(
                f"Declared for {', '.join(paths[:_MOST_NAMED])}{more}: {hit:,} of {number:,} {kind} covered; "
                f"listed: {listed_hit:,} of {listed:,}.",
                is_error=False,
            )


def _sum(counts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    numbers, hits = zip(*counts, strict=True)
    return sum(numbers), sum(hits)
