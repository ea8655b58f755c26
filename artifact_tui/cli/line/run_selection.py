"""The workflow runs that the options of a command select."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import AsyncGenerator
from contextlib import aclosing
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urlsplit

from msgspec.structs import replace

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import LineError
from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import Page, RunFilter, WorkflowRun
from artifact_tui.domain.run_filter import STATUS_WORDS
from artifact_tui.domain.run_windows import MOST_FILTERED, all_runs, is_filtered
from artifact_tui.errors import UsageError
from artifact_tui.github.remotes import parse_repository
from artifact_tui.text import closest, count

DEFAULT_RUNS = 20
FEW, MANY = 10, 100
"""Runs per page: for the newest run, and for lists."""
FAR_BACK = 10
_OPTIONS = ("workflow", "branch", "event", "actor", "status", "commit", "pr", "tag", "latest", "latest_good", "runs")
USUAL = ("ok", "failed", "running")
"""The words for states that the help and the screen use."""
_ONE_OF = ("run", "commit", "pr", "tag")
_OF_RUNS = ("look_back", "attempt", "all_attempts", "forks")


class PastedUrl(NamedTuple):
    """What a pasted URL names; empty or None for the parts that it lacks."""

    repository: str
    run: int | None = None
    artifact: int | None = None


def read_pasted_url(text: str) -> PastedUrl | None:
    """Parse ``https://HOST/O/R`` with ``/actions/runs/ID`` and ``/artifacts/ID``; None for other text."""
    if not text.startswith(("https://", "http://")):
        return None
    parts = urlsplit(text)
    words = parts.path.strip("/").split("/")
    if len(words) < 2 or parse_repository(f"{parts.scheme}://{parts.netloc}/{words[0]}/{words[1]}") is None:
        return None
    ids = dict(pairwise(words[2:]))
    run, artifact = ids.get("runs", ""), ids.get("artifacts", "")
    name = f"{parts.netloc}/{words[0]}/{words[1]}"
    return PastedUrl(name, *(int(each) if each.isascii() and each.isdecimal() else None for each in (run, artifact)))


def take_repository(options: Namespace) -> None:
    """Move a repository or URL from the words to ``options.repo``, ``run`` and the words; raise UsageError.

    ``options.pasted_host`` becomes the host of a URL.
    """
    options.pasted_host = ""
    if not options.words or "/" not in (word := options.words[0]):
        return
    if options.repo and (getattr(options, "name", None) or getattr(options, "pattern", None)):
        return  # with these, words can be paths in the artifact
    if options.repo:
        raise UsageError(f"{word} and --repo both name the repository. Use one of them.")
    options.words = options.words[1:]
    address = read_pasted_url(word)
    options.pasted_host = address.repository.partition("/")[0] if address else ""
    options.repo = address.repository if address else word
    if address and address.artifact is not None:
        options.words = [str(address.artifact), *options.words]
    elif address and address.run is not None:
        options.run = [*options.run, str(address.run)]


def selects_runs(options: Namespace) -> bool:
    """Return whether any option selects workflow runs; raise UsageError for options that need one."""
    selects = bool(options.run) or any(getattr(options, key) for key in _OPTIONS)
    without = next((key for key in _OF_RUNS if getattr(options, key, None) and not selects), "")
    if without:
        raise UsageError(f"{_option(without)} needs an option that selects runs, such as --run or --latest-good.")
    if getattr(options, "look_back", None) and not (options.latest or options.latest_good):
        raise UsageError("--look-back needs --latest or --latest-good.")
    return selects


