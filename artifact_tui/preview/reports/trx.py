"""TRX, the XML test results of Visual Studio and dotnet (vstst.xsd, TeamTest 2010 namespace)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from artifact_tui.preview.line import Rendered, Sample
from artifact_tui.preview.reports.remarks import Remark, cut, report
from artifact_tui.preview.reports.results import Result, Said, result_lines
from artifact_tui.preview.reports.trx_summary import RunSummary
from artifact_tui.preview.reports.xml_events import parse

ROOTS = {"TestRun"}
_OUTCOMES = {
    **dict.fromkeys(("Passed", "Completed"), "passed"),
    **dict.fromkeys(("PassedButRunAborted", "Warning"), "warning"),
    **dict.fromkeys(("NotExecuted", "NotRunnable", "Inconclusive", "Pending"), "skipped"),
    **dict.fromkeys(("InProgress", "Disconnected", "Aborted", "Error", "Timeout"), "error"),
}
"""All others are failures, including a missing outcome, since writers of the format omit Failed."""
_RESULTS = {
    "UnitTestResult",
    "TestResult",
    "TestResultAggregation",
    "GenericTestResult",
    "ManualTestResult",
    "WebTestResult",
    "LoadTestResult",
}
_OUTPUTS = {"StdOut": "StdOut", "StdErr": "StdErr", "DebugTrace": "DebugTrace"}
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
        self.outcome = _OUTCOMES.get(attributes.get("outcome", ""), "failed")
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
        self._summary = RunSummary()

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
            self._open[-1].output.append(Said("", text, _OUTPUTS.get(name, "Message")))

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
        is_quiet = test.outcome == "passed"
        return Result(
            test.name.removeprefix(f"{suite}."),
            suite,
            test.outcome,
            () if is_quiet else said,
            () if is_quiet else tuple(test.output),
            test.seconds,
        )


def _seconds(text: str) -> float:
    match = _DURATION.match(text)
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3]) if match else 0.0
