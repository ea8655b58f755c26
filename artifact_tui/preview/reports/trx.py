"""TRX, the XML test results of Visual Studio and dotnet (vstst.xsd, TeamTest 2010 namespace)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from msgspec.structs import replace

from artifact_tui.preview.line import Rendered, Sample
from artifact_tui.preview.reports.remarks import Remark, amount, cut, report, whole_number
from artifact_tui.preview.reports.results import OUTCOMES, Result, Said, result_lines
from artifact_tui.preview.reports.xml_events import parse

ROOTS = {"TestRun"}
_OUTCOME_OF = {
    **dict.fromkeys(("Passed", "Completed"), "passed"),
    **dict.fromkeys(("PassedButRunAborted", "Warning"), "warning"),
    **dict.fromkeys(("NotExecuted", "NotRunnable", "Inconclusive", "Pending"), "skipped"),
    **dict.fromkeys(("InProgress", "Disconnected", "Aborted", "Error", "Timeout"), "error"),
}
"""All others are failures, including a missing outcome, since writers of the format omit Failed."""
_GOOD = {"", "completed", "passed"}
_QUIET = {"warning", "inconclusive", "notexecuted", "pending", "notrunnable", "passedbutrunaborted"}
"""Outcomes shown as warnings."""
_BAD_COUNTERS = ("failed", "error", "timeout", "aborted", "disconnected", "inProgress")
_PROGRESS = re.compile(r"\[xUnit\.net [\d:.]+\]\s+(?P<test>.*) \[(?:FAIL|SKIP)\]\s*")
"""A line that xUnit's adapter writes for a test that is also listed."""
_RESULTS = {
    "TestResultAggregation",
    *(f"{kind}TestResult" for kind in ("", "Unit", "Generic", "Manual", "Web", "Load")),
}
_OUTPUTS = ("StdOut", "StdErr", "DebugTrace")
_DURATION = re.compile(r"(\d{1,6}):(\d\d):(\d\d(?:\.\d{1,9})?)")


def read(sample: Sample) -> Rendered:
    """Return the results; raises :class:`~.xml_events.XmlRefused`."""
    reader = _Reader()
    parse(sample.data, reader, is_cut=sample.is_cut)
    results = reader.results()
    return report("TRX", sample, result_lines(results, cut(sample) + reader.remarks(results, is_cut=sample.is_cut)))


class _Test:
    """One result while it is read, and those within it: the rows of a data-driven test."""

    def __init__(self, attributes: Mapping[str, str]) -> None:
        self.id = attributes.get("testId", "")
        self.name = attributes.get("testName", "") or "(no name)"
        self.outcome = _OUTCOME_OF.get(attributes.get("outcome", ""), "failed")
        self.seconds = _seconds(attributes.get("duration", ""))
        self.message = self.trace = ""
        self.output: list[Said] = []
        self.inner: list[_Test] = []

    @property
    def leaves(self) -> list[_Test]:
        """The rows of a data-driven test, or the test itself; both if the test failed and no row did."""
        rows = [leaf for test in self.inner for leaf in test.leaves]
        is_bad = self.outcome in ("failed", "error")
        says_more = is_bad and not any(row.outcome in ("failed", "error") for row in rows)
        return rows if rows and not says_more else [self, *rows]

    @property
    def every(self) -> list[_Test]:
        return [self, *(inner for test in self.inner for inner in test.every)]


class _Reader:
    def __init__(self) -> None:
        self._tests: list[_Test] = []
        self._open: list[_Test] = []
        self._path: list[str] = []
        self._classes: dict[str, str] = {}
        self._definition = ""
        self._summary = _RunSummary()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        if name in _RESULTS:
            test = _Test(attributes)
            (self._open[-1].inner if self._open else self._tests).append(test)
            self._open.append(test)
        elif name == "TestMethod":
            self._classes.setdefault(self._definition, attributes.get("className", "").partition(",")[0].strip())
        elif len(self._path) > 1 and self._path[-2] == "TestDefinitions":
            self._definition = attributes.get("id", "")
        elif not self._open:
            self._summary.start(name, attributes)

    def end(self, name: str, text: str) -> None:
        self._path.pop()
        if not self._open:
            self._summary.end(name, text)
        elif name in _RESULTS:
            self._open.pop()
        elif name in ("Message", "StackTrace") and "ErrorInfo" in self._path:
            field = "message" if name == "Message" else "trace"
            setattr(self._open[-1], field, text)
        elif text.strip() and (name in _OUTPUTS or (name == "Message" and "TextMessages" in self._path)):
            self._open[-1].output.append(Said("", text, name))

    def results(self) -> list[Result]:
        return [self._result(leaf) for test in self._tests for leaf in test.leaves]

    def remarks(self, results: list[Result], *, is_cut: bool) -> list[Remark]:
        if is_cut:
            return [Remark("The totals are at the end of the report, which was not read.", is_error=False)]
        every = [one for test in self._tests for one in test.every]
        return self._summary.remarks(results, [[one.outcome for one in tests] for tests in (self._tests, every)])

    def _result(self, test: _Test) -> Result:
        suite = self._classes.get(test.id) or test.name.partition("(")[0].rpartition(".")[0]
        said = (Said(test.message, test.trace),) if test.message or test.trace else ()
        result = Result(test.name.removeprefix(f"{suite}."), suite, test.outcome, seconds=test.seconds)
        return result if test.outcome == "passed" else replace(result, said=said, output=tuple(test.output))


def _seconds(text: str) -> float:
    match = _DURATION.match(text)
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3]) if match else 0.0


class _RunSummary:
    """The summary of a run, built from the elements outside of results."""

    def __init__(self) -> None:
        self._outcome = ""
        self._counters: dict[str, str] = {}
        self._notes: list[tuple[str, list[str]]] = []
        self._output: list[str] = []
        self._is_inside = self._is_in_note = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "ResultSummary":
            self._is_inside, self._outcome = True, attributes.get("outcome", "")
        elif name == "Counters" and self._is_inside:
            self._counters = dict(attributes)
        elif name == "RunInfo":
            self._is_in_note = True
            self._notes.append((attributes.get("outcome", ""), []))

    def end(self, name: str, text: str) -> None:
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
