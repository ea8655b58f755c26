"""TRX, the XML of Visual Studio's and dotnet's test results (vstst.xsd of the TeamTest 2010 namespace)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from artifact_tui.preview.line import Page, Sample
from artifact_tui.preview.results import Result, result_lines
from artifact_tui.preview.xml_events import parse

ROOTS = {"TestRun"}
_OUTCOMES = {
    "Passed": "passed",
    "PassedButRunAborted": "passed",
    "Warning": "passed",
    "Completed": "passed",
    "NotExecuted": "skipped",
    "NotRunnable": "skipped",
    "Inconclusive": "skipped",
    "Pending": "skipped",
    "Disconnected": "error",
    "Aborted": "error",
    "Error": "error",
    "Timeout": "error",
}
_DURATION = re.compile(r"(\d{1,6}):(\d\d):(\d\d(?:\.\d{1,9})?)")


def read(sample: Sample) -> Page:
    """The results; raises :class:`~.xml_events.XmlRefused`."""
    found = _UnitTests()
    parse(sample.data, found, is_cut=sample.is_cut)
    return Page("TRX", result_lines(found.results))


class _UnitTests:
    def __init__(self) -> None:
        self.results: list[Result] = []
        self._test: dict[str, str] = {}
        self._in_error = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Tests are told apart by the names they were run under."""
        if name == "UnitTestResult":
            self._test = {key: attributes.get(key, "") for key in ("testName", "outcome", "duration")}
        elif name == "ErrorInfo":
            self._in_error = True

    def end(self, name: str, text: str) -> None:
        """What stands beside an error is the test's own output, which is left out."""
        if name == "ErrorInfo":
            self._in_error = False
        elif name in ("Message", "StackTrace") and self._in_error:
            self._test[name] = text
        elif name == "UnitTestResult" and self._test:
            test, self._test = self._test, {}
            suite = test["testName"].partition("(")[0].rpartition(".")[0]
            outcome = _OUTCOMES.get(test["outcome"], "failed")
            self.results.append(
                Result(
                    test["testName"].removeprefix(f"{suite}."),
                    suite,
                    outcome,
                    test.get("Message", ""),
                    test.get("StackTrace", ""),
                    _seconds(test["duration"]),
                )
            )


def _seconds(text: str) -> float:
    match = _DURATION.match(text)
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3]) if match else 0.0
