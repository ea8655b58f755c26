"""The filter line of workflow runs: words that become the query's parameters.

``release main ok`` means the workflow called release, the branch main, the status success. Every parameter can be
named: ``workflow:``, ``branch:``, ``event:``, ``actor:`` (or ``@login``) and ``status:``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from msgspec.structs import asdict, replace

from artifact_tui.model import RunFilter, Workflow
from artifact_tui.query import QueryError

STATUSES = frozenset(
    (
        "completed",
        "action_required",
        "cancelled",
        "failure",
        "neutral",
        "skipped",
        "stale",
        "success",
        "timed_out",
        "in_progress",
        "queued",
        "requested",
        "waiting",
        "pending",
    )
)
"""The values of the parameter ``status``, as the API's description lists them."""

EVENTS = frozenset(
    (
        "push",
        "pull_request",
        "pull_request_target",
        "schedule",
        "workflow_dispatch",
        "workflow_run",
        "workflow_call",
        "repository_dispatch",
        "release",
        "merge_group",
        "issue_comment",
    )
)
_SHORT = {
    "ok": "success",
    "passed": "success",
    "green": "success",
    "failed": "failure",
    "red": "failure",
    "running": "in_progress",
    "canceled": "cancelled",
}
_NAMES = ("workflow", "branch", "event", "actor", "status")


_TERM = re.compile(r'(?:[A-Za-z]+:)?"[^"]*"?|\S+')
_SHORTEST_START = 2
"""How many letters a word must have to stand for the one workflow or status that begins with it."""


def read_run_filter(text: str, workflows: Iterable[Workflow] = (), branches: Collection[str] = ()) -> RunFilter:
    """Read the line; raises :class:`QueryError` at a word that means nothing or says a thing twice.

    A bare word is a status, a workflow or an event, or the only one that begins with it. With the names of some
    ``branches``, any other word has to be one of them; without, it is taken for a branch. Quotes hold spaces together.
    """
    known = tuple(workflows)
    found = RunFilter()
    for match in _TERM.finditer(text):
        name, value = _meaning(match, known, frozenset(branches), found)
        if getattr(found, name):
            raise _wrong(match, f"there is a {name} already: {getattr(found, name)}")
        found = replace(found, **{name: value})
    return found


def _wrong(match: re.Match[str], message: str) -> QueryError:
    return QueryError(message, match.start(), match.end())


def _meaning(
    match: re.Match[str], workflows: tuple[Workflow, ...], branches: frozenset[str], found: RunFilter
) -> tuple[str, str]:
    """The parameter that a word is for, and its value."""
    word = match[0]
    if word.count('"') % 2:
        raise _wrong(match, "the quote is not closed")
    name, colon, value = word.partition(":")
    if not colon or word.startswith('"'):
        return _bare(match, workflows, branches, found)
    name, value = name.casefold(), value.replace('"', "")
    if name not in _NAMES:
        raise _wrong(match, f"there is no '{name}'; known are {', '.join(_NAMES)}")
    if not value:
        raise _wrong(match, "there is nothing to look for")
    if name == "status" and _status(value) not in STATUSES:
        raise _wrong(match, f"there is no status '{value}'")
    if name == "workflow":
        return name, _workflow(value, workflows) or value
    return name, _status(value) if name == "status" else value


def _bare(
    match: re.Match[str], workflows: tuple[Workflow, ...], branches: frozenset[str], found: RunFilter
) -> tuple[str, str]:
    word = match[0].replace('"', "")
    if word.startswith("@") and len(word) > 1:
        return "actor", word[1:]
    if _status(word) in STATUSES:
        return "status", _status(word)
    if not found.workflow and (workflow := _workflow(word, workflows)):
        return "workflow", workflow
    if word.casefold() in EVENTS:
        return "event", word.casefold()
    if word in branches:
        return "branch", word
    return _guess(match, word, workflows, branches, found)


def _guess(
    match: re.Match[str], word: str, workflows: tuple[Workflow, ...], branches: frozenset[str], found: RunFilter
) -> tuple[str, str]:
    """What a word begins, where that is one thing only; else a branch where none are known, and else nothing."""
    begun = {
        _short_name(one): ("workflow", _file(one)) for one in workflows if not found.workflow and _begins(one, word)
    }
    begun |= {one: ("status", _status(one)) for one in (*STATUSES, *_SHORT) if one.startswith(word.casefold())}
    if len(word) >= _SHORTEST_START and len(set(begun.values())) == 1:
        return next(iter(begun.values()))
    if reason := _not_filtered(word):
        raise _wrong(match, reason)
    if len(word) >= _SHORTEST_START and begun:
        raise _wrong(match, f"did you mean {' or '.join(sorted(begun))}?")
    if not branches:
        return "branch", word
    names = (*map(_short_name, workflows), *branches, *STATUSES, *_SHORT, *EVENTS)
    close = get_close_matches(word.casefold(), {name.casefold(): name for name in names}, 1, 0.7)
    meant = next((name for name in names if close and name.casefold() == close[0]), f"branch:{word}")
    raise _wrong(match, f"'{word}' is unknown here; did you mean {meant}?")


def _not_filtered(word: str) -> str:
    """Why GitHub cannot filter by what a word looks like: a run number, a comparison, a commit."""
    if re.fullmatch(r"#\d+", word):
        return f"GitHub cannot filter by run number; did you mean run:{word} among all artifacts (3)?"
    if re.fullmatch(r"[A-Za-z]+[<>]=?.*|[A-Za-z]+=.*", word):
        return f"'{re.split('[<>=]', word)[0]}' does not filter runs; did you mean to filter artifacts (3)?"
    if re.fullmatch(r"(?=.*\d)[0-9a-f]{7,40}", word):
        return f"GitHub cannot filter by commit; did you mean branch:{word}?"
    return ""


def _status(word: str) -> str:
    return _SHORT.get(word.casefold(), word.casefold())


def _file(workflow: Workflow) -> str:
    """What the API takes: the file name, or the id where there is none."""
    return workflow.path.rpartition("/")[2] or str(workflow.id)


def _short_name(workflow: Workflow) -> str:
    return f'"{workflow.name}"' if " " in workflow.name else workflow.name or _file(workflow)


def _begins(workflow: Workflow, word: str) -> bool:
    return any(name.casefold().startswith(word.casefold()) for name in (workflow.name, _file(workflow)))


def _workflow(word: str, workflows: tuple[Workflow, ...]) -> str:
    """The file name of the workflow that ``word`` names, by name or file; the API takes file names."""
    wanted = word.casefold()
    for workflow in workflows:
        file = workflow.path.rpartition("/")[2]
        if wanted in {workflow.name.casefold(), file.casefold(), file.rpartition(".")[0].casefold()}:
            return _file(workflow)
    return ""


def describe(only: RunFilter) -> str:
    """The filter in words: ``workflow release.yml, branch main, status success``; ``no filter`` without any."""
    parts = [f"{name} {value}" for name, value in asdict(only).items() if value]
    return ", ".join(parts) or "no filter"
