"""JUnit's XML, as pytest, Maven, Gradle, Jest and go-junit-report write it: there is no one schema."""

from __future__ import annotations

from collections.abc import Mapping

from artifact_tui.preview.line import Page, Sample
from artifact_tui.preview.results import Result, result_lines
from artifact_tui.preview.xml_events import parse

ROOTS = {"testsuites", "testsuite"}
_OUTCOMES = {"failure": "failed", "error": "error", "skipped": "skipped"}


def read(sample: Sample) -> Page:
    """The results; raises :class:`~.xml_events.XmlRefused`."""
    cases = _Cases()
    parse(sample.data, cases, is_cut=sample.is_cut)
    return Page("JUnit", result_lines(cases.results))


class _Cases:
    def __init__(self) -> None:
        self.results: list[Result] = []
        self._case: dict[str, str] = {}
        self._suites: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An outcome is an element within the case."""
        if name == "testsuite":
            self._suites.append(attributes.get("name", ""))
        elif name == "testcase":
            suite = attributes.get("classname") or (self._suites[-1] if self._suites else "")
            self._case = {
                "name": attributes.get("name", ""),
                "suite": suite,
                "seconds": attributes.get("time", ""),
                "outcome": "passed",
            }
        elif name in _OUTCOMES and self._case:
            self._case["outcome"] = _OUTCOMES[name]
            self._case["message"] = attributes.get("message", "")

    def end(self, name: str, text: str) -> None:
        """The text within an outcome is the trace."""
        if name == "testsuite" and self._suites:
            self._suites.pop()
        elif name in _OUTCOMES and self._case:
            self._case["details"] = text
        elif name == "testcase" and self._case:
            case = self._case
            self.results.append(
                Result(
                    case["name"],
                    case["suite"],
                    case["outcome"],
                    case.get("message", ""),
                    case.get("details", ""),
                    seconds_of(case["seconds"]),
                )
            )
            self._case = {}


def seconds_of(text: str) -> float:
    """A number of seconds, with a comma for thousands in some; 0 where it is none."""
    try:
        seconds = float(text.replace(",", ""))
    except ValueError:
        return 0.0
    return seconds if 0 <= seconds < 1e9 else 0.0
