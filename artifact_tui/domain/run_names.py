"""The names that the run filter knows, from the repository and from the loaded runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from artifact_tui.domain.models import Workflow, WorkflowRun


class Known(NamedTuple):
    """Names in the order of suggestion, and the loaded runs."""

    workflows: tuple[Workflow, ...] = ()
    branches: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    runs: Collection[WorkflowRun] = ()


def known_names(runs: Collection[WorkflowRun], workflows: Iterable[Workflow] = (), default_branch: str = "") -> Known:
    """Return the names in the repository, then the names in ``runs`` in order, each once."""
    by_id = {workflow.id: workflow for workflow in workflows}
    for run in runs:
        if run.workflow_id and run.workflow_id not in by_id:
            by_id[run.workflow_id] = workflow_of(run)
    branches = dict.fromkeys((default_branch, *(run.head_branch or "" for run in runs)))
    actors = dict.fromkeys(run.actor.login for run in runs if run.actor)
    events = dict.fromkeys(run.event for run in runs)
    named, started_by, kinds = (tuple(filter(None, some)) for some in (branches, actors, events))
    return Known(tuple(by_id.values()), named, started_by, kinds, runs)


def workflow_of(run: WorkflowRun) -> Workflow:
    """Return the workflow as a run describes it; newer servers add ``@REF`` to the path."""
    return Workflow(id=run.workflow_id, name=run.name or "", path=run.path.partition("@")[0])


def file_of(workflow: Workflow) -> str:
    """Return the API's value for a workflow: its file name, or its id if it has none."""
    file = workflow.path.rpartition("/")[2]
    return file if file.endswith((".yml", ".yaml")) else str(workflow.id)


def quoted(name: str) -> str:
    """Return the name, in quotes if it has spaces."""
    return f'"{name}"' if " " in name else name


def short_name(workflow: Workflow) -> str:
    """Return the workflow's name for the filter line, or its file."""
    return quoted(workflow.name or file_of(workflow))
