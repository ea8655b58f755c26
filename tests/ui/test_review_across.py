"""The review of a plan for several repositories: a row for each, and nothing of one whose protection is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from artifact_tui.domain.models import RepositoryName
from artifact_tui.screens.deletion.review import ReviewScreen
from artifact_tui.transfers.deletions.models import DeletePlan
from tests.double import faults
from tests.ui.deleting import confirm, deleted, review_of
from tests.ui.program import KESTREL, RECORDER, Program, loaded, open_with_keys, says, until

BOTH = (KESTREL, RECORDER)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(RECORDER, directory=tmp_path)


async def newest(program: Program, name: str, count: int = 4) -> DeletePlan:
    """A plan for the smallest of the newest artifacts of a repository."""
    provider, repository = await program.app.session.provider(), RepositoryName(*name.split("/"))
    pages = [page.items async for page in provider.artifacts(repository, most=100)]
    found = sorted((one for page in pages for one in page if not one.expired), key=lambda one: one.size_in_bytes)
    return DeletePlan.of(repository, found[:count])


async def review_both(pilot: Pilot[int], program: Program) -> DeletePlan:
    plan = DeletePlan.across([await newest(program, name) for name in BOTH])
    program.app.push_screen(ReviewScreen(program.app.session, plan, (), 0))
    await until(pilot, lambda: isinstance(program.app.screen, ReviewScreen))
    await loaded(pilot)
    return plan


def rows(program: Program) -> list[tuple[int, str]]:
    return [(row.depth, row.name) for row in review_of(program).table.items]


async def test_each_repository_has_a_row_with_its_name_families_below(program: Program) -> None:
    """Every level can be kept; the plan goes to the engine with the biggest artifacts first."""
    async with program.running() as pilot:
        await review_both(pilot, program)
        plan = review_of(program).plan
        await says(pilot, "2 repositories › Review", f"{len(plan.items)} of 8 to delete")
        assert sorted(rows(program)) == [(0, "flight-recorder"), (0, "kestrel")]
        first = review_of(program).table.items[0]
        await open_with_keys(pilot, "enter")
        unfolded = rows(program)
        assert {depth for depth, _ in unfolded} == {0, 1}
        assert unfolded[0] == (0, first.name)
        await pilot.press("space")
        kept = plan.by_repository[first.repository]
        assert review_of(program).plan.artifacts == tuple(one for one in plan.artifacts if one not in kept)
        await open_with_keys(pilot, "g", "space", "D")
        await says(pilot, f"Delete {len(plan.items)} artifacts?", "From 2 repositories: ")
        await confirm(pilot, program)
        await until(pilot, lambda: program.app.deletions and program.app.deletions[-1].finished)
    assert deleted(program) == [artifact.id for artifact in plan.artifacts]


async def test_what_is_not_checked_is_kept_and_said(program: Program) -> None:
    """The other repository can be deleted; r looks only for what is missing."""
    trouble = program.server.fault(f"GET /repos/{KESTREL}/actions/runs*", times=99, **faults.UNICORN)
    async with program.running() as pilot:
        plan = await review_both(pilot, program)
        own, other = (RepositoryName(*name.split("/")) for name in BOTH)
        await says(pilot, "1 repository not checked yet", f"Protection {own}: github.com returned an error")
        assert review_of(program).plan == DeletePlan.of(other, plan.by_repository[other])
        place = [row.repository for row in review_of(program).table.items].index(own)
        await pilot.press("g", *["j"] * place, "space")
        await says(pilot, f"{own} is kept: lookup failed.")
        await pilot.press("D")
        await says(pilot, "1 repository not checked yet: nothing of it is deleted.", f"From {other}, ")
        await open_with_keys(pilot, "escape")
        trouble.times, asked = 0, len(program.server.requests)
        await open_with_keys(pilot, "r")
        await until(pilot, lambda: "not checked" not in program.summary)
        assert set(review_of(program).plan.repositories) == {own, other}
        assert not [one for one in program.server.requests[asked:] if f"/repos/{RECORDER}/" in one.path]


async def test_a_dry_run_names_the_repository_of_each_request(program: Program) -> None:
    async with program.running(size=(120, 36)) as pilot:
        plan = await review_both(pilot, program)
        await pilot.press("n")
        await says(pilot, *(f"GET …/{one.artifact.id} {one.repository.name}" for one in plan.items[:2]))
        await says(pilot, "…/ = https://api.github.com/repos/OWNER/REPO/actions/artifacts/")
    assert deleted(program) == []


async def test_each_repository_is_downloaded_first_into_a_directory_of_its_own(
    program: Program, tmp_path: Path
) -> None:
    async with program.running() as pilot:
        await review_both(pilot, program)
        plan = review_of(program).plan
        await pilot.press("d", "enter")
        await says(pilot, "OWNER/REPO, then delete what was verified")
        await pilot.press("D")
        await says(pilot, "Each is downloaded first; only what was verified is deleted.")
        await confirm(pilot, program)
        await until(pilot, lambda: program.app.deletions and program.app.deletions[-1].finished)
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("*/*")}
    assert names == {str(repository) for repository in plan.repositories}
    assert set(deleted(program)) <= {artifact.id for artifact in plan.artifacts}
    assert deleted(program)
