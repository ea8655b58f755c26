"""XML coverage reports: Cobertura (coverage.py, gcovr, coverlet), JaCoCo, Clover and SonarQube's generic format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from artifact_tui.preview.line import Rendered, Sample
from artifact_tui.preview.reports.coverage_table import Covered, Part, coverage_lines, percent
from artifact_tui.preview.reports.remarks import Remark, cut, report, whole_number
from artifact_tui.preview.reports.xml_events import XmlRefused, parse

ROOTS = {"coverage", "report"}
_RATE_TOLERANCE = 0.01
_NUMBERS = ("number", "nr", "num", "lineNumber")
_TIMES = ("hits", "ci", "count", "covered")
_RAN = re.compile(r"[0.,]*[1-9]")
"""A hit count above zero; tools write a negative number after an overflow."""


def read(sample: Sample) -> Rendered:
    """Return a table of files; raises :class:`~.xml_events.XmlRefused`."""
    reader = _Reader()
    parse(sample.data, reader, is_cut=sample.is_cut)
    if not reader.hits:
        raise XmlRefused("names no source files")
    files = [_covered(path, hits) for path, hits in reader.hits.items()]
    remarks = cut(sample) + list(reader.remarks(files, is_cut=sample.is_cut))
    return report("coverage", sample, coverage_lines(files, remarks, reader.parts()))


def _covered(path: str, hits: Mapping[int, bool]) -> Covered:
    missed = tuple(number for number, hit in hits.items() if not hit)
    return Covered(path, len(hits), len(hits) - len(missed), missed)


class _Reader:
    """The lines of each file, and the declared totals.

    Lines are ``class filename`` with ``line hits`` (Cobertura), ``sourcefile`` in a ``package`` with ``line ci``, the
    covered instructions (JaCoCo), ``file path`` with ``line count`` (Clover) or ``lineToCover covered`` (SonarQube).
    Totals are attributes of the root (Cobertura), ``counter`` elements directly in it (JaCoCo), or ``metrics`` of the
    project (Clover).
    """

    def __init__(self) -> None:
        self.hits: dict[str, dict[int, bool]] = {}
        self._path: list[str] = []
        self._groups: list[str] = []
        self._package = self._file = ""
        self._times_listed = self._times_hit = 0
        self._root: Mapping[str, str] = {}
        self._counters: dict[str, tuple[int | None, int | None]] = {}
        """The numbers covered and in total, by kind."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        if len(self._path) == 1:
            self._root = attributes
        elif name == "group":
            self._groups.append(attributes.get("name", ""))
        elif name == "package":
            self._package = attributes.get("name", "")
        elif name == "class" and "filename" in attributes:
            self._open(attributes["filename"])
        elif name == "sourcefile":
            self._open("/".join(word for word in (*self._groups, self._package, attributes.get("name", "")) if word))
        elif name == "file" and ("path" in attributes or "name" in attributes):
            self._open(attributes.get("path") or attributes["name"])
        elif name in ("line", "lineToCover") and self._file and attributes.get("type") != "method":
            self._take_line(attributes)
        else:
            self._take_totals(name, attributes)

    def _take_totals(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "counter" and len(self._path) == 2:
            missed, hit = (whole_number(attributes.get(key, "")) for key in ("missed", "covered"))
            number = None if hit is None or missed is None else hit + missed
            self._counters[attributes.get("type", "").lower()] = (hit, number)
        elif name == "metrics" and self._path[-2] == "project":
            for kind, key in (("statement", "statements"), ("branch", "conditionals")):
                hit, number = whole_number(attributes.get(f"covered{key}", "")), whole_number(attributes.get(key, ""))
                self._counters[kind] = (hit, number)

    def end(self, name: str, text: str) -> None:
        self._path.pop()
        if name == "group" and self._groups:
            self._groups.pop()
        elif name in ("class", "sourcefile", "file") and "file" not in self._path:
            self._file = ""

    def remarks(self, files: list[Covered], *, is_cut: bool) -> Iterator[Remark]:
        number, hit = sum(file.lines for file in files), sum(file.hit for file in files)
        for declared in (*self._declared_lines(hit, number, is_cut), *self._declared_statements(hit, number, is_cut)):
            listed = f"the listed lines add up to {hit:,} of {number:,} ({percent(hit, number)})"
            yield Remark(f"The report declares {declared}; {listed}.", is_error=False)
        values = {key: self._root.get(key, "").strip() for key in ("line-rate", "lines-covered", "lines-valid")}
        invalid = [
            f"{key}='{value[:40]}'"
            for key, value in values.items()
            if value and (_rate(value) if key == "line-rate" else whole_number(value)) is None
        ]
        if invalid:
            yield Remark(f"The report declares invalid totals: {', '.join(invalid)}.", is_error=False)

    def _declared_lines(self, hit: int, number: int, is_cut: bool) -> Iterator[str]:
        declared_hit, declared = self._declared("line", "lines")
        rate = _rate(self._root.get("line-rate", ""))
        if declared is not None and declared_hit is not None:
            if is_cut or (declared_hit, declared) not in {(hit, number), (self._times_hit, self._times_listed)}:
                yield f"{declared_hit:,} of {declared:,} lines covered"
        elif rate is not None and (is_cut or (number and abs(rate - hit / number) >= _RATE_TOLERANCE)):
            yield f"{rate:.1%} of lines covered".replace("%", " %")

    def _declared_statements(self, hit: int, number: int, is_cut: bool) -> Iterator[str]:
        declared_hit, declared = self._counters.get("statement", (None, None))
        if not declared or declared_hit is None:
            return
        if is_cut or declared_hit / declared <= hit / max(1, number) - _RATE_TOLERANCE:
            yield f"{declared_hit:,} of {declared:,} statements covered"

    def parts(self) -> list[Part]:
        hit, number = self._declared("branch", "branches")
        return [Part("branches", number, hit)] if number and hit is not None else []

    def _declared(self, counter: str, attribute: str) -> tuple[int | None, int | None]:
        if counter in self._counters:
            return self._counters[counter]
        hit, number = (whole_number(self._root.get(f"{attribute}-{key}", "")) for key in ("covered", "valid"))
        return hit, number

    def _take_line(self, attributes: Mapping[str, str]) -> None:
        number = whole_number(next((attributes[key] for key in _NUMBERS if attributes.get(key)), ""))
        times = next((attributes[key] for key in _TIMES if attributes.get(key)), "")
        if number is None:
            return
        is_hit = times == "true" or _RAN.match(times) is not None
        if "method" not in self._path:
            self._times_listed += 1
            self._times_hit += is_hit
        lines = self.hits[self._file]  # a line is hit if any of its classes says so
        lines[number] = lines.get(number, False) or is_hit

    def _open(self, path: str) -> None:
        self._file = path
        self.hits.setdefault(path, {})


def _rate(text: str) -> float | None:
    try:
        rate = float(text.replace(",", "."))
    except ValueError:
        return None
    return rate if 0 <= rate <= 1 else None
