"""Test results of any format: the totals, the failures in full, then the other tests in short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from artifact_tui.preview.ansi import strip
from artifact_tui.preview.line import BOLD, ERROR, MUTED, PLAIN, SUCCESS, WARNING, Style, StyledLine, line, words
from artifact_tui.preview.reports.remarks import Remark, remark_lines
from artifact_tui.text import count

OUTCOMES = ("failed", "error", "unknown", "warning", "flaky", "skipped", "passed")
"""The outcomes of a test, the most urgent first."""
_STYLES: dict[str, Style] = {"failed": ERROR, "error": ERROR, "passed": SUCCESS}
_SIGNS = {"failed": "✗", "error": "✗", "unknown": "?", "warning": "!", "flaky": "!", "skipped": "–", "passed": "✓"}
_COUNTED = {"error": "error", "warning": "warning"}
"""Outcomes that are nouns and have a plural."""
_SLOWEST = 5
_LONGEST_REASON = 300


class Said(Struct, frozen=True):
    """One output or outcome of a test: a message, details such as a traceback, and the name of an output or attempt."""

    message: str = ""
    details: str = ""
    label: str = ""


class Result(Struct, frozen=True):
    """One test; ``outcome`` is one of :data:`OUTCOMES`, ``seconds`` is 0 if unknown."""

    name: str
    suite: str = ""
    outcome: str = "passed"
    said: tuple[Said, ...] = ()
    output: tuple[Said, ...] = ()
    seconds: float = 0.0

    @property
    def is_bad(self) -> bool:
        """Whether the test failed."""
        return self.outcome in ("failed", "error")

    @property
    def reason(self) -> str:
        """The first message of the test, on one line."""
        texts = (" ".join(strip(said.message or said.details).split()) for said in (*self.said, *self.output))
        text = next(filter(None, texts), "")
        return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"


def result_lines(results: Sequence[Result], remarks: Sequence[Remark] = ()) -> Iterator[StyledLine]:
    """Yield the remarks, the totals, the failures, the slowest tests, and the other tests by suite.

    With remarks, the totals say that they count only the listed tests, and are never green.
    """
    yield from remark_lines(remarks)
    yield _sum(results, is_whole=not remarks)
    for result in results:
        if result.is_bad:
            yield from _failure(result)
    yield from _slowest(results)
    yield from _others(results)


def _sum(results: Sequence[Result], *, is_whole: bool) -> StyledLine:
    if not results:
        return line(("No tests listed.", WARNING))
    counts = Counter(result.outcome for result in results)
    seconds = sum(result.seconds for result in results)
    time = f" in {seconds:,.1f} s" if seconds else ""
    pieces = []
    for outcome in filter(counts.get, OUTCOMES):
        number = counts[outcome]
        text = count(number, _COUNTED[outcome]) if outcome in _COUNTED else f"{number:,} {outcome}"
        style = PLAIN if outcome == "passed" and not is_whole else _STYLES.get(outcome, WARNING)
        pieces.append((f"{text}  ", style))
    if is_whole:
        return line(*pieces, (f"of {count(len(results), 'test')}", BOLD), time)
    return line(("Listed: ", BOLD), *pieces, time.lstrip())


def _failure(result: Result) -> Iterator[StyledLine]:
    yield line()
    yield line(("✗ ", ERROR), (result.name, BOLD), (f"  {result.suite}", MUTED), is_error=True)
    for said in (*result.said, *result.output):
        yield from _said(said)
    if not result.reason:
        yield line(("  The report gives no reason.", MUTED))


def _said(said: Said) -> Iterator[StyledLine]:
    message, details = strip(said.message).strip(), strip(said.details)
    if said.label and (message or details.strip()):
        yield line((f"  {said.label}", MUTED))
    if message:
        yield from words(message, ERROR, indent="  ")
    if details.strip() and details.strip() != message:
        yield from words(details.strip("\n").rstrip(), indent="  ")


def _slowest(results: Sequence[Result]) -> Iterator[StyledLine]:
    slow = sorted((result for result in results if result.seconds > 0), key=lambda result: -result.seconds)[:_SLOWEST]
    if len(results) <= _SLOWEST or not slow:
        return
    yield line()
    yield line((f"The slowest {len(slow)}" if len(slow) > 1 else "The slowest", BOLD))
    for result in slow:
        yield line((f"{result.seconds:9.2f} s  ", MUTED), result.name, (f"  {result.suite}", MUTED))


def _others(results: Sequence[Result]) -> Iterator[StyledLine]:
    group = None
    others = (result for result in results if not result.is_bad)
    for result in sorted(others, key=lambda result: (OUTCOMES.index(result.outcome), result.suite)):
        if (result.outcome, result.suite) != group:
            group = (result.outcome, result.suite)
            yield line()
            yield line((f"{result.suite or 'Tests'} · {result.outcome}", BOLD))
        is_full = result.outcome not in ("passed", "skipped")
        reason = f"  {result.reason}" if result.reason and not is_full else ""
        style = _STYLES.get(result.outcome, WARNING)
        yield line((f"{_SIGNS[result.outcome]} ", style), result.name, (reason, MUTED))
        for said in result.said if is_full else ():
            yield from _said(said)
