"""Waiting of line mode for the selected workflow runs, for ``wait`` and ``get --wait``."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from math import inf
from typing import NamedTuple

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.line.run_selection import DEFAULT_RUNS, RunSelection, selects_runs
from artifact_tui.cli.line.stderr import clean
from artifact_tui.cli.standard_streams import write_error
from artifact_tui.domain.models import WorkflowRun
from artifact_tui.domain.provider import NotFound, Offline, Refused, ServerTrouble
from artifact_tui.domain.run_wait import FIRST, LEAST, FollowedRuns, Outcome, PollPace, needs_approval, outcome_of
from artifact_tui.errors import UsageError
from artifact_tui.text import clock_time, count

MOST_FAILURES = 10
"""Polls in a row that may fail, which takes about three minutes."""
TELL_EVERY = 30.0
"""Seconds between two lines about the progress."""
_PAGE = 100
_LONG_AGO = datetime.fromtimestamp(0, UTC)


class WaitedRun(NamedTuple):
    """A run that was waited for; the outcome is ``timeout`` if the wait ended before the run."""

    run: WorkflowRun
    outcome: Outcome
    waited_seconds: int


class RunWait:
    """The runs that the options select, polled until all have ended; ``choice`` tells what was left out.

    Options ``interval`` and ``appear`` are used if the command has them.
    """

    def __init__(self, context: LineContext) -> None:
        options = context.options
        if not selects_runs(options):
            raise UsageError("No run is selected. Use --run, --commit HEAD, or --latest with --workflow.")
        interval = getattr(options, "interval", None)
        if interval is not None and interval.total_seconds() < LEAST:
            raise UsageError(f"--interval must be at least {LEAST:g}s.")
        self.choice = RunSelection(context, None if options.commit else DEFAULT_RUNS)
        self._context = context
        self._pace = PollPace(interval.total_seconds() if interval else FIRST)
        self._followed = FollowedRuns()
        self._lists_again = bool(options.commit) and not (options.workflow or self.choice.is_newest)
        self._start = self._told = context.timer.monotonic()
        self._end = self._start + options.timeout.total_seconds() if options.timeout else inf
        self._approvals: set[tuple[int, int]] = set()
        self._failures = 0

    @property
    def results(self) -> list[WaitedRun]:
        """All runs as last seen, newest first, with their outcomes."""
        ended, now = self._followed.ended_at, self._context.timer.monotonic()
        newest_first = sorted(self._followed.runs, key=lambda run: (run.created_at or _LONG_AGO, run.id), reverse=True)
        return [
            WaitedRun(run, outcome_of(run), int((now if (at := ended(run.id)) is None else at) - self._start))
            for run in newest_first
        ]

    async def until_ended(self) -> None:
        """Return once all runs have ended; raise TimeoutError after ``--timeout``, LineError if there is no run."""
        sent, is_changed = await self._first()
        while not self._followed.is_done:
            self._tell_now_and_then()
            await self._pause(self._pace.wait_after(self._now(), is_changed=is_changed, requests=sent))
            sent, is_changed = await self._poll()

    def _now(self) -> float:
        return self._context.timer.monotonic()

    async def _first(self) -> tuple[int, bool]:
        """Select the runs; with ``--commit``, wait until one appears. Return the number of requests, and True."""
        options, is_noted = self._context.options, False
        end = self._start + (options.appear.total_seconds() if options.commit else 0.0)
        while not (runs := await self._selected()):
            left = end - self._now()
            if left <= 0:
                raise self.choice.nothing_found()
            if not is_noted:
                self._context.messages.note(f"No run yet. Waiting {clock_time(left)} for one (--appear).")
                is_noted = True
            await self._pause(min(left, self._pace.wait_after(self._now(), is_changed=False)))
        for sentence in self.choice.skipped:
            self._context.messages.note(sentence)
        self._followed.update(runs, self._now())
        self._tell(runs, is_first=True)
        return len(options.run) or 1, True

    async def _pause(self, seconds: float) -> None:
        left = self._end - self._now()
        await self._context.timer.sleep(min(seconds, left))
        if seconds >= left:
            raise TimeoutError

    async def _poll(self) -> tuple[int, bool]:
        """Request the runs, and return the number of requests and whether anything has changed.

        A few failures in a row are noted, because a wait outlives a short outage.
        """
        try:
            runs, sent = (await self._selected(), 1) if self._lists_again else await self._requested()
        except (Offline, ServerTrouble) as error:
            self._failures += 1
            if self._failures == MOST_FAILURES:
                raise
            if self._failures == 1:
                self._context.messages.note(f"{error.sentence} Polling again.")
            return 1, False
        self._failures = 0
        changed = self._followed.update(runs, self._now())
        self._tell(changed)
        return sent, bool(changed)

    async def _selected(self) -> list[WorkflowRun]:
        found: list[WorkflowRun] = []
        async with aclosing(self.choice.runs()) as runs:
            async for chosen in runs:
                found.append(chosen.run or await self._run(chosen.id))
                if self.choice.is_newest:
                    break
        return found

    async def _run(self, number: int) -> WorkflowRun:
        context = self._context
        return await context.ask(lambda: context.provider.run(context.repository, number))

    async def _requested(self) -> tuple[list[WorkflowRun], int]:
        """Request one run, or one list; unfinished runs that it lacks are requested one by one."""
        asked, context = self._followed.request, self._context
        if asked.run is not None:
            return [await self._run(asked.run)], 1
        provider, repository = context.provider, context.repository
        pages = context.pages(lambda place: provider.runs(repository, asked.only, page_size=_PAGE, start=place))
        found: dict[int, WorkflowRun] = {}
        with suppress(NotFound, Refused):  # a list of a workflow that was deleted, for example
            async with aclosing(pages):
                found = {run.id: run for run in (await anext(pages)).items if run.id in asked.runs}
        missing = [run.id for run in self._followed.unfinished if run.id not in found]
        return [*found.values(), *await asyncio.gather(*map(self._run, missing))], 1 + len(missing)

    def _tell(self, changed: list[WorkflowRun], *, is_first: bool = False) -> None:
        """Tell which runs need approval; tell states, too, unless all runs had ended before the wait."""
        for run in changed:
            if needs_approval(run) and (run.id, run.attempt) not in self._approvals:
                self._approvals.add((run.id, run.attempt))
                self._context.messages.note(f"{in_words(run)} is waiting for approval: {run.html_url}")
        if not (is_first and self._followed.is_done):
            for run in changed:
                self._say(f"{in_words(run)}: {run.state}", run=run.id, attempt=run.attempt, state=run.state)

    def _tell_now_and_then(self) -> None:
        if self._now() - self._told >= TELL_EVERY:
            waiting, since = len(self._followed.unfinished), clock_time(self._now() - self._start)
            self._say(f"Waiting for {count(waiting, 'run')}, {since}", waiting=waiting)

    def _say(self, text: str, **fields: object) -> None:
        options, self._told = self._context.options, self._now()
        if options.progress == "json":
            self._context.messages.event("state", **fields)
        elif options.progress != "none" and not options.quiet:
            write_error(f"artifact-tui: {clean(text)}\n")


def in_words(run: WorkflowRun) -> str:
    """Return which run it is: ``Run 7641180843 (CI #412)``, with its attempt if it is not the first."""
    again = f", attempt {run.attempt}" if run.attempt > 1 else ""
    return f"Run {run.id} ({run.name or run.path or 'workflow'} #{run.run_number}{again})"


def failure_of(waited: list[WaitedRun]) -> LineError | None:
    """Return the error if any run did not succeed."""
    bad = [each.run for each in waited if each.outcome == "bad"]
    if not bad:
        return None
    if len(waited) == 1:
        sentence = f"{in_words(bad[0])} did not succeed: {bad[0].state}."
    else:
        sentence = f"{len(bad)} of {len(waited)} runs did not succeed."
    return LineError("run_failed", sentence, f"See {bad[0].html_url}" if bad[0].html_url else "")
