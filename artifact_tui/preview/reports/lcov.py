"""Tracefiles of lcov (geninfo(1), "FILES"): records of source files, several of which may be about one file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from artifact_tui.preview.line import Rendered, Sample
from artifact_tui.preview.reports.coverage_table import Covered, Part, coverage_lines
from artifact_tui.preview.reports.remarks import Remark, cut, report, whole_number

_NAMES = {".info", ".lcov"}
_TOTALS = ("LF", "LH", "FNF", "FNH", "BRF", "BRH")
_MOST_NAMED = 3
_FUNCTION = re.compile(r"\d+,(?:\d+,)?(.*)")


def read(sample: Sample) -> Rendered | None:
    """Return the table of a tracefile; None for another text."""
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
    parts = [_part("functions", files, "functions"), _part("branches", files, "branches")]
    doubtful = {record.path for record in records if not _agrees(record, "lines", "LF", "LH")}
    remarks = (cut(sample) or _unended(rows)) + list(_differences(records))
    covered = [file.covered(is_doubtful=file.path in doubtful) for file in files.values()]
    return report(
        "lcov coverage",
        sample,
        coverage_lines(covered, remarks, [part for part in parts if part.number]),
        encoding=encoding,
    )


class _Record:
    """One record: times by line, function and branch, and the totals that it declares."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lines: dict[str, int] = {}
        self.functions: dict[str, int] = {}
        self.branches: dict[str, int] = {}
        self.totals: dict[str, int] = {}

    def take(self, key: str, value: str) -> None:
        """Take a row of the record; what is not understood is what the totals will miss."""
        if key in _TOTALS:
            total = whole_number(value)
            if total is not None:
                self.totals[key] = total
        elif key == "DA":
            number, _, times = value.partition(",")
            if (line := whole_number(number)) is not None:
                _add(self.lines, str(line), _times(times.partition(",")[0]))
        elif key == "BRDA":
            place, _, times = value.rpartition(",")
            _add(self.branches, place, _times(times))
        elif key == "FNDA":
            called, _, name = value.partition(",")
            _add(self.functions, name, _times(called))
        elif key == "FN" and (match := _FUNCTION.match(value)):
            _add(self.functions, match[1], 0)
        elif key == "FNA":  # of lcov 2.2: index, times, name
            called, _, name = value.partition(",")[2].partition(",")
            _add(self.functions, name, _times(called))

    def merge(self, other: _Record) -> None:
        """Add the times of another record of the same file; of totals the larger ones count."""
        for mine, theirs in (
            (self.lines, other.lines),
            (self.functions, other.functions),
            (self.branches, other.branches),
        ):
            for name, times in theirs.items():
                _add(mine, name, times)
        for key, total in other.totals.items():
            self.totals[key] = max(total, self.totals.get(key, 0))

    def counted(self, kind: str) -> tuple[int, int]:
        """Return how many lines, functions or branches there are and were run; as declared, if none is listed."""
        listed: dict[str, int] = getattr(self, kind)
        if listed:
            return len(listed), sum(times > 0 for times in listed.values())
        found, hit = {"lines": ("LF", "LH"), "functions": ("FNF", "FNH"), "branches": ("BRF", "BRH")}[kind]
        return self.totals.get(found, 0), min(self.totals.get(hit, 0), self.totals.get(found, 0))

    def declared(self, kind: str, found: str, hit: str) -> tuple[int, int]:
        """Return the totals that it declares, and what is counted where it declares none."""
        number, run = self.counted(kind)
        return self.totals.get(found, number), self.totals.get(hit, run)

    def covered(self, *, is_doubtful: bool) -> Covered:
        """Return the row of the table."""
        number, hit = self.counted("lines")
        missed = tuple(int(line) for line, times in self.lines.items() if not times)
        return Covered(self.path, number, hit, missed, is_doubtful)


def _records(rows: list[str], *, is_cut: bool) -> Iterator[_Record]:
    record: _Record | None = None
    for row in rows:
        key, _, value = row.strip().partition(":")
        if key == "SF":
            if record is not None:
                yield record
            record = _Record(value.strip().removeprefix("./"))
        elif key == "end_of_record":
            if record is not None:
                yield record
            record = None
        elif record is not None:
            record.take(key, value)
    if record is not None and not is_cut:
        yield record


def _unended(rows: list[str]) -> list[Remark]:
    """Return what to say of a file whose end is missing: each record has a last row of its own."""
    last = next((row.strip() for row in reversed(rows) if row.strip() and not row.startswith("#")), "")
    if last == "end_of_record":
        return []
    return [Remark("The file ends within a record, so it may be incomplete.", is_error=False)]


def _differences(records: list[_Record]) -> Iterator[Remark]:
    """Totals of records that are not those of their rows; the first files are named."""
    for kind, found, hit in (
        ("lines", "LF", "LH"),
        ("functions", "FNF", "FNH"),
        ("branches", "BRF", "BRH"),
    ):
        wrong = [record for record in records if not _agrees(record, kind, found, hit)]
        if wrong:
            stated = [sum(record.declared(kind, found, hit)[at] for record in wrong) for at in (0, 1)]
            listed = [sum(record.counted(kind)[at] for record in wrong) for at in (0, 1)]
            paths = list(dict.fromkeys(record.path for record in wrong))
            more = f" and {len(paths) - _MOST_NAMED:,} more" if len(paths) > _MOST_NAMED else ""
            yield Remark(
                f"Declared for {', '.join(paths[:_MOST_NAMED])}{more}: {stated[1]:,} of {stated[0]:,} {kind} covered; "
                f"listed: {listed[1]:,} of {listed[0]:,}.",
                is_error=False,
            )


def _agrees(record: _Record, kind: str, found: str, hit: str) -> bool:
    return record.declared(kind, found, hit) == record.counted(kind)


def _part(name: str, files: dict[str, _Record], kind: str) -> Part:
    counts = [file.counted(kind) for file in files.values()]
    return Part(name, sum(number for number, _ in counts), sum(hit for _, hit in counts))


def _add(times: dict[str, int], name: str, more: int) -> None:
    times[name] = times.get(name, 0) + more


def _times(text: str) -> int:
    """How often something ran; never, where it was not reached (``-``) or the number makes no sense."""
    return whole_number(text) or 0
