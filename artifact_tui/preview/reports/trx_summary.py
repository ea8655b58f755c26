"""The ``ResultSummary`` of a TRX: outcome, counters, and errors outside of tests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from artifact_tui.preview.reports.remarks import Remark, amount, whole_number
from artifact_tui.preview.reports.results import OUTCOMES, Result

_GOOD = {"", "completed", "passed"}
_QUIET = {"warning", "inconclusive", "notexecuted", "pending", "notrunnable", "passedbutrunaborted"}
"""Outcomes that are warnings."""
_BAD_COUNTERS = ("failed", "error", "timeout", "aborted", "disconnected", "inProgress")
_PROGRESS = re.compile(r"\[xUnit\.net [\d:.]+\]\s+(?P<test>.*) \[(?:FAIL|SKIP)\]\s*")
"""A line of xUnit's adapter for a test that is listed as well."""


class RunSummary:
    """The summary of a run, fed with the elements outside of results."""

    def __init__(self) -> None:
        self._outcome = ""
        self._counters: dict[str, str] = {}
        self._notes: list[tuple[str, list[str]]] = []
        self._output: list[str] = []
        self._is_inside = self._is_in_note = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Note an element that begins."""
        if name == "ResultSummary":
            self._is_inside, self._outcome = True, attributes.get("outcome", "")
        elif name == "Counters" and self._is_inside:
            self._counters = dict(attributes)
        elif name == "RunInfo":
            self._is_in_note = True
            self._notes.append((attributes.get("outcome", ""), []))

    def end(self, name: str, text: str) -> None:
        """Note an element that ends, with the text directly in it."""
        if self._is_in_note and text.strip():
            self._notes[-1][1].append(text.strip())
        elif name in ("StdOut", "StdErr") and self._is_inside and text.strip():
            self._output.append(text)
        if name == "RunInfo":
            self._is_in_note = False
        elif name == "ResultSummary":
            self._is_inside = False

    def remarks(self, results: list[Result], others: list[list[str]]) -> list[Remark]:
        """Return the differences between the run and its tests.

        ``others`` are the outcomes in other ways of counting: adapters count data-driven tests, or their rows, or both.
        """
        counts = Counter(result.outcome for result in results)
        bad = counts["failed"] + counts["error"]
        notes = self._run_infos(results)
        differences = self._differences([counts, *map(Counter, others)])
        outcome = self._outcome.strip()
        is_good = outcome.lower() in _GOOD
        is_quiet = outcome.lower() in _QUIET
        is_explained = is_good or (bad > 0 and outcome.lower() in ("failed", "error"))
        found = [] if is_explained else [Remark(f"Outcome of the run: {outcome}.", not is_quiet)]
        found += notes + differences
        if found and self._output:
            found[-1] = Remark(found[-1].text, found[-1].is_error, "\n".join(self._output))
        return found

    def _run_infos(self, results: list[Result]) -> list[Remark]:
        """Those that only repeat that a test failed or was skipped are left out."""
        names = {result.name for result in results} | {f"{result.suite}.{result.name}" for result in results}
        remarks = []
        for outcome, texts in self._notes:
            text = "\n".join(texts)
            progress = _PROGRESS.fullmatch(text)
            if progress and progress["test"] in names:
                continue
            word = outcome or "Error"
            is_error = word.lower() not in _GOOD | _QUIET
            remarks.append(Remark(f"{word}: {text or 'no text in the report.'}", is_error))
        return remarks

    def _differences(self, counts: list[Counter[str]]) -> list[Remark]:
        values = {name: whole_number(value) for name, value in self._counters.items()}
        invalid = [f"{name}='{self._counters[name][:40]}'" for name, value in values.items() if value is None]
        total, passed, failed = (values.get(name) for name in ("total", "passed", "failed"))
        bad = None if failed is None else sum(values.get(name) or 0 for name in _BAD_COUNTERS)
        stated, listed, is_error = [], [], False
        for declared, outcomes, noun, is_worse in (
            (total, OUTCOMES, "test", True),
            (bad, ("failed", "error"), "failed test", True),
            (passed, ("passed", "warning"), "passed test", False),
        ):
            numbers = [sum(count[outcome] for outcome in outcomes) for count in counts]
            if declared is not None and declared not in numbers:
                stated.append(amount(declared, noun))
                listed.append(amount(numbers[0], noun))
                is_error = is_error or (is_worse and declared > max(numbers))
        remarks = []
        if stated:
            text = f"The run declares {', '.join(stated)}, but lists {', '.join(listed)}."
            remarks.append(Remark(text, is_error))
        if invalid:
            remarks.append(Remark(f"The run declares totals that are not numbers: {', '.join(invalid)}.", False))
        return remarks
