"""A world with 120 more repositories of the demo's organization, for what concerns a whole owner.

It is made only on request. Sizes and digests are invented, so these artifacts cannot be downloaded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from artifact_tui.demo.data import ORGANIZATION, DemoArtifact, DemoRepository, DemoRun, DemoWorkflow, World, format_time
from artifact_tui.demo.fixed_clock import demo_clock

BIG = ("data-lake", "edge-proxy", "mobile-sdk", "model-zoo", "query-lab", "render-farm", "wasm-port")
SMALL = tuple(f"tool-{number:02}" for number in range(1, 31))
EMPTY = tuple(f"idea-{number:02}" for number in range(1, 81))
TROUBLES = {"sealed-vault": 403, "withdrawn": 451, "slow-mirror": 504}
"""The status of repositories whose artifacts cannot be listed; 504 is a timeout, without a response."""
ARCHIVED, RENAMED, FORMER_NAME = "tool-30", "tool-07", "hammer"
_NAMES = (
    ("preview", 1, 40_000_000), ("logs-integration-{day}", 7, 21_000_000), ("coverage", 90, 900_000),
    ("bake-{hash}-shard-{shard}", 7, 9_000_000), ("wheel-cp311-linux_x86_64", 90, 4_000_000),
    ("nightly-{day}", 7, 60_000_000), ("test-results-{shard}", 90, 120_000),
)  # fmt: skip
"""Names with the days that they are kept, and their usual size."""
_FIRST_REPOSITORY, _FIRST_RUN, _FIRST_ARTIFACT, _FIRST_WORKFLOW = 910_000_000, 28_000_000_000, 7_800_000_000, 99_000_000


def large_world(world: World) -> World:
    """Return a world with 120 more repositories: 7 big, 30 small, 80 without artifacts, and 3 that fail."""
    names = (*BIG, *SMALL, *EMPTY, *TROUBLES)
    repositories = [_repository(number, name) for number, name in enumerate(names)]
    workflows = [DemoWorkflow(_FIRST_WORKFLOW + number, one.id, "CI", "ci.yml", "active")
                 for number, one in enumerate(repositories)]  # fmt: skip
    runs, artifacts = _history(repositories[: len(BIG) + len(SMALL)])
    return World(
        world.people, [*world.repositories, *repositories], [*world.workflows, *workflows], [*world.runs, *runs],
        [*world.artifacts, *artifacts], {f"{ORGANIZATION}/{name}": status for name, status in TROUBLES.items()},
    )  # fmt: skip


def _repository(number: int, name: str) -> DemoRepository:
    pushed = demo_clock() - timedelta(days=450 if name in EMPTY[40:] else 0, hours=3 * number)
    return DemoRepository(
        id=_FIRST_REPOSITORY + number, owner=ORGANIZATION, name=name, description=None, language="Python",
        private=number % 3 == 0, archived=name == ARCHIVED, parent=0, stars=0, size=number + 1,
        created_at="2024-01-01T00:00:00Z", pushed_at=format_time(pushed),
        former_name=FORMER_NAME if name == RENAMED else "",
    )  # fmt: skip


def _history(repositories: list[DemoRepository]) -> tuple[list[DemoRun], list[DemoArtifact]]:
    """Return runs and artifacts, oldest first; a run has four artifacts."""
    runs: list[DemoRun] = []
    artifacts: list[DemoArtifact] = []
    for place, repository in enumerate(repositories):
        count = 240 + 40 * place if repository.name in BIG else place % 9 + 1
        for number, made in enumerate(_made(repository, count)):
            if number % 4 == 0:
                runs.append(_run(repository, _FIRST_RUN + len(runs), place, made))
            artifacts.append(_artifact(repository, _FIRST_ARTIFACT + len(artifacts), runs[-1].id, number, made))
    return runs, artifacts


def _made(repository: DemoRepository, count: int) -> Iterator[datetime]:
    """Yield the times of creation: the last is some hours before now, and a day has about ten."""
    for number in range(count):
        yield demo_clock() - timedelta(hours=5 + 2.4 * (count - number) + repository.id % 3)


def _run(repository: DemoRepository, number: int, place: int, made: datetime) -> DemoRun:
    at, digest = format_time(made - timedelta(minutes=20)), hashlib.sha1(str(number).encode()).hexdigest()  # noqa: S324  # as git
    return DemoRun(
        id=number, repository=repository.id, workflow=_FIRST_WORKFLOW + place, title="Nightly", branch="main",
        event="schedule", status="completed", conclusion="success", actor="mira-holm", number=number % 10_000,
        attempt=1, created_at=at, started_at=at, updated_at=format_time(made), sha=digest, head=repository.id, pull=0,
    )  # fmt: skip


def _artifact(repository: DemoRepository, number: int, run: int, place: int, made: datetime) -> DemoArtifact:
    pattern, days, usual = _NAMES[(place + repository.id) % len(_NAMES)]
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    name = pattern.format(day=made.date(), hash=f"{number:x}"[-8:], shard=place % 5)
    size = usual * (50 + number % 100) // 100
    return DemoArtifact(
        id=number, repository=repository.id, run=run, name=name, kind="build", weight=0, size=size, raw_size=size,
        digest=digest, created_at=format_time(made), expires_at=format_time(made + timedelta(days=days)), oddity="",
    )  # fmt: skip
