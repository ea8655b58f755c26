"""A deletion in several repositories: the question, its progress and its report say which."""

from __future__ import annotations

from msgspec.structs import replace

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.screens.deletion import report
from artifact_tui.screens.deletion.flow import DeletionFlow
from artifact_tui.screens.deletion.progress import DeletionScreen
from artifact_tui.screens.resume import deletion_question
from artifact_tui.transfers.deletions.models import (
    DeletePlan,
    Deletion,
    DeletionItem,
    DeletionState,
    PlanItem,
    UnfinishedDeletion,
)
from artifact_tui.transfers.models import Kind, Outcome, State, Transfer
from tests.ui.program import NOW, RECORDER, Program, open_with_keys, says

STUDIO, INFRASTRUCTURE, NOTES = (RepositoryName("acme", name) for name in ("kestrel-studio", "infrastructure", "notes"))
OTHER = RepositoryName("mira-holm", "dotfiles")


def made(number: int, size: int) -> Artifact:
    return Artifact(id=number, name="coverage", size_in_bytes=size)


def plan_of(*sizes: tuple[RepositoryName, int]) -> DeletePlan:
    return DeletePlan.across(
        DeletePlan((PlanItem(repository, made(number, size)),)) for number, (repository, size) in enumerate(sizes, 1)
    )


THREE = plan_of((NOTES, 1000), (INFRASTRUCTURE, 2000), (STUDIO, 9000), (STUDIO, 8000))


async def test_the_question_names_the_repositories_with_most_bytes_and_how_many_of_each() -> None:
    program = Program(RECORDER)
    async with program.running() as pilot:
        flow = DeletionFlow(program.app, program.app.session)
        program.app.run_worker(flow.confirm(THREE, ()))
        await says(pilot, "From 3 repositories: kestrel-studio 2, infrastructure 1, … · 20.0 kB:")
        await says(pilot, "coverage kestrel-studio 9.0 kB", "coverage notes 1.0 kB")
        await open_with_keys(pilot, "escape")
        program.app.run_worker(flow.confirm(plan_of((STUDIO, 5), (OTHER, 3)), ()))
        await says(pilot, "From 2 repositories: acme/kestrel-studio 1, mira-holm/dotfiles 1")


async def test_a_deletion_says_which_repository_stopped() -> None:
    transfers = tuple(
        Transfer(id=artifact.id, kind=Kind.DELETE, repository=repository, artifact=artifact)
        for repository, artifact in THREE.items
    )
    deletion = Deletion(
        number=1, repositories=THREE.repositories, ids=(3, 4, 2, 1), state=DeletionState.RUNNING, planned=4
    )
    assert report.standing(deletion).plain == "Deleting  one after the other, at GitHub's pace"
    deletion = replace(deletion, problem="acme/kestrel-studio: read-only.", stopped=(STUDIO,), failed=1, not_tried=1)
    assert report.standing(deletion).plain == "Deleting  acme/kestrel-studio: read-only."
    program = Program(RECORDER)
    async with program.running() as pilot:
        program.app.push_screen(DeletionScreen(program.app.session, deletion))
        failed = replace(transfers[0], outcome=Outcome.FAILED, state=State.FAILED, problem="github.com denied access.")
        program.app.transfers = (failed, *transfers[1:])
        program.app.deletions = (replace(deletion, state=DeletionState.FINISHED, done=2),)
        await says(pilot, "3 repositories › Deletion", "coverage · 1 notes 1.0 kB", "✗ failed: github.com")
        await says(pilot, "Stopped in 1 of 3 repositories acme/kestrel-studio: read-only.")
        await says(pilot, "2 deleted + 0 already gone + 0 skipped + 1 failed + 1 not tried = 4 planned")


async def test_an_earlier_deletion_is_offered_with_the_number_of_its_repositories() -> None:
    items = tuple(DeletionItem(repository=each[0], artifact=each[1]) for each in THREE.items)
    left = UnfinishedDeletion(number=1, confirmed_at=NOW, items=items, positions=(0, 1, 2, 3))
    program = Program(RECORDER)
    async with program.running() as pilot:
        program.app.push_screen(deletion_question(left))
        await says(pilot, "Unfinished deletion: 0 of 4 artifacts of 3 repositories are")
