"""Coverage in XML: Cobertura's (coverage.py, gcovr, coverlet), JaCoCo's and Clover's."""

from __future__ import annotations

from collections.abc import Mapping

from artifact_tui.preview.lcov import Covered, coverage_lines
from artifact_tui.preview.line import Page, Sample
from artifact_tui.preview.xml_events import XmlRefused, parse

ROOTS = {"coverage", "report"}


def read(sample: Sample) -> Page:
    """A table by file; raises :class:`~.xml_events.XmlRefused`."""
    files = _Files()
    parse(sample.data, files, is_cut=sample.is_cut)
    if not files.hits:
        raise XmlRefused("names no source files")
    return Page("coverage", coverage_lines([_covered(path, hits) for path, hits in files.hits.items()]))


def _covered(path: str, hits: Mapping[int, bool]) -> Covered:
    missed = tuple(number for number, hit in hits.items() if not hit)
    return Covered(path, len(hits), len(hits) - len(missed), missed)


class _Files:
    """Lines by file.

    ``class filename`` with ``line hits`` (Cobertura), ``sourcefile`` in a ``package`` with ``line ci``, the covered
    instructions (JaCoCo), ``file path`` with ``line count`` (Clover).
    """

    def __init__(self) -> None:
        self.hits: dict[str, dict[int, bool]] = {}
        self._package = self._file = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """A line is hit when any of its classes says so."""
        if name == "package":
            self._package = attributes.get("name", "")
        elif name == "class" and "filename" in attributes:
            self._open(attributes["filename"])
        elif name == "sourcefile":
            self._open(f"{self._package}/{attributes.get('name', '')}".removeprefix("/"))
        elif name == "file" and ("path" in attributes or "name" in attributes):
            self._open(attributes.get("path") or attributes["name"])
        elif name == "line" and self._file:
            number = attributes.get("number") or attributes.get("nr") or attributes.get("num") or ""
            times = attributes.get("hits") or attributes.get("ci") or attributes.get("count") or "0"
            if number.isdecimal() and len(number) < 10:
                lines = self.hits[self._file]
                lines[int(number)] = lines.get(int(number), False) or times.strip("0") != ""

    def end(self, name: str, text: str) -> None:
        """Lines outside a file belong to nothing."""
        if name in ("class", "sourcefile", "file"):
            self._file = ""

    def _open(self, path: str) -> None:
        self._file = path
        self.hits.setdefault(path, {})
