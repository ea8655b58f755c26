"""JUnit XML as written by pytest, Maven, Gradle, Jest, GoogleTest, CTest, Bazel and others; they share no schema."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from artifact_tui.preview.line import Rendered, Sample
from artifact_tui.preview.reports.remarks import Remark, amount, cut, report
from artifact_tui.preview.reports.results import OUTCOMES, Result, Said, result_lines
from artifact_tui.preview.reports.totals import Scope, declared_in
from artifact_tui.preview.reports.xml_events import parse

ROOTS = {"testsuites", "testsuite"}
_BAD = {"failure": "failed", "error": "error"}
_ATTEMPTS = {
    "flakyFailure": "Failed attempt",
    "flakyError": "Failed attempt",
    "rerunFailure": "Failed rerun",
    "rerunError": "Failed rerun",
}
"""Elements that Surefire and nextest write for attempts that did not decide the outcome."""
_OUTCOME_OF = {
    **_BAD,
    "warning": "warning",
    **dict.fromkeys(("skipped", "skip", "ignored", "disabled"), "skipped"),
    **dict.fromkeys(_ATTEMPTS, "flaky"),
}
_OUTPUTS = ("system-out", "system-err")
_STATE_NAMES = ("status", "result", "outcome", "state")
_WORDS = {
    "failed": "fail failed failure broken xpass undefined unexpected",
    "error": "error errored panicked interrupted aborted timedout timeout timed_out crashed cancelled canceled killed",
    "flaky": "flaky",
    "warning": "warning passedwithwarnings",
    "skipped": "notrun not_run notexecuted skip skipped suppressed disabled ignored pending inconclusive untested "
    "filtered xfail todo bpass bfail excluded",
    "passed": "run completed complete passed pass success successful succeeded ok executed finished done expected true",
}
_STATES = {word: state for state, words in _WORDS.items() for word in words.split()}
"""The words that tools use for the state of a test, in lower case and without spaces."""


def read(sample: Sample) -> Rendered:
    """Return the results; raises :class:`~.xml_events.XmlRefused`."""
    reader = _Reader()
    parse(sample.data, reader, is_cut=sample.is_cut)
    remarks = cut(sample) + reader.finish(is_cut=sample.is_cut)
    return report("JUnit", sample, result_lines(reader.results, remarks))


class _Reader:
    def __init__(self) -> None:
        self.results: list[Result] = []
        self._remarks: list[Remark] = []
        self._scopes: list[Scope] = []
        self._cases: list[_OpenCase] = []
        self._open: _OpenElement | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._open is not None:
            self._open.depth += 1
        elif name in ROOTS:
            self._start_suite(attributes, attributes.get("name", "").strip() if name == "testsuite" else "")
        elif name == "testcase":
            suite = self._scopes[-1].suite if self._scopes else ""
            self._cases.append(_OpenCase(attributes, attributes.get("classname") or suite))
        elif name in _OUTCOME_OF or name in _OUTPUTS:
            self._open = _OpenElement(name, attributes)

    def end(self, name: str, text: str) -> None:
        if self._open is not None:
            if self._open.end(name, text):
                self._add(self._open)
                self._open = None
        elif name == "testcase" and self._cases:
            self._end_case(self._cases.pop())
        elif name in ROOTS and self._scopes:
            self._end_suite()

    def finish(self, *, is_cut: bool) -> list[Remark]:
        if not is_cut:
            return self._remarks
        if self._open is not None and self._open.name in _BAD and self._cases:
            self._add(self._open)
        for case in self._cases:
            if case.is_bad:
                self._end_case(case)
        while len(self._scopes) > 1:
            inner = self._scopes.pop()
            self._scopes[-1].absorb(inner)
        return [*(self._read_so_far(scope) for scope in self._scopes), *self._remarks]

    @staticmethod
    def _read_so_far(scope: Scope) -> Remark:
        declared, least = scope.declared, ""
        if not declared.words():
            declared, least = scope.inner, "at least "
        read = f"{amount(scope.tests, 'test')}, {amount(scope.bad, 'failed test')}"
        if not declared.words():
            return Remark(f"The report declares no totals. Read so far: {read}.", False)
        is_worse = (declared.bad or 0) > scope.bad
        return Remark(f"The report declares {least}{declared.words()}. Read so far: {read}.", is_worse)

    def _start_suite(self, attributes: Mapping[str, str], name: str) -> None:
        declared = declared_in(attributes)
        if self._scopes:
            self._scopes[-1].add_inner(declared)
        self._scopes.append(Scope(name, declared, is_root=not self._scopes))

    def _end_suite(self) -> None:
        scope = self._scopes.pop()
        remarks = list(scope.differences())
        if scope.output and scope.last_bad >= 0:
            result = self.results[scope.last_bad]
            self.results[scope.last_bad] = replace(result, output=result.output + tuple(_of_suite(scope)))
        elif scope.output and any(remark.is_error for remark in remarks):
            text = "\n".join(f"{said.label}\n{said.details}" for said in _of_suite(scope))
            remarks[0] = replace(remarks[0], details=text)
        self._remarks += remarks
        if self._scopes:
            self._scopes[-1].absorb(scope)

    def _add(self, element: _OpenElement) -> None:
        if self._cases:
            self._cases[-1].add(element)
        elif self._scopes and element.name in _OUTPUTS:
            self._scopes[-1].output.append((element.name, "".join(element.texts)))
        elif self._scopes and element.name in _BAD:
            scope = self._scopes[-1]
            scope.bad += 1
            scope.bad_elements += 1
            said = element.said()
            text = f"{scope.name} has {'an error' if element.name == 'error' else 'a failure'} outside of its tests"
            message = f"{text}: {said.message}" if said.message else f"{text}."
            self._remarks.append(Remark(message, details="" if said.details == said.message else said.details))

    def _end_case(self, case: _OpenCase) -> None:
        result = case.result()
        self.results.append(result)
        if not self._scopes:
            return
        scope = self._scopes[-1]
        scope.tests += 1
        scope.seen.add((result.suite, result.name))
        scope.skipped += result.outcome == "skipped"
        if result.is_bad:
            scope.bad += 1
            scope.bad_elements += max(1, case.bad_elements)
            scope.last_bad = len(self.results) - 1


def _of_suite(scope: Scope) -> list[Said]:
    return [Said("", text, f"{name} of the suite") for name, text in scope.output if text.strip()]


class _OpenElement:
    """An outcome or output element being read, including the text of nested elements."""

    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.name = name
        self.depth = 0
        self.texts: list[str] = []
        self._message = attributes.get("message", "")
        self._type = attributes.get("type", "")

    def end(self, name: str, text: str) -> bool:
        """Add the text of an element that ends; return whether it is this one."""
        if text.strip():
            self.texts.append(text)
        self.depth -= 1
        return self.depth < 0

    def said(self, label: str = "") -> Said:
        details = "\n".join(self.texts)
        return Said(self._message or ("" if details.strip() else self._type), details, label)


class _OpenCase:
    def __init__(self, attributes: Mapping[str, str], suite: str) -> None:
        self.bad_elements = 0
        self._name = attributes.get("name", "")
        self._suite = suite
        self._seconds = attributes.get("time") or attributes.get("duration") or ""
        self._outcomes: list[str] = []
        self._said: list[Said] = []
        self._output: list[Said] = []
        self._attempts = 0
        self._state, self._state_text = _state_in(attributes)

    @property
    def is_bad(self) -> bool:
        return self._outcome in _BAD.values()

    @property
    def _outcome(self) -> str:
        """The first failure or error, else the most urgent outcome, else the state from the attributes."""
        bad = next((outcome for outcome in self._outcomes if outcome in _BAD.values()), "")
        is_decided = bool(set(self._outcomes) - {"flaky"})
        return bad or min([*self._outcomes, *([] if is_decided else [self._state])], key=OUTCOMES.index)

    def add(self, element: _OpenElement) -> None:
        if element.name in _OUTPUTS:
            self._output.append(Said("", "\n".join(element.texts), element.name))
            return
        label = _ATTEMPTS.get(element.name, "")
        self._attempts += bool(label)
        self._outcomes.append(_OUTCOME_OF[element.name])
        if element.name in _BAD:
            self.bad_elements += 1
            label = f"{element.name.capitalize()} {self.bad_elements}" if self.bad_elements > 1 else ""
        elif label:
            label = f"{label} {self._attempts}"
        self._said.append(element.said(label))

    def result(self) -> Result:
        """Return the test, without the output of one that passed."""
        outcome = self._outcome
        said = self._said
        if not self._outcomes and outcome not in ("passed", "skipped"):
            said = [Said(self._state_text)]
        output = [] if outcome in ("passed", "flaky") else self._output
        if outcome == "skipped":  # only the reason is shown
            output = [Said("", said.details.strip().partition("\n")[0]) for said in self._output]
        name = self._name or "(no name)"
        return Result(name, self._suite, outcome, tuple(said), tuple(output), seconds_of(self._seconds))


def _state_in(attributes: Mapping[str, str]) -> tuple[str, str]:
    """Return the most urgent state in the attributes, and its attribute; other words are ``unknown``."""
    states = [
        (_STATES.get("".join(value.lower().split()), "unknown"), f"{name}='{value}'")
        for name in _STATE_NAMES
        if (value := attributes.get(name, "")).strip()
    ]
    return min(states, key=lambda state: OUTCOMES.index(state[0]), default=("passed", ""))


def seconds_of(text: str) -> float:
    """Return seconds, 0 if invalid; a comma separates thousands, or decimals if it follows a leading 0."""
    text = text.strip()
    text = text.replace(",", ".") if text.startswith("0,") else text.replace(",", "")
    try:
        seconds = float(text)
    except ValueError:
        return 0.0
    return seconds if 0 <= seconds < 1e9 else 0.0
