"""SARIF 2.1.0 (OASIS), the findings of static analysis, as a list: errors first, then by file."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from artifact_tui.preview.line import ACCENT, BOLD, ERROR, MUTED, WARNING, Line, Page, Piece, Sample, Style, line
from artifact_tui.text import count

_NAMES = (".sarif", ".sarif.json")
_LEVELS: dict[str, Style] = {"error": ERROR, "warning": WARNING, "note": ACCENT, "none": MUTED}


class _Text(Struct):
    text: str = ""


class _Region(Struct):
    start_line: int = msgspec.field(default=0, name="startLine")
    start_column: int = msgspec.field(default=0, name="startColumn")


class _File(Struct):
    uri: str = ""


class _Physical(Struct):
    file: _File = msgspec.field(default_factory=_File, name="artifactLocation")
    region: _Region = msgspec.field(default_factory=_Region)


class _Location(Struct):
    physical: _Physical = msgspec.field(default_factory=_Physical, name="physicalLocation")


class _Result(Struct):
    rule: str = msgspec.field(default="", name="ruleId")
    level: str = "warning"
    message: _Text = msgspec.field(default_factory=_Text)
    locations: list[_Location] = []

    @property
    def place(self) -> _Physical:
        return self.locations[0].physical if self.locations else _Physical()


class _Driver(Struct):
    name: str = ""
    version: str = ""
    semantic_version: str = msgspec.field(default="", name="semanticVersion")


class _Tool(Struct):
    driver: _Driver = msgspec.field(default_factory=_Driver)


class _Run(Struct):
    tool: _Tool = msgspec.field(default_factory=_Tool)
    results: list[_Result] | None = None


class _Report(Struct):
    runs: list[_Run] = []


def read(sample: Sample) -> Page | None:
    """Only a whole report can be read; None for all else, which is then shown as the JSON it may be."""
    name = sample.name.lower()
    if sample.is_cut or sample.decoded is None or not name.endswith((*_NAMES, ".json")):
        return None
    if not name.endswith(_NAMES) and "sarif" not in sample.decoded[0][:2000].lower():
        return None
    try:
        report = msgspec.json.decode(sample.decoded[0].encode(errors="replace"), type=_Report)
    except (msgspec.DecodeError, RecursionError):
        return None
    return Page("SARIF", _lines(report), sample.decoded[1]) if report.runs else None


def _lines(report: _Report) -> tuple[Line, ...]:
    lines: list[Line] = []
    for run in report.runs:
        driver = run.tool.driver
        results = sorted(run.results or [], key=_order)
        version = f" {driver.semantic_version or driver.version}"
        found = count(len(results), "finding")
        lines += [line(), line((f"{driver.name}{version}".strip(), BOLD), f": {found}")]
        for result in results:
            lines += _finding(result)
    return tuple(lines[1:])


def _order(result: _Result) -> tuple[int, str, int]:
    levels = list(_LEVELS)
    level = levels.index(result.level) if result.level in levels else len(levels)
    return level, result.place.file.uri, result.place.region.start_line


def _finding(result: _Result) -> list[Line]:
    region = result.place.region
    where = result.place.file.uri + "".join(f":{at}" for at in (region.start_line, region.start_column) if at)
    style = _LEVELS.get(result.level, MUTED)
    head: list[Piece] = [(f"{result.level:<8}", style), (where or "no place", BOLD), (f"  {result.rule}", MUTED)]
    texts = [line(f"        {text}") for text in result.message.text.splitlines()]
    return [line(*head, is_error=result.level == "error"), *texts]
