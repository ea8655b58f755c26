"""The filter of workflow runs: words that become query parameters, or lead to one run.

``release main ok`` means the workflow release, the branch main and the status success. Each parameter has a name:
``workflow:``, ``branch:``, ``event:``, ``actor:`` (or ``@login``), ``status:`` and ``commit:``. ``age>30d`` compares
the creation time, and ``#412`` is a loaded run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

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
_WORD = re.compile(r'(?:[A-Za-z]+:)?"[^"]*"?|\S+')
_NUMBERED = re.compile(r"(?P<before>(?:.*\s)?)(?P<word>#(?P<number>[0-9]{1,18}))\s*", re.DOTALL)


class Term(NamedTuple):
    """A word of the filter, or the words of a workflow name, and where it starts and ends."""

    text: str
    start: int
    end: int


def read_run_filter(text: str, known: Known, now: datetime) -> RunFilter | WorkflowRun:
    """Parse a filter; raise :class:`QueryError` at an unknown or repeated term.

    A bare word is a status, a workflow, an event or a known branch, or a prefix of exactly one status or workflow. A
    workflow name may have spaces; quotes hold any others together. A line that ends in a run number means that run.
    """
    if match := _NUMBERED.fullmatch(text):
        return _run(match, known, now)
    found = RunFilter()
    for term in terms(text, known):
        name, value = _meaning(term, known, found, now)
        if getattr(found, name):
            taken = "an age" if name == "created" else f"{name} {getattr(found, name)}"
            raise _wrong(term, Guess(f"the filter already has {taken}; use only one"))
        found = replace(found, **{name: value})
    return found


def terms(text: str, known: Known) -> Iterator[Term]:
    """Yield the terms of a filter; words that are a workflow name with spaces, or its start, are one term."""
    words = [Term(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]
    names = tuple(one.name.casefold() for one in known.workflows if " " in one.name)
    while words:
        length = _words_of_name(words, names, known)
        yield Term(" ".join(word.text for word in words[:length]), words[0].start, words[length - 1].end)
        del words[:length]


def _words_of_name(words: list[Term], names: tuple[str, ...], known: Known) -> int:
    """Return the number of words that are a workflow name, or begin one if not all of them have another meaning."""
    first, _, value = words[0].text.partition(":")
    start = value if first.casefold() == "workflow" else words[0].text
    most = min(len(words), max((name.count(" ") + 1 for name in names), default=1))
    parts = [start, *(word.text for word in words[1:most])]
    joined = {length: " ".join(parts[:length]).casefold() for length in range(most, 1, -1)}
    if whole := next((length for length, name in joined.items() if name in names), 0):
        return whole
    begun_by = (length for length, part in joined.items() if any(name.startswith(part) for name in names))
    return next((length for length in begun_by if not all(_exact(part, known) for part in parts[:length])), 1)


def _run(match: re.Match[str], known: Known, now: datetime) -> WorkflowRun:
    only = read_run_filter(match["before"], known, now)
    term = Term(match["word"], *match.span("word"))
    if not isinstance(only, RunFilter) or only != RunFilter(workflow=only.workflow):
        raise _wrong(term, Guess(f"a run number needs no other filter; did you mean only {term.text}?"))
    run = numbered(int(match["number"]), only.workflow, known)
    if isinstance(run, Guess):
        raise _wrong(term, run)
    return run


def _wrong(term: Term, guess: Guess) -> QueryError:
    return QueryError(guess.message, term.start, term.end, guess.meant)


def _meaning(term: Term, known: Known, found: RunFilter, now: datetime) -> tuple[str, str]:
    word = term.text
    if word.count('"') % 2:
        raise _wrong(term, Guess("the quote is not closed"))
    name, colon, value = word.partition(":")
    if not colon or word.startswith('"') or word in known.branches or _workflow(word, known.workflows):
        return _bare(term, known, found, now)
    name, value = name.casefold(), value.replace('"', "")
    name = "commit" if name == "sha" else name
    if name not in NAMES:
        raise _wrong(term, Guess(f"unknown filter '{printable(name, 20)}'; use one of {', '.join(NAMES)}"))
    if not value:
        raise _wrong(term, Guess("the value is missing"))
    if name == "status" and _status(value) not in STATUSES:
        raise _wrong(term, Guess(f"unknown status '{printable(value, 20)}'"))
    if name == "commit":
        return name, _commit(term, value, known)
    if name == "workflow":
        return name, _workflow(value, known.workflows) or _begun_workflow(term, value, known)
    return name, _status(value) if name == "status" else value


def _begun_workflow(term: Term, value: str, known: Known) -> str:
    """Return the workflow that starts with ``value``, or ``value`` itself, which the server may know."""
    meanings = begun(value, known.workflows, {})
    if len(meanings) > 1:
        raise _wrong(term, Guess(f"did you mean {' or '.join(sorted(meanings))}?"))
    return next((file for _, file in meanings.values()), value)


def _bare(term: Term, known: Known, found: RunFilter, now: datetime) -> tuple[str, str]:
    word = term.text.replace('"', "")
    return _exact(word, known, found.workflow) or _guess(term, word, known, found, now)


def _exact(word: str, known: Known, workflow: str = "") -> tuple[str, str] | None:
    """Return the meaning of a whole word; with a ``workflow`` already given, it is none."""
    if word.startswith("@") and len(word) > 1:
        return "actor", word[1:]
    if _status(word) in STATUSES:
        return "status", _status(word)
    if not workflow and (file := _workflow(word, known.workflows)):
        return "workflow", file
    if word.casefold() in EVENTS or word in known.events:
        return "event", word.casefold()
    if word in known.branches:
        return "branch", word
    return None


def _guess(term: Term, word: str, known: Known, found: RunFilter, now: datetime) -> tuple[str, str]:
    """Return the meaning of a prefix, an age or a commit."""
    workflows = () if found.workflow else known.workflows
    meanings = begun(word, workflows, STATUS_WORDS)
    if len(set(meanings.values())) == 1:
        return next(iter(meanings.values()))
    created = created_in(word, now)
    if isinstance(created, Guess):
        raise _wrong(term, created)
    if created:
        return "created", created
    if looks_like_commit(word, known):
        return "commit", _commit(term, word, known)
    if meanings:
        raise _wrong(term, Guess(f"did you mean {' or '.join(sorted(meanings))}?"))
    raise _wrong(term, meant_by(word, known, (*STATUS_WORDS, *EVENTS)))


def _commit(term: Term, word: str, known: Known) -> str:
    commit = commit_of(word, known)
    if isinstance(commit, Guess):
        raise _wrong(term, commit)
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
