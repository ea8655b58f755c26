"""The filter line of workflow runs: words that become the query's parameters.

``release main ok`` means the workflow called release, the branch main, the status success. Every parameter can be
named: ``workflow:``, ``branch:``, ``event:``, ``actor:`` (or ``@login``) and ``status:``.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import asdict, replace

from artifact_tui.model import RunFilter, Workflow

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
_NAMES = {"workflow", "branch", "event", "actor", "status"}


def read_run_filter(text: str, workflows: Iterable[Workflow] = ()) -> RunFilter:
    """Read the line; a later word of the same kind wins. Every line has a meaning, which :func:`describe` tells."""
    known = tuple(workflows)
    found = RunFilter()
    for word in text.split():
        name, _, value = word.partition(":")
        if name.casefold() in _NAMES and value:
            found = replace(found, **{name.casefold(): _status(value) if name.casefold() == "status" else value})
        else:
            found = _bare(word, known, found)
    return found


def _bare(word: str, workflows: tuple[Workflow, ...], found: RunFilter) -> RunFilter:
    if word.startswith("@") and len(word) > 1:
        return replace(found, actor=word[1:])
    if _status(word) in STATUSES:
        return replace(found, status=_status(word))
    workflow = _workflow(word, workflows)
    if workflow and not found.workflow:
        return replace(found, workflow=workflow)
    if word.casefold() in EVENTS:
        return replace(found, event=word.casefold())
    return replace(found, branch=word)


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
