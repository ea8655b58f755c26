"""The ``ResultSummary`` of a TRX file: outcome, counters, and errors outside of tests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from artifact_tui.preview.reports.remarks import Remark, amount, whole_number
from artifact_tui.preview.reports.results import OUTCOMES, Result

_GOOD = {"", "completed", "passed"}
_QUIET = {"warning", "inconclusive", "notexecuted", "pending", "notrunnable", "passedbutrunaborted"}
"""Outcomes shown as warnings."""
_BAD_COUNTERS = ("failed", "error", "timeout", "aborted", "disconnected", "inProgress")
_PROGRESS = re.compile(r"\[xUnit\.net [\d:.]+\]\s+(?P<test>.*) \[(?:FAIL|SKIP)\]\s*")
"""A line that xUnit's adapter writes for a test that is also listed."""


class RunSummary:
    """The summary of a run, built from the elements outside of results."""

    def __init__(self) -> None:
        self._outcome = ""
        self._counters: dict[str, str] = {}
        self._notes: list[tuple[str, list[str]]] = []
        self._output: list[str] = []
        self._is_inside = self._is_in_note = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Read the start of an element."""
        if name == "ResultSummary":
            self._is_inside, self._outcome = True, attributes.get("outcome", "")
        elif name == "Counters" and self._is_inside:
            self._counters = dict(attributes)
        elif name == "RunInfo":
            self._is_in_note = True
            self._notes.append((attributes.get("outcome", ""), []))

    def end(self, name: str, text: str) -> None:
        """Read the end of an element, with the text directly in it."""
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

        ``others`` are the outcomes counted in other ways: adapters count data-driven tests, their rows, or both.
        """
        counts = Counter(result.outcome for result in results)
        bad = counts["failed"] + counts["error"]
        outcome = self._outcome.strip()
        is_explained = outcome.lower() in _GOOD or (bad > 0 and outcome.lower() in ("failed", "error"))
        found = [] if is_explained else [Remark(f"Outcome of the run: {outcome}.", outcome.lower() not in _QUIET)]
        found += self._run_infos(results) + self._differences([counts, *map(Counter, others)])
        if found and self._output:
            found[-1] = Remark(found[-1].text, found[-1].is_error, "\n".join(self._output))
        return found

    def _run_infos(self, results: list[Result]) -> list[Remark]:
        """Return the messages, except those that only repeat that a test failed or was skipped."""
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
        bad = None if values.get("failed") is None else sum(values.get(name) or 0 for name in _BAD_COUNTERS)
        stated, listed, is_error = [], [], False
        for declared, outcomes, noun in (
            (values.get("total"), OUTCOMES, "test"),
            (bad, ("failed", "error"), "failed test"),
            (values.get("passed"), ("passed", "warning"), "passed test"),
        ):
            numbers = [sum(count[outcome] for outcome in outcomes) for count in counts]
            if declared is not None and declared not in numbers:
                stated.append(amount(declared, noun))
                listed.append(amount(numbers[0], noun))
                is_error |= noun != "passed test" and declared > max(numbers)
        remarks = []
        if stated:
            remarks.append(Remark(f"The run declares {', '.join(stated)}, but lists {', '.join(listed)}.", is_error))
        if invalid:
            remarks.append(Remark(f"The run declares totals that are not numbers: {', '.join(invalid)}.", False))
        return remarks
