"""SARIF, the findings of static analysis, as a list: what went wrong with the analysis, then errors, then by file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from artifact_tui.preview import json_document, log
from artifact_tui.preview.line import (
    ACCENT,
    BOLD,
    ERROR,
    MUTED,
    SUCCESS,
    WARNING,
    Piece,
    Rendered,
    Sample,
    Style,
    StyledLine,
    line,
)
from artifact_tui.preview.reports import sarif_format as sarif
from artifact_tui.preview.reports.remarks import Remark, remark_lines, report
from artifact_tui.preview.reports.sarif_run import Finding, SarifRun, results_of
from artifact_tui.text import count, size

_NAMES = (".sarif", ".sarif.json")
_LEVELS: dict[str, Style] = {"error": ERROR, "warning": WARNING, "note": ACCENT, "none": MUTED}
_KINDS: dict[str, Style] = {
    "open": WARNING,
    "review": WARNING,
    "informational": ACCENT,
    "notApplicable": MUTED,
    "pass": SUCCESS,
    "suppressed": MUTED,
    "absent": MUTED,
}
"""What is shown in place of a level for results that are not failures (3.27.9), and for those that no longer count."""
_ORDER = [*_LEVELS, *_KINDS]


def read(sample: Sample) -> Rendered | None:
    """Return the findings of a whole report; None for other JSON. A part of a report is shown as JSON."""
    name = sample.name.lower()
    if sample.decoded is None or not name.endswith((*_NAMES, ".json")):
        return None
    if not name.endswith(_NAMES) and "sarif" not in sample.decoded[0][:2000].lower():
        return None
    if sample.is_cut:
        part = f"only the first {size(len(sample.data))} of {size(sample.size)} were read"
        return _as_json(sample, part)
    try:
        decoded = msgspec.json.decode(sample.decoded[0].encode(errors="replace"), type=sarif.Report)
    except (msgspec.DecodeError, RecursionError) as error:
        return _as_json(sample, f"it is not SARIF 2.1.0 ({error})")
    if (decoded.version or "").startswith("1."):
        return _as_json(sample, "it is SARIF 1.0, and only SARIF 2.1.0 is supported")
    if not decoded.runs:
        return _as_json(sample, "it has no runs")
    return report("SARIF", sample, _lines(decoded.runs), encoding=sample.decoded[1])


def _as_json(sample: Sample, note: str) -> Rendered | None:
    page = json_document.read(sample) or log.read(sample)
    return page and page.below(f"Not shown as a report: {note}.")


def _lines(runs: list[sarif.RunObject]) -> Iterator[StyledLine]:
    for number, one in enumerate(runs):
        if number:
            yield line()
        run = SarifRun(one)
        results, unreadable = results_of(one.results or [])
        findings = sorted(map(run.finding, results), key=_order)
        yield from remark_lines(_remarks(one, run, unreadable))
        driver = run.driver
        version = f" {driver.semantic_version or driver.version or ''}"
        yield line((f"{driver.name}{version}".strip(), BOLD), f": {_counts(findings)}")
        for finding in findings:
            yield from _finding(finding)


def _remarks(one: sarif.RunObject, run: SarifRun, unreadable: int) -> Iterator[Remark]:
    """Yield what makes the list of findings incomplete: an analysis that failed, or results that are not in it."""
    for invocation in run.invocations:
        if invocation.execution_successful is False or invocation.process_start_failure_message:
            yield Remark(f"The analysis did not finish successfully{_ending(invocation)}.")
        for note in (
            *(invocation.tool_execution_notifications or []),
            *(invocation.tool_configuration_notifications or []),
        ):
            level, text = run.notification(note)
            if level in ("error", "warning"):
                yield Remark(f"{level.capitalize()} of the tool: {text or 'no text in the report.'}", level == "error")
    external = one.external_property_file_references
    if external is not None and external.results:
        yield Remark(f"More findings are in {count(len(external.results), 'other file')} (not read here).")
    elif one.results is None:
        yield Remark("The report has no list of results: the analysis may not have run.")
    if unreadable:
        yield Remark(
            f"{count(unreadable, 'result')} could not be read and {'is' if unreadable == 1 else 'are'} left out."
        )


def _ending(invocation: sarif.Invocation) -> str:
    code = "" if invocation.exit_code is None else f"exit code {invocation.exit_code}"
    words = (
        code,
        invocation.exit_code_description,
        invocation.exit_signal_name,
        invocation.process_start_failure_message,
    )
    text = ", ".join(word.rstrip(".") for word in words if word)
    return f" ({text})" if text else ""


def _counts(findings: list[Finding]) -> str:
    """``3 findings · 1 pass · 2 suppressed``: only what the tool complains about is a finding."""
    kinds = Counter(finding.level for finding in findings if finding.level in _KINDS)
    others = [f"{kinds[kind]:,} {kind}" for kind in _KINDS if kinds[kind]]
    return " · ".join([count(len(findings) - kinds.total(), "finding"), *others])


def _order(finding: Finding) -> tuple[int, str, int]:
    """Return a level that the format does not know may be grave: it comes right behind the errors."""
    place = _ORDER.index(finding.level) if finding.level in _ORDER else 0.5
    return round(place * 2), finding.path, finding.line


def _finding(finding: Finding) -> Iterator[StyledLine]:
    where = finding.path + "".join(f":{at}" for at in (finding.line, finding.column) if at)
    style = _LEVELS.get(finding.level) or _KINDS.get(finding.level, WARNING)
    place = (where or "no place", MUTED if finding.is_quiet else BOLD)
    head: list[Piece] = [(f"{finding.level:<7} ", style), place, (f"  {finding.rule}", MUTED)]
    yield line(*head, is_error=finding.level == "error")
    for text in finding.text.splitlines():
        yield line(f"        {text}")
