"""One test case of a JUnit report: its outcome elements, its state attributes and its outputs."""

from __future__ import annotations

from collections.abc import Mapping

from artifact_tui.preview.reports.results import OUTCOMES as RANKS
from artifact_tui.preview.reports.results import Result, Said

BAD = {"failure": "failed", "error": "error"}
ATTEMPTS = {
    "flakyFailure": "Failed attempt",
    "flakyError": "Failed attempt",
    "rerunFailure": "Failed rerun",
    "rerunError": "Failed rerun",
}
"""Elements that Surefire and nextest write for attempts that did not decide the outcome."""
OUTCOMES = {
    **BAD,
    "warning": "warning",
    "skipped": "skipped",
    "skip": "skipped",
    "ignored": "skipped",
    "disabled": "skipped",
    **dict.fromkeys(ATTEMPTS, "flaky"),
}
OUTPUTS = ("system-out", "system-err")
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


class OpenElement:
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
        """Return the message and text, or the type if both are empty."""
        details = "\n".join(self.texts)
        return Said(self._message or ("" if details.strip() else self._type), details, label)


class OpenCase:
    """A test case being read."""

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
        """Whether it has failed so far."""
        return self._outcome in BAD.values()

    @property
    def _outcome(self) -> str:
        """The first failure or error, else the most urgent outcome, else the state from the attributes."""
        bad = next((outcome for outcome in self._outcomes if outcome in BAD.values()), "")
        is_decided = bool(set(self._outcomes) - {"flaky"})
        return bad or min([*self._outcomes, *([] if is_decided else [self._state])], key=RANKS.index)

    def add(self, element: OpenElement) -> None:
        """Add a finished outcome or output."""
        if element.name in OUTPUTS:
            self._output.append(Said("", "\n".join(element.texts), element.name))
            return
        label = ATTEMPTS.get(element.name, "")
        self._attempts += bool(label)
        self._outcomes.append(OUTCOMES[element.name])
        if element.name in BAD:
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
    return min(states, key=lambda state: RANKS.index(state[0]), default=("passed", ""))


def seconds_of(text: str) -> float:
    """Return seconds, 0 if invalid; a comma separates thousands, or decimals if it follows a leading 0."""
    text = text.strip()
    text = text.replace(",", ".") if text.startswith("0,") else text.replace(",", "")
    try:
        seconds = float(text)
    except ValueError:
        return 0.0
    return seconds if 0 <= seconds < 1e9 else 0.0
