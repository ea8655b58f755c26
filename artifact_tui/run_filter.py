"""The filter line of workflow runs: words that become the query's parameters.

``release main ok`` means the workflow called release, the branch main, the status success. Every parameter can be
named: ``workflow:``, ``branch:``, ``event:``, ``actor:`` (or ``@login``) and ``status:``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

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


def read_run_filter(text: str, workflows: Iterable[Workflow] = ()) -> RunFilter:
    """Read the line; raises :class:`QueryError` at a word that means nothing or says a thing twice."""
    known = tuple(workflows)
    found = RunFilter()
    for match in re.finditer(r"\S+", text):
        name, value = _meaning(match, known, found)
        if getattr(found, name):
            raise QueryError(f"there is a {name} already: {getattr(found, name)}", match.start(), match.end())
        found = replace(found, **{name: value})
    return found


def _meaning(match: re.Match[str], workflows: tuple[Workflow, ...], found: RunFilter) -> tuple[str, str]:
    """The parameter that a word is for, and its value."""
    word = match[0]
    name, colon, value = word.partition(":")
    if not colon:
        return _bare(word, workflows, found)
    if name.casefold() not in _NAMES:
        raise QueryError(f"there is no '{name}'; known are {', '.join(_NAMES)}", match.start(), match.end())
    if not value:
        raise QueryError("there is nothing to look for", match.start(), match.end())
    if name.casefold() == "status" and _status(value) not in STATUSES:
        raise QueryError(f"there is no status '{value}'", match.start(), match.end())
    return name.casefold(), _status(value) if name.casefold() == "status" else value


def _bare(word: str, workflows: tuple[Workflow, ...], found: RunFilter) -> tuple[str, str]:
    if word.startswith("@") and len(word) > 1:
        return "actor", word[1:]
    if _status(word) in STATUSES:
        return "status", _status(word)
    workflow = _workflow(word, workflows)
    if workflow and not found.workflow:
        return "workflow", workflow
    if word.casefold() in EVENTS:
        return "event", word.casefold()
    return "branch", word


def _status(word: str) -> str:
    return _SHORT.get(word.casefold(), word.casefold())


def _workflow(word: str, workflows: tuple[Workflow, ...]) -> str:
    """The file name of the workflow that ``word`` names, by name or file; the API takes file names."""
    wanted = word.casefold()
    for workflow in workflows:
        file = workflow.path.rpartition("/")[2]
        if wanted in {workflow.name.casefold(), file.casefold(), file.rpartition(".")[0].casefold()}:
            return file or str(workflow.id)
    return ""


def describe(only: RunFilter) -> str:
    """The filter in words: ``workflow release.yml, branch main, status success``; ``no filter`` without any."""
    parts = [f"{name} {value}" for name, value in asdict(only).items() if value]
    return ", ".join(parts) or "no filter"
