"""Makes the demo's world: `python -m tests.tools.catalog` writes `world.json` again.

Everything follows from one seed and `DEMO_NOW`, so the file is the same each time it is made. Making it
hashes every artifact (about ten gigabytes of filling), which is why the result is stored.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import msgspec

from artifact_tui.demo.archives import download, members
from artifact_tui.demo.data import (
    WORLD_FILE,
    DemoArtifact,
    DemoRepository,
    DemoRun,
    World,
    format_time,
    parse_time,
)  # fmt: skip
from artifact_tui.demo.dice import Dice
from artifact_tui.demo.fixed_clock import DEMO_NOW
from tests.tools import cast, main_project, plans, side_projects

TOTAL = 1200
SEED = 20261120


@dataclass
class Draft:
    """A world in the making: numbers are given at the end, in the order of time, as GitHub does."""

    dice: Dice
    runs: list[DemoRun] = field(default_factory=list)
    artifacts: list[DemoArtifact] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    run_ids: set[int] = field(default_factory=set)

    def run_id(self, moment: datetime) -> int:
        """The id of a run that began at `moment`: unique, and growing with time."""
        number = plans.run_id(moment)
        while number in self.run_ids:
            number += 1
        self.run_ids.add(number)
        return number


def make_world() -> World:
    """The whole world, hashed."""
    draft = draft_world()
    return msgspec.structs.replace(draft, artifacts=[measure(artifact) for artifact in draft.artifacts])


def draft_world() -> World:
    """The whole world but for the sizes and digests of its artifacts."""
    draft = Draft(Dice(SEED))
    workflows = cast.workflows()
    by_id = {repository.id: repository for repository in cast.REPOSITORIES}
    for plan in chain(main_project.plans(draft.dice), side_projects.plans(draft.dice)):
        workflow = next(w for w in workflows if w.file == plan.file and w.repository == plan.repository)
        run = _run(draft, plan, workflow.id, by_id[plan.repository])
        draft.runs.append(run)
        draft.artifacts += _artifacts(draft.dice, plan, run)
    runs = sorted(draft.runs, key=lambda run: run.id)
    people = sorted(cast.PEOPLE, key=lambda person: person.id)
    return World(people, _pushed(runs), workflows, runs, list(_numbered(_trim(draft.artifacts))))


def measure(artifact: DemoArtifact) -> DemoArtifact:
    """The artifact with the true size and digest of its download."""
    blob, digest = download(artifact), hashlib.sha256()
    for chunk in blob.read():
        digest.update(chunk)
    raw_size = sum(member.size for member in members(artifact))
    return msgspec.structs.replace(artifact, size=blob.size, raw_size=raw_size, digest=digest.hexdigest())


def _run(draft: Draft, plan: plans.Plan, workflow: int, repository: DemoRepository) -> DemoRun:
    number = draft.numbers[workflow] = draft.numbers.get(workflow, workflow % 2900) + 1
    started = plan.moment + timedelta(minutes=47 * (plan.attempt - 1))
    ended = started + timedelta(seconds=draft.dice.between(70, 2400))
    updated = min(ended, DEMO_NOW - timedelta(seconds=draft.dice.between(5, 90)))
    return DemoRun(
        draft.run_id(plan.moment), repository.id, workflow, plan.title, plan.branch, plan.event, plan.status,
        plan.conclusion, plan.actor, number, plan.attempt, format_time(plan.moment), format_time(started),
        format_time(max(updated, started)), draft.dice.hex(40), plan.head or repository.id, plan.pull,
    )  # fmt: skip


def _artifacts(dice: Dice, plan: plans.Plan, run: DemoRun) -> Iterable[DemoArtifact]:
    started = parse_time(run.started_at)
    for place, item in enumerate(plan.items):
        made = started + timedelta(seconds=40 + place * dice.between(3, 31))
        if item.attempt and item.attempt < plan.attempt:
            made = plan.moment + timedelta(minutes=47 * (item.attempt - 1), seconds=90 + place * 7)
        made = min(made, DEMO_NOW - timedelta(seconds=20))
        expires = format_time(made + timedelta(days=item.days))
        yield DemoArtifact(
            0,
            run.repository,
            run.id,
            item.name,
            item.kind,
            item.weight,
            0,
            0,
            "",
            format_time(made),
            expires,
            item.oddity,
        )


def _trim(artifacts: list[DemoArtifact]) -> list[DemoArtifact]:
    """Exactly `TOTAL` artifacts: those of the main repository that expired first are no longer listed."""
    ours = [artifact for artifact in artifacts if artifact.repository == cast.KESTREL]
    surplus = len(artifacts) - TOTAL
    if surplus < 0:
        raise ValueError(f"the plans make {len(artifacts)} artifacts, {TOTAL} are wanted")
    gone = {id(artifact) for artifact in sorted(ours, key=lambda artifact: artifact.expires_at)[:surplus]}
    return [artifact for artifact in artifacts if id(artifact) not in gone]


def _numbered(artifacts: list[DemoArtifact]) -> Iterable[DemoArtifact]:
    """The artifacts in the order of time, each with an id that grows with it."""
    last = 0
    for artifact in sorted(artifacts, key=lambda a: (a.created_at, a.run, a.name)):
        last = max(last + 1, plans.artifact_id(parse_time(artifact.created_at)))
        yield msgspec.structs.replace(artifact, id=last)


def _pushed(runs: list[DemoRun]) -> list[DemoRepository]:
    """The repositories, last pushed to when their newest run began."""
    newest = {run.repository: run.created_at for run in sorted(runs, key=lambda run: run.created_at)}
    return [
        msgspec.structs.replace(repository, pushed_at=newest.get(repository.id, repository.pushed_at))
        for repository in cast.REPOSITORIES
    ]


def store_world(world: World, path: Path = WORLD_FILE) -> None:
    """Write a world with one record a line, so that a change of one record is a change of one line."""
    parts = []
    for name in World.__struct_fields__:
        if not getattr(world, name):
            continue
        rows = b",\n".join(msgspec.json.encode(row) for row in getattr(world, name))
        parts.append(b'"%s": [\n%s\n]' % (name.encode(), rows))
    path.write_bytes(b"{\n" + b",\n".join(parts) + b"\n}\n")


def main() -> None:
    """Make the world and store it."""
    store_world(make_world())


if __name__ == "__main__":
    main()
