"""SARIF, the findings of static analysis: problems of the analysis itself, then findings by level and file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from artifact_tui.preview import json_document, log
from artifact_tui.preview.line import ACCENT, BOLD, ERROR, MUTED, SUCCESS, WARNING, Rendered, Sample, StyledLine, line
from artifact_tui.preview.reports import sarif_format as sarif
from artifact_tui.preview.reports.remarks import Remark, remark_lines, report
from artifact_tui.preview.reports.sarif_run import Finding, SarifRun, results_of
from artifact_tui.text import count, size

_NAMES = (".sarif", ".sarif.json")
_LEVELS = {"error": ERROR, "warning": WARNING, "note": ACCENT, "none": MUTED}
_KINDS = {
    "open": WARNING,
    "review": WARNING,
    "informational": ACCENT,
    "notApplicable": MUTED,
    "pass": SUCCESS,
    "suppressed": MUTED,
    "absent": MUTED,
}
"""Shown instead of a level: kinds of results that are not failures (3.27.9), suppressed ones and absent ones."""
_ORDER = [*_LEVELS, *_KINDS]


def read(sample: Sample) -> Rendered | None:
    """Return the findings of a whole report, or a part of one as JSON; None for other files."""
    name = sample.name.lower()
    if sample.decoded is None or not name.endswith((*_NAMES, ".json")):
        return None
    text, encoding = sample.decoded
    if not name.endswith(_NAMES) and "sarif" not in text[:2000].lower():
        return None
    try:
        return report("SARIF", sample, _lines(_runs(sample, text)), encoding=encoding)
    except _Refused as refusal:
        page = json_document.read(sample) or log.read(sample)
        return page and page.below(f"Not shown as a report: {refusal}.")


class _Refused(Exception):
    pass


def _runs(sample: Sample, text: str) -> list[sarif.RunObject]:
    if sample.is_cut:
        raise _Refused(f"only the first {size(len(sample.data))} of {size(sample.size)} were read")
    try:
        decoded = msgspec.json.decode(text.encode(errors="replace"), type=sarif.Report)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _Refused(f"it is not SARIF 2.1.0 ({error})") from None
    if (decoded.version or "").startswith("1."):
        raise _Refused("it is SARIF 1.0, and only SARIF 2.1.0 is supported")
    if not decoded.runs:
        raise _Refused("it has no runs")
    return decoded.runs


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
    """Yield the reasons why the list may be incomplete: a failed analysis, or results that are not in the report."""
    for invocation in run.invocations:
        yield from _problems(invocation, run)
    external = one.external_property_file_references
    if external is not None and external.results:
        yield Remark(f"More findings are in {count(len(external.results), 'other file')} (not read here).")
    elif one.results is None:
        yield Remark("The report has no list of results: the analysis may not have run.")
    if unreadable:
        yield Remark(f"{count(unreadable, 'invalid result')} {'is' if unreadable == 1 else 'are'} left out.")


def _problems(invocation: sarif.Invocation, run: SarifRun) -> Iterator[Remark]:
    failure = invocation.process_start_failure_message
    if invocation.execution_successful is False or failure:
        code = "" if invocation.exit_code is None else f"exit code {invocation.exit_code}"
        words = (code, invocation.exit_code_description, invocation.exit_signal_name, failure)
        text = ", ".join(word.rstrip(".") for word in words if word)
        yield Remark(f"The analysis did not finish successfully{f' ({text})' if text else ''}.")
    notes = (invocation.tool_execution_notifications, invocation.tool_configuration_notifications)
    for note in (note for some in notes for note in some or []):
        level, text = run.notification(note)
        if level in ("error", "warning"):
            yield Remark(f"Tool {level}: {text or 'no text in the report.'}", level == "error")


def _counts(findings: list[Finding]) -> str:
    """Return ``3 findings · 1 pass · 2 suppressed``; only results with a level are findings."""
    kinds = Counter(finding.level for finding in findings if finding.level in _KINDS)
    others = [f"{kinds[kind]:,} {kind}" for kind in _KINDS if kinds[kind]]
    return " · ".join([count(len(findings) - kinds.total(), "finding"), *others])


def _order(finding: Finding) -> tuple[int, str, int]:
    """Return the sort key; an unknown level may be serious, so it follows the errors."""
    place = _ORDER.index(finding.level) if finding.level in _ORDER else 0.5
    return round(place * 2), finding.path, finding.line


def _finding(finding: Finding) -> Iterator[StyledLine]:
    where = finding.path + "".join(f":{at}" for at in (finding.line, finding.column) if at)
    style = _LEVELS.get(finding.level) or _KINDS.get(finding.level, WARNING)
    place = (where or "no place", MUTED if finding.is_quiet else BOLD)
    head = (f"{finding.level:<7} ", style), place, (f"  {finding.rule}", MUTED)
    yield line(*head, is_error=finding.level == "error")
    for text in finding.text.splitlines():
        yield line(f"        {text}")
