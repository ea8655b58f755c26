"""Waiting for workflow runs: when to poll, what to request, and how the runs end.

Nothing here sends a request or sleeps, so an event loop and a thread can share it::

    followed, pace = FollowedRuns(), PollPace()
    while True:
        changed = followed.update(RUNS, monotonic())       # RUNS: the answer to followed.request
        if followed.is_done: break
        sleep(pace.wait_after(monotonic(), is_changed=bool(changed)))
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from artifact_tui.domain.models import RunFilter, WorkflowRun

FIRST, LONGEST, LEAST = 5.0, 30.0, 3.0
"""Seconds between two polls: at first, while nothing changes, and at least."""
GROWTH = 1.5
MOST_REQUESTS, HOUR = 130, 3600.0
"""The number of requests in any hour, whose length is in seconds."""
RESERVE = 60
"""The last requests of an hour, which are spread over its rest, so no wait is longer than a minute."""
GOOD = frozenset({"success", "skipped", "neutral"})
Outcome = Literal["good", "bad", "timeout"]


def is_finished(run: WorkflowRun) -> bool:
    """Return whether the latest attempt of a run has ended."""
    return run.status == "completed" or (not run.status and bool(run.conclusion))


def outcome_of(run: WorkflowRun) -> Outcome:
    """Return how a run ended; ``timeout`` if it has not: the wait ended first."""
    if not is_finished(run):
        return "timeout"
    return "good" if run.conclusion in GOOD else "bad"


def needs_approval(run: WorkflowRun) -> bool:
    """Return whether a person must approve the run: for its environment, or because of its author."""
    return run.status == "waiting" or run.conclusion == "action_required"


class PollPace:
    """The seconds between polls: ``first``, growing while nothing changes, and ``first`` again after a change.

    In any hour, at most :data:`MOST_REQUESTS` are sent. Times are monotonic, in seconds.
    """

    def __init__(self, first: float = FIRST) -> None:
        self._first = self._wait = max(LEAST, first)
        self._longest = max(LONGEST, self._first)
        self._sent: deque[float] = deque()

    def wait_after(self, now: float, *, is_changed: bool, requests: int = 1) -> float:
        """Return the seconds to wait after a poll that took this many requests."""
        self._sent.extend([now] * requests)
        wait = self._wait = self._first if is_changed else self._wait
        self._wait = min(self._longest, self._wait * GROWTH)
        return max(wait, self._spread(now, requests))

    def _spread(self, now: float, requests: int) -> float:
        """Return the wait that spreads the last requests of the hour evenly; 0 while there are enough."""
        while self._sent and self._sent[0] + HOUR <= now:
            self._sent.popleft()
        left = MOST_REQUESTS - len(self._sent)
        if left > RESERVE:
            return 0.0
        if left < requests:
            return self._sent[min(requests - left, len(self._sent)) - 1] + HOUR - now
        return (self._sent[0] + HOUR - now) * requests / left


class RunRequest(NamedTuple):
    """What to request next: one run, or a list of runs with this filter; ``runs`` are those to find in it."""

    run: int | None
    only: RunFilter
    runs: frozenset[int]


class FollowedRuns:
    """Runs that are followed to their end, in the order in which they were found; one lock must guard it in threads."""

    def __init__(self) -> None:
        self._runs: dict[int, WorkflowRun] = {}
        self._ended: dict[int, float] = {}

    @property
    def runs(self) -> tuple[WorkflowRun, ...]:
        """All runs as last seen."""
        return tuple(self._runs.values())

    @property
    def unfinished(self) -> tuple[WorkflowRun, ...]:
        """The runs that have not ended."""
        return tuple(run for run in self.runs if not is_finished(run))

    @property
    def is_done(self) -> bool:
        """Whether there are runs, and all have ended."""
        return bool(self._runs) and not self.unfinished

    def update(self, polled: Iterable[WorkflowRun], now: float) -> list[WorkflowRun]:
        """Take in runs as polled at a monotonic time, and return those that are new or differ in any field.

        A run that ended and was started again, as another attempt, counts as unfinished again.
        """
        changed = [run for run in polled if self._runs.get(run.id) != run]
        for run in changed:
            self._runs[run.id] = run
            if not is_finished(run):
                self._ended.pop(run.id, None)
            else:
                self._ended.setdefault(run.id, now)
        return changed

    def ended_at(self, run_id: int) -> float | None:
        """Return the monotonic time at which a run was first seen as ended; None if it has not."""
        return self._ended.get(run_id)

    @property
    def request(self) -> RunRequest:
        """The cheapest request for all runs: one run, or one list that is as narrow as they have fields in common."""
        runs = self.runs
        return RunRequest(runs[0].id if len(runs) == 1 else None, common_filter(runs), frozenset(self._runs))


def common_filter(runs: Iterable[WorkflowRun]) -> RunFilter:
    """Return the narrowest filter that lists all of these runs."""
    runs = tuple(runs)

    def common(values: Iterable[str | None]) -> str:
        found = set(values)
        return found.pop() or "" if len(found) == 1 else ""

    moments = [run.created_at for run in runs if run.created_at]
    is_known = runs and len(moments) == len(runs)
    return RunFilter(
        workflow=common(str(run.workflow_id) if run.workflow_id else None for run in runs),
        branch=common(run.head_branch for run in runs),
        event=common(run.event for run in runs),
        commit=common(run.head_sha for run in runs),
        created=f"{_second(min(moments))}..{_second(max(moments))}" if is_known else "",
    )


def _second(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
