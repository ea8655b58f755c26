"""The forms in which commands tell the progress of transfers: a bar, lines, or JSON lines.

A form is asked a few times a second what to write; it keeps what it has told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from artifact_tui.cli.line.failures import rfc3339
from artifact_tui.cli.line.forms import columns_of
from artifact_tui.cli.line.stderr import clean
from artifact_tui.text import at_time, clock_time, count, size
from artifact_tui.transfers.models import State, Totals, Transfer

LONGEST_BAR = 100
"""Columns; four lines a second are then at most 500 bytes a second, which a slow line can carry."""
LINE_EVERY = 30.0
"""Seconds between two lines about everything."""
EVENT_EVERY = 1.0
"""Seconds between two JSON lines about everything."""
_CELLS = 10
_WAITS = (State.WAITING, State.PARKED)


class ProgressForm(Protocol):
    """What to write; ``elapsed`` are the seconds since the start, ``now`` is the time of day."""

    def tick(self, transfers: Sequence[Transfer], elapsed: float, now: datetime) -> str:
        """Return what to write now, or nothing."""

    def erase(self) -> str:
        """Return what removes a line that is to be redrawn."""


class ProgressLines:
    """One line for each download that is done, and for each wait; one about everything every 30 seconds."""

    def __init__(self) -> None:
        self._states: dict[int, State] = {}
        self._told = 0.0

    def tick(self, transfers: Sequence[Transfer], elapsed: float, now: datetime) -> str:
        """Return whole lines."""
        lines = list(self.news(transfers, now))
        if lines:
            self._told = elapsed
        elif elapsed - self._told >= LINE_EVERY:
            self._told = elapsed
            lines = [summary(transfers)]
        return "".join(f"artifact-tui: {line}\n" for line in lines)

    def news(self, transfers: Sequence[Transfer], now: datetime) -> Iterator[str]:
        """Yield a line for each state that needs words; errors and notes have their own."""
        for transfer in _changed(self._states, transfers):
            if transfer.state is State.DONE:
                yield clean(f"{transfer.title}: downloaded, {size(transfer.received)}")
            elif transfer.state in _WAITS:
                yield clean(f"{transfer.title}: waiting until {_end(transfer, now)}. {transfer.problem}")

    def erase(self) -> str:
        """Return nothing: lines stay."""
        return ""


class ProgressBar:
    """One line about everything, redrawn with a carriage return; lines about single downloads go above it."""

    def __init__(self, width: int) -> None:
        self._lines = ProgressLines()
        self._width = max(1, min(width - 1, LONGEST_BAR))  # the last column of a terminal would wrap
        self._drawn = ""

    def tick(self, transfers: Sequence[Transfer], elapsed: float, now: datetime) -> str:
        """Return lines, and the bar if it has changed."""
        lines = list(self._lines.news(transfers, now))
        above = "".join(f"artifact-tui: {line}\n" for line in lines)
        bar = _bar(transfers)[: self._width]
        if not above and bar == self._drawn:
            return ""
        text = (self.erase() if above else "") + above
        text += f"\r{bar}{' ' * (columns_of(self._drawn) - columns_of(bar))}"
        self._drawn = bar
        return text

    def erase(self) -> str:
        """Return what removes the bar."""
        blank, self._drawn = " " * columns_of(self._drawn), ""
        return f"\r{blank}\r" if blank else ""


class ProgressEvents:
    """JSON lines: each change of state, each wait for a rate limit, and once a second the sums."""

    def __init__(self) -> None:
        self._states: dict[int, State] = {}
        self._told = -EVENT_EVERY

    def tick(self, transfers: Sequence[Transfer], elapsed: float, now: datetime) -> str:
        """Return whole lines."""
        events = [self._state(transfer, now) for transfer in _changed(self._states, transfers)]
        if elapsed - self._told >= EVENT_EVERY:
            self._told = elapsed
            events.append({"event": "progress"} | _sums(transfers))
        stamp = {"time": rfc3339(now)}
        lines = [{"event": event.pop("event")} | stamp | event for event in events]
        return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)

    def _state(self, transfer: Transfer, now: datetime) -> dict[str, Any]:
        event: dict[str, Any] = {"id": transfer.artifact.id, "name": transfer.artifact.name}
        if transfer.state is State.PARKED:
            until = now + timedelta(seconds=transfer.seconds_left or 0.0)
            return {"event": "rate_limit", **event, "retry_at": rfc3339(until)}
        problem = clean(transfer.problem) or None
        return {"event": "state", **event, "state": str(transfer.state), "problem": problem}

    def erase(self) -> str:
        """Return nothing: lines stay."""
        return ""


def _changed(known: dict[int, State], transfers: Sequence[Transfer]) -> Iterator[Transfer]:
    for transfer in transfers:
        if known.get(transfer.id) is not transfer.state:
            known[transfer.id] = transfer.state
            yield transfer


def _end(transfer: Transfer, now: datetime) -> str:
    return at_time(now + timedelta(seconds=transfer.seconds_left or 0.0), now)


def _sums(transfers: Sequence[Transfer]) -> dict[str, Any]:
    totals = Totals.of(tuple(transfers))
    sizes = [transfer.total for transfer in transfers]
    return {
        "received": sum(transfer.received for transfer in transfers),
        "total": None if None in sizes else sum(each or 0 for each in sizes),
        "rate": round(totals.rate),
        "seconds_left": None if totals.seconds_left is None else round(totals.seconds_left),
        "artifacts": len(transfers),
        "active": totals.active,
        "queued": totals.queued,
        "done": totals.done,
        "failed": totals.failed + totals.cancelled,
    }


def summary(transfers: Sequence[Transfer]) -> str:
    """Return one line about all transfers: ``3 of 20 artifacts, 12.0 MB of 1.2 GB, 5.1 MB/s, 3:20 left``."""
    sums = _sums(transfers)
    received = size(sums["received"])
    parts = [f"{sums['done']:,} of {count(len(transfers), 'artifact')}"]
    parts.append(f"{received} of {size(sums['total'])}" if sums["total"] else received)
    if sums["rate"]:
        parts.append(f"{size(sums['rate'])}/s")
    if sums["seconds_left"] is not None:
        parts.append(f"{clock_time(sums['seconds_left'])} left")
    return ", ".join(parts)


def _bar(transfers: Sequence[Transfer]) -> str:
    sums = _sums(transfers)
    if not sums["total"]:
        return summary(transfers)
    done = min(sums["received"] / sums["total"], 1.0)
    return f"[{'#' * int(done * _CELLS):-<{_CELLS}}] {summary(transfers)}"
