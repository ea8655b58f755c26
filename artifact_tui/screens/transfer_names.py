"""Distinct titles for the transfers of one list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from artifact_tui.domain.models import RepositoryName, WorkflowRun
from artifact_tui.screens.artifact_details import run_label
from artifact_tui.transfers.models import Transfer

RunsOf = Callable[[RepositoryName], Mapping[int, WorkflowRun]]


def names_of(transfers: Iterable[Transfer], runs_of: RunsOf) -> dict[int, str]:
    """Return the title of each transfer by ID, made distinct by workflow run, then by artifact ID."""
    rows = tuple(transfers)
    names = {one.id: one.title for one in rows}
    for more in (_run, _artifact):
        counted = Counter(names.values())
        for one in rows:
            if counted[names[one.id]] > 1 and (words := more(one, runs_of)):
                names[one.id] += f" · {words}"
    return names


def _run(transfer: Transfer, runs_of: RunsOf) -> str:
    run_id = transfer.artifact.run_id
    return "" if run_id is None else run_label(transfer.artifact, runs_of(transfer.repository).get(run_id))


def _artifact(transfer: Transfer, _: RunsOf) -> str:
    return str(transfer.artifact.id)
