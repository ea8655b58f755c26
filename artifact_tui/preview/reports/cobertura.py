"""Coverage in XML: Cobertura's (coverage.py, gcovr, coverlet), JaCoCo's, Clover's and SonarQube's generic format."""

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
"""How often a line ran: more than never; a number below zero is an overflow of the tool's."""


def read(sample: Sample) -> Rendered:
    """Return a table by file; raises :class:`~.xml_events.XmlRefused`."""
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
    """Lines by file, and what the report declares.

    ``class filename`` with ``line hits`` (Cobertura), ``sourcefile`` in a ``package`` with ``line ci``, the covered
    instructions (JaCoCo), ``file path`` with ``line count`` (Clover) or ``lineToCover covered`` (SonarQube). Totals are
    attributes of the root (Cobertura), ``counter`` elements directly in it (JaCoCo), or ``metrics`` of the project
    (Clover).
    """

    def __init__(self) -> None:
        self.hits: dict[str, dict[int, bool]] = {}
        self._path: list[str] = []
        self._groups: list[str] = []
        self._package = self._file = ""
        self._times_listed = self._times_hit = 0
        self._root: Mapping[str, str] = {}
        self._counters: dict[str, tuple[int | None, int | None]] = {}
        """By kind: how many were covered, of how many."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Note an element that begins; a line is hit when any of its classes says so."""
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
        elif name == "counter" and len(self._path) == 2:
            missed, hit = (whole_number(attributes.get(key, "")) for key in ("missed", "covered"))
            number = None if hit is None or missed is None else hit + missed
            self._counters[attributes.get("type", "").lower()] = (hit, number)
        elif name == "metrics" and self._path[-2] == "project":
            for kind, key in (("statement", "statements"), ("branch", "conditionals")):
                hit, number = whole_number(attributes.get(f"covered{key}", "")), whole_number(attributes.get(key, ""))
                self._counters[kind] = (hit, number)

    def end(self, name: str, text: str) -> None:
        """Note an element that ends; lines outside a file belong to nothing."""
        self._path.pop()
        if name == "group" and self._groups:
            self._groups.pop()
        elif name in ("class", "sourcefile", "file") and "file" not in self._path:
            self._file = ""

    def remarks(self, files: list[Covered], *, is_cut: bool) -> Iterator[Remark]:
        """Yield what is declared, where the listed lines add up to something else or were not all read."""
        number, hit = sum(file.lines for file in files), sum(file.hit for file in files)
        declared_hit, declared = self._declared("line", "lines")
        rate = _rate(self._root.get("line-rate", ""))
        if declared is not None and declared_hit is not None:
            listed = {(hit, number), (self._times_hit, self._times_listed)}
            if is_cut or (declared_hit, declared) not in listed:
                yield Remark(_sentence(f"{declared_hit:,} of {declared:,} lines covered", hit, number), is_error=False)
        elif rate is not None and (is_cut or (number and abs(rate - hit / number) >= _RATE_TOLERANCE)):
            yield Remark(_sentence(f"{rate:.1%} of lines covered".replace("%", " %"), hit, number), is_error=False)
        yield from self._invalid()
        statements_hit, statements = self._counters.get("statement", (None, None))
        if (
            statements
            and statements_hit is not None
            and (is_cut or statements_hit / statements <= hit / max(1, number) - _RATE_TOLERANCE)
        ):
            yield Remark(
                _sentence(f"{statements_hit:,} of {statements:,} statements covered", hit, number), is_error=False
            )

    def _invalid(self) -> Iterator[Remark]:
        """Yield what the root declares and nobody can compare."""
        values = {key: self._root.get(key, "").strip() for key in ("line-rate", "lines-covered", "lines-valid")}
        invalid = [
            f"{key}='{value[:40]}'"
            for key, value in values.items()
            if value and (_rate(value) if key == "line-rate" else whole_number(value)) is None
        ]
        if invalid:
            yield Remark(f"The report declares invalid totals: {', '.join(invalid)}.", is_error=False)

    def parts(self) -> list[Part]:
        """Return the branches, as declared."""
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
        lines = self.hits[self._file]
        lines[number] = lines.get(number, False) or is_hit

    def _open(self, path: str) -> None:
        self._file = path
        self.hits.setdefault(path, {})


def _sentence(declared: str, hit: int, number: int) -> str:
    return f"The report declares {declared}; the listed lines add up to {hit:,} of {number:,} ({percent(hit, number)})."


def _rate(text: str) -> float | None:
    try:
        rate = float(text.replace(",", "."))
    except ValueError:
        return None
    return rate if 0 <= rate <= 1 else None
