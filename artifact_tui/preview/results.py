"""Test results as every format of them is shown: the sum, the failures with all they say, then the rest in short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from artifact_tui.preview.ansi import strip
from artifact_tui.preview.line import BOLD, ERROR, MUTED, SUCCESS, WARNING, Line, Style, line, words

_STYLES: dict[str, Style] = {"failed": ERROR, "error": ERROR, "skipped": WARNING, "passed": SUCCESS}
_SIGNS = {"failed": "✗", "error": "✗", "skipped": "–", "passed": "✓"}
_SLOWEST = 5


class Result(Struct, frozen=True):
    """One test: ``outcome`` is passed, failed, error or skipped; ``seconds`` is 0 where nobody said."""

    name: str
    suite: str = ""
    outcome: str = "passed"
    message: str = ""
    details: str = ""
    seconds: float = 0.0

    @property
    def is_bad(self) -> bool:
        """Whether somebody has to look at it."""
        return self.outcome in ("failed", "error")


def result_lines(results: list[Result]) -> tuple[Line, ...]:
    """Failures first."""
    bad = [result for result in results if result.is_bad]
    return (_sum(results), *_failures(bad), *_slowest(results), *_others(results))


def _sum(results: list[Result]) -> Line:
    counts = Counter(result.outcome for result in results)
    seconds = sum(result.seconds for result in results)
    pieces = [
        (f"{counts[outcome]:,} {outcome if outcome != 'error' else 'with errors'}  ", _STYLES[outcome])
        for outcome in ("failed", "error", "skipped", "passed")
        if counts[outcome]
    ]
    return line(*pieces, (f"of {len(results):,} tests", BOLD), f" in {seconds:,.1f} s" if seconds else "")


def _failures(bad: list[Result]) -> Iterator[Line]:
    for result in bad:
        yield line()
        yield line(("✗ ", ERROR), (result.name, BOLD), (f"  {result.suite}", MUTED), is_error=True)
        yield from words(strip(result.message).strip(), ERROR, indent="  ") if result.message.strip() else ()
        if result.details.strip() and result.details.strip() != result.message.strip():
            yield from words(strip(result.details).strip("\n"), indent="  ")


def _slowest(results: list[Result]) -> Iterator[Line]:
    slow = sorted((result for result in results if result.seconds > 0), key=lambda result: -result.seconds)[:_SLOWEST]
    if len(results) <= _SLOWEST or not slow:
        return
    yield line()
    yield line((f"The slowest {len(slow)}", BOLD))
    for result in slow:
        yield line((f"{result.seconds:9.2f} s  ", MUTED), result.name, (f"  {result.suite}", MUTED))


def _others(results: list[Result]) -> Iterator[Line]:
    """Skipped ones before those that passed, each by suite."""
    suite = None
    others = (result for result in results if not result.is_bad)
    for result in sorted(others, key=lambda result: (result.outcome != "skipped", result.suite)):
        if (result.outcome, result.suite) != suite:
            suite = (result.outcome, result.suite)
            yield line()
            yield line((f"{result.suite or 'Tests'} · {result.outcome}", BOLD))
        reason = f"  {strip(result.message).strip()}" if result.message else ""
        yield line((f"{_SIGNS[result.outcome]} ", _STYLES[result.outcome]), result.name, (reason, MUTED))
