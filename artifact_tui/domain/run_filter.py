"""The filter of workflow runs: words that become query parameters, or lead to one run.

``release main ok`` means the workflow release, the branch main and the status success. Each parameter has a name:
``workflow:``, ``branch:``, ``event:``, ``actor:`` (or ``@login``), ``status:`` and ``commit:``. ``age>30d`` compares
the creation time, and ``#412`` is a loaded run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import asdict, replace

from artifact_tui.domain.artifact_filter import QueryError
from artifact_tui.domain.models import RunFilter, Workflow, WorkflowRun
from artifact_tui.domain.run_guess import Guess, begun, commit_of, created_in, looks_like_commit, meant_by, numbered
from artifact_tui.domain.run_names import Known, file_of
from artifact_tui.text import printable

CONCLUSIONS = {"action_required", "cancelled", "failure", "neutral", "skipped", "stale", "success", "timed_out"}
UNFINISHED = ("in_progress", "queued", "waiting", "pending", "requested")
"""The statuses of unfinished runs that the API filters by."""
STATUSES = CONCLUSIONS | {"completed", *UNFINISHED}
"""The values of the parameter ``status`` in the API's description."""
EVENTS = {"push", "pull_request", "pull_request_target", "schedule", "release", "merge_group", "issue_comment"}
EVENTS |= {"workflow_dispatch", "workflow_run", "workflow_call", "repository_dispatch"}
SHORT = {
    "ok": "success",
    "failed": "failure",
    "running": "in_progress",
    "passed": "success",
    "green": "success",
    "red": "failure",
    "canceled": "cancelled",
}
STATUS_WORDS = {**SHORT, **{status: status for status in sorted(STATUSES)}}
"""The words for each status."""
NAMES = ("workflow", "branch", "event", "actor", "status", "commit")
TERM = re.compile(r'(?:[A-Za-z]+:)?"[^"]*"?|\S+')
_NUMBERED = re.compile(r"(?P<before>(?:.*\s)?)(?P<word>#(?P<number>[0-9]{1,18}))\s*", re.DOTALL)


def read_run_filter(text: str, known: Known, now: datetime) -> RunFilter | WorkflowRun:
    """Parse a filter; raise :class:`QueryError` at an unknown or repeated term.

    A bare word is a status, a workflow or an event, or a prefix of exactly one. If some branches are known, any other
    word must be one of them; if not, it is taken as a branch. Quotes hold spaces together. A line that ends in a run
    number means that run.
    """
    if match := _NUMBERED.fullmatch(text):
        return _run(match, known, now)
    found = RunFilter()
    for match in TERM.finditer(text):
        name, value = _meaning(match, known, found, now)
        if getattr(found, name):
            taken = "an age" if name == "created" else f"{name} {getattr(found, name)}"
            raise _wrong(match, Guess(f"the filter already has {taken}; use only one"))
        found = replace(found, **{name: value})
    return found


def _run(match: re.Match[str], known: Known, now: datetime) -> WorkflowRun:
    only = read_run_filter(match["before"], known, now)
    if not isinstance(only, RunFilter) or only != RunFilter(workflow=only.workflow):
        raise _wrong(match, Guess(f"a run number needs no other filter; did you mean only {match['word']}?"), "word")
    run = numbered(int(match["number"]), only.workflow, known)
    if isinstance(run, Guess):
        raise _wrong(match, run, "word")
    return run


def _wrong(match: re.Match[str], guess: Guess, group: str | int = 0) -> QueryError:
    return QueryError(guess.message, match.start(group), match.end(group), guess.meant)


def _meaning(match: re.Match[str], known: Known, found: RunFilter, now: datetime) -> tuple[str, str]:
    word = match[0]
    if word.count('"') % 2:
        raise _wrong(match, Guess("the quote is not closed"))
    name, colon, value = word.partition(":")
    if not colon or word.startswith('"') or word in known.branches:
        return _bare(match, known, found, now)
    name, value = name.casefold(), value.replace('"', "")
    name = "commit" if name == "sha" else name
    if name not in NAMES:
        raise _wrong(match, Guess(f"unknown filter '{printable(name, 20)}'; use one of {', '.join(NAMES)}"))
    if not value:
        raise _wrong(match, Guess("the value is missing"))
    if name == "status" and _status(value) not in STATUSES:
        raise _wrong(match, Guess(f"unknown status '{printable(value, 20)}'"))
    if name == "commit":
        return name, _commit(match, value, known)
    if name == "workflow":
        return name, _workflow(value, known.workflows) or value
    return name, _status(value) if name == "status" else value


def _bare(match: re.Match[str], known: Known, found: RunFilter, now: datetime) -> tuple[str, str]:
    word = match[0].replace('"', "")
    if word.startswith("@") and len(word) > 1:
        return "actor", word[1:]
    if _status(word) in STATUSES:
        return "status", _status(word)
    if not found.workflow and (workflow := _workflow(word, known.workflows)):
        return "workflow", workflow
    if word.casefold() in EVENTS or word in known.events:
        return "event", word.casefold()
    if word in known.branches:
        return "branch", word
    return _guess(match, word, known, found, now)


def _guess(match: re.Match[str], word: str, known: Known, found: RunFilter, now: datetime) -> tuple[str, str]:
    """Return the meaning of a prefix, an age or a commit; any other word is a branch if no branches are known."""
    workflows = () if found.workflow else known.workflows
    meanings = begun(word, workflows, STATUS_WORDS)
    if len(set(meanings.values())) == 1:
        return next(iter(meanings.values()))
    created = created_in(word, now)
    if isinstance(created, Guess):
        raise _wrong(match, created)
    if created:
        return "created", created
    if looks_like_commit(word, known):
        return "commit", _commit(match, word, known)
    if meanings:
        raise _wrong(match, Guess(f"did you mean {' or '.join(sorted(meanings))}?"))
    if not known.branches:
        return "branch", word
    raise _wrong(match, meant_by(word, known, (*STATUS_WORDS, *EVENTS)))


def _commit(match: re.Match[str], word: str, known: Known) -> str:
    commit = commit_of(word, known)
    if isinstance(commit, Guess):
        raise _wrong(match, commit)
    return commit


def _status(word: str) -> str:
    return SHORT.get(word.casefold(), word.casefold())


def _workflow(word: str, workflows: Iterable[Workflow]) -> str:
    wanted = word.casefold()
    for workflow in workflows:
        file = workflow.path.rpartition("/")[2]
        if wanted in {workflow.name.casefold(), file.casefold(), file.rpartition(".")[0].casefold()}:
            return file_of(workflow)
    return ""


def describe(only: RunFilter) -> str:
    """Return the filter in words: ``workflow release.yml, branch main``, or ``no filter``."""
    parts = [f"{name} {value}" for name, value in asdict(only).items() if value and name != "created"]
    if only.created:
        moment = only.created.lstrip("<>=").replace("T", " ").replace(":00Z", " UTC")
        parts.append(f"created {'before' if only.created.startswith('<') else 'since'} {moment}")
    return ", ".join(parts) or "no filter"
