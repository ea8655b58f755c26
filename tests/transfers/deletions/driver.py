"""A program of its own that carries a confirmed plan out, or goes on with it: to be killed at any point.

``python -m tests.transfers.deletions.driver STATE API``: the plan is ``plan.json`` in the state directory. Its
last line is the report.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import msgspec
from msgspec.structs import replace

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.domain.artifact_record import ArtifactRecord, artifact_of, record_of
from artifact_tui.domain.models import RepositoryName
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.http.limiter import RequestLimiter
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Credential, Token
from artifact_tui.retry import DOWNLOAD
from artifact_tui.transfers.deletions.models import DeletePlan, Deletion, PlanItem
from tests.engines import make_engine


def write_plan(state: Path, plan: DeletePlan) -> None:
    rows = [(item.repository, record_of(item.artifact)) for item in plan.items]
    (state / "plan.json").write_bytes(msgspec.json.encode(rows))


def read_plan(state: Path) -> DeletePlan:
    kind = tuple[tuple[RepositoryName, ArtifactRecord], ...]
    rows = msgspec.json.decode((state / "plan.json").read_bytes(), type=kind)
    return DeletePlan(tuple(PlanItem(repository, artifact_of(record)) for repository, record in rows))


def carry_out(state: Path, api: str) -> Deletion:
    """Go on with what is left, as a person would who confirms that; confirm the plan where nothing is known of it."""
    told, server = threading.Event(), ServerInfo(host_of_api(api))
    unlimited = RequestLimiter(server, is_metered=False)  # these deletes do not wait for each other
    engine = make_engine(
        lambda: GitHubArtifactStore(server, Credential(Token(DEMO_TOKEN), "GH_TOKEN"), limiter=unlimited),
        changed=told.set,
        host="github.com",
        journal=state / "transfers.sqlite",
        policy=replace(DOWNLOAD, second_look=0.0),
    )
    left = engine.deletions.unfinished()
    if left:
        engine.deletions.resume_unfinished(left[0].number)
    else:
        plan = read_plan(state)
        engine.deletions.add(plan.confirm(len(plan.items)))
    while not engine.deletions.snapshots()[0].finished:
        told.wait(5)
        told.clear()
    report = engine.deletions.snapshots()[0]
    engine.close(20)
    return report


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(carry_out(Path(sys.argv[1]), sys.argv[2])) + b"\n")
