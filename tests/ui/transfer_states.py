"""A transfer in each state, with artifacts of the demo, as the engine would show them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from artifact_tui.demo.data import load_world
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.transfers.models import Kind, Outcome, State, Transfer

REPOSITORY = RepositoryName("fernwood-labs", "kestrel")


def transfer(number: int, state: State, **fields: Any) -> Transfer:
    """A snapshot as the engine would give it, of one of the demo's artifacts."""
    made = load_world().artifacts[number * 7]
    artifact = Artifact(id=made.id, name=made.name, size_in_bytes=made.size)
    defaults = {"kind": Kind.DOWNLOAD, "total": 40_000_000, "repository": REPOSITORY}
    return Transfer(id=number, artifact=artifact, state=state, **{**defaults, **fields})


RATE_LIMIT = "Rate limited until 14:02."
SNAPSHOTS = (
    transfer(1, State.DONE, received=40_000_000, verified=True, path=Path("/home/mira/dist/wheels"), tries=1),
    transfer(2, State.DONE, received=40_000_000, path=Path("/home/mira/dist/logs"), tries=2),
    transfer(
        3,
        State.DONE,
        received=40_000_000,
        verified=True,
        over_limit=True,
        path=Path("/home/mira/dist/corpus.zip"),
        problem="Not unpacked: it unpacks to 31.0 GB, more than the limit of 20.0 GB. Kept as corpus.zip.",
        tries=1,
    ),
    transfer(4, State.DOWNLOADING, received=26_400_000, rate=6_100_000.0, seconds_left=2.2, tries=4),
    transfer(5, State.DOWNLOADING, received=900_000, total=None, rate=450_000.0, tries=1),
    transfer(6, State.VERIFYING, received=40_000_000, tries=1),
    transfer(7, State.UNPACKING, received=40_000_000, verified=True, tries=1),
    transfer(8, State.WAITING, received=1_000_000, seconds_left=12.0, tries=2, problem=RATE_LIMIT),
    transfer(9, State.PARKED, received=8_000_000, seconds_left=3300.0, tries=3, problem=RATE_LIMIT),
    transfer(10, State.PAUSED, received=12_000_000, tries=1),
    transfer(11, State.FAILED, problem="The artifact has expired and can no longer be downloaded.", tries=1),
    transfer(12, State.CANCELLED, received=5_000_000),
    transfer(13, State.DONE, kind=Kind.DELETE, outcome=Outcome.DELETED),
    transfer(14, State.FAILED, kind=Kind.DELETE, outcome=Outcome.FAILED, problem="You may not delete artifacts here."),
    transfer(15, State.QUEUED),
)