def _option(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def selects_one_run(options: Namespace) -> bool:
    """Return whether the options can select at most one run, whatever the server has."""
    return (len(options.run) == 1 or options.latest or options.latest_good or options.runs == 1) and not (
        options.all_attempts or len(options.run) > 1
    )


class ChosenRun(NamedTuple):
    """A selected run: its ID, and the run itself if it was requested."""

    id: int
    run: WorkflowRun | None = None


class RunSelection:
    """The runs of the options, newest first, requested as they are needed; ``forks`` counts runs that were left out.

    :meth:`runs` may be called again; commits and default branches are looked up once.
    ``most`` is the number of runs without ``--runs``; None for all, which raises ServerTrouble if any are missing.
    ``has_more`` tells whether the server has more, and ``extent`` how many it counts.
    """

    def __init__(self, context: LineContext, most: int | None = DEFAULT_RUNS) -> None:
        self._context = context
        self._options = options = context.options
        given = [key for key in _ONE_OF if getattr(options, key)]
        if len(given) > 1:
            raise UsageError(f"--{given[0]} and --{given[1]} exclude each other. Use one of them.")
        if options.run and (other := next((key for key in _OPTIONS if getattr(options, key)), "")):
            raise UsageError(f"--run and {_option(other)} exclude each other. Use one of them.")
        if options.latest and options.latest_good:
            raise UsageError("--latest and --latest-good exclude each other. Use one of them.")
        self.is_newest = bool(options.latest or options.latest_good)
        self.most: int | None = options.runs or most
        self.forks = self.pull_requests = 0
        self.has_more = False
        self.extent = Extent()
        self._only: RunFilter | None = None

    @property
    def is_cut(self) -> bool:
        """Whether the limit of runs left some out that the options select."""
        return self.has_more and not self.is_newest

    @property
    def skipped(self) -> list[str]:
        """A sentence for each kind of run that never is the newest one."""
        forks = f"{count(self.forks, 'run')} of forks left out. Use --forks to include forks."
        pulls = f"{count(self.pull_requests, 'run')} of pull requests left out. Use --event pull_request for those."
        return [forks] * bool(self.forks) + [pulls] * bool(self.pull_requests)

    def nothing_found(self) -> LineError:
        """Return the error if no run matches."""
        what = "successful run" if self._options.latest_good else "run"
        sentence = f"No {what} of {self._context.repository} matches."
        return LineError("not_found", " ".join((sentence, *self.skipped)), "See artifact-tui runs.")

    @property
    def look_back(self) -> int:
        """The number of runs to check for artifacts, for ``--latest`` and ``--latest-good``."""
        options = self._options
        given: int | None = getattr(options, "look_back", None)
        return given or (1 if options.workflow or options.run else FAR_BACK)

    def only_newest(self, option: str) -> str:
        """Return the sentence about runs that ``most`` leaves out; ``option`` is the one that changes it."""
        return f"Only the newest {replace(self.extent, loaded=self.most or 0).share()} runs. Use {option} N for more."

    async def runs(self) -> AsyncGenerator[ChosenRun, None]:
        """Yield the selected runs; raise :class:`~artifact_tui.domain.provider.ProviderError`."""
        self.forks = self.pull_requests = 0
        self.has_more = False
        if self._options.run:
            waited = getattr(self._options, "waited_runs", {})
            for text in self._options.run:
                number = run_id(text, self._context.run_of_job)
                self._check_repository(text)
                yield ChosenRun(number, waited.get(number))
            return
        found, most = 0, self.look_back if self.is_newest else self.most
        self._only = self._only or await self._filter()
        async with aclosing(self._listed(self._only)) as runs:
            async for run in runs:
                if not self._counts(run):
                    continue
                if found == most:
                    self.has_more = True
                    return
                found += 1
                yield ChosenRun(run.id, run)

    def _check_repository(self, text: str) -> None:
        address, here = read_pasted_url(text), str(self._context.repository)
        there = address.repository.partition("/")[2] if address else here
        if there.casefold() != here.casefold():
            raise UsageError(f"--run names a run of {there}, not of {here}.")

    async def _listed(self, only: RunFilter) -> AsyncGenerator[WorkflowRun, None]:
        context, size = self._context, FEW if self.is_newest else min(MANY, (self.most or MANY) + 1)
        provider, repository = context.provider, context.repository

        def pages(window: RunFilter) -> AsyncGenerator[Page[WorkflowRun], None]:
            return context.pages(lambda place: provider.runs(repository, window, page_size=size, start=place))

        if self.most is None and not self.is_newest:
            async with aclosing(all_runs(pages, only)) as runs:
                async for run in runs:
                    yield run
            return
        async with aclosing(pages(only)) as listed:
            async for page in listed:
                is_minimum = page.is_minimum or (is_filtered(only) and page.total == MOST_FILTERED)
                self.extent = Extent(page.read, page.total, is_minimum)
                for run in page.items:
                    yield run

    def _counts(self, run: WorkflowRun) -> bool:
        options = self._options
        if options.latest_good and not (options.event or options.pr) and run.event.startswith("pull_request"):
            self.pull_requests += 1
            return False
        strict = options.latest_good or (options.latest and options.branch)
        if strict and not (options.forks or options.pr) and run.from_fork:
            self.forks += 1
            return False
        return True

    async def _filter(self) -> RunFilter:
        options, context = self._options, self._context
        only = RunFilter(
            workflow=options.workflow or "",
            branch=options.branch or "",
            event=options.event or "",
            actor=options.actor or "",
            status=_status(options.status or ""),
            commit=await self._commit(),
        )
        if not options.latest_good:
            return only
        only = replace(only, status="success")
        if not (only.branch or only.commit):
            known = await context.ask(lambda: context.provider.repository(context.repository))
            only = replace(only, branch=known.default_branch or "")
        return only

    async def _commit(self) -> str:
        options, context = self._options, self._context
        provider, repository = context.provider, context.repository
        if options.pr:
            return await context.ask(lambda: provider.pull_request_head(repository, options.pr))
        if options.tag:
            return await context.ask(lambda: provider.commit(repository, f"tags/{options.tag}"))
        commit = str(options.commit or "")
        if commit == "HEAD":
            return _known(context.head_commit())
        if not commit or len(commit) == 40:
            return commit.lower()
        return await context.ask(lambda: provider.commit(repository, commit))


def run_id(text: str, run_of_job: str) -> int:
    """Return the ID of a run given as an ID, a URL, or ``current``; raise UsageError."""
    wanted = run_of_job if text == "current" else text
    if text == "current" and not wanted:
        raise UsageError("--run current works inside a job of GitHub Actions. Use the ID of a run.")
    address = read_pasted_url(wanted)
    if address and address.run is not None:
        return address.run
    if not (wanted.isascii() and wanted.isdecimal() and 0 < len(wanted) < 20):
        raise UsageError(f"{text!r} is not a run. Use its ID, its URL, or current inside a job.")
    return int(wanted)


def _known(commit: str) -> str:
    if not commit:
        raise UsageError("HEAD needs a clone with a commit. Use the SHA of a commit.")
    return commit


def _status(text: str) -> str:
    if not text:
        return ""
    status = STATUS_WORDS.get(text.casefold(), "")
    if not status:
        close = closest(text.casefold(), STATUS_WORDS)
        known = dict.fromkeys((*USUAL, *STATUS_WORDS.values()))
        hint = f"Did you mean {close}?" if close else f"Use one of {', '.join(known)}."
        raise UsageError(f"{text!r} is not a status. {hint}")
    return status
