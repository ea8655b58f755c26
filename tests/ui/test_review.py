"""The review before deleting: what goes, what is protected, and that looking sends nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifact_tui.config.settings import Settings
from artifact_tui.demo.flavors import GHES_3_19, GITHUB, Flavor
from artifact_tui.screens.dialogs.detail import DetailDialog
from artifact_tui.transfers.deletions.models import DeletionState
from tests.double import faults
from tests.ui.deleting import confirm, deleted, question_of, review, review_of
from tests.ui.each_key import each_key_of
from tests.ui.program import KESTREL, RECORDER, Program, loaded, open_with_keys, says, until


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(RECORDER, directory=tmp_path)


def going(program: Program) -> str:
    """What the title says."""
    return program.summary


async def test_a_filter_narrows_the_review_and_not_the_plan(program: Program) -> None:
    """By the language of the list; a group is then what is shown of it, and what is not shown is said."""
    async with program.running("3", "space", "space", "space", "space") as pilot:
        await review(pilot, program)
        before = going(program)
        assert before.startswith("4 to delete")
        await pilot.press("slash", *"size>150k color:red")
        await says(pilot, "unknown filter 'color'", "2 of 4 shown", "2 to delete are not shown:")
        await pilot.press("ctrl+u", *"size>150k", "enter")
        assert going(program) == f"{before} · 2 of 4 shown"
        await pilot.press("space")
        assert going(program).startswith("3 of 4 to delete")
        await pilot.press("D")
        await says(pilot, "Delete 3 artifacts?", "2 are hidden by the filter of the review.")
        await pilot.press("escape", "slash", "ctrl+u", *"!marked", "enter")
        await says(pilot, "1 of 4 shown")
        await pilot.press("escape")
        assert going(program).startswith("3 of 4 to delete")
        assert "shown" not in going(program)
        await pilot.press("escape")
        assert program.screen.trail == (RECORDER, "All artifacts")
    assert deleted(program) == []


@each_key_of("review.take_out")
async def test_rows_can_be_taken_out(program: Program, key: str) -> None:
    """Totals follow, and the cursor goes on; again takes the row back in."""
    async with program.running("3", "space", "space", "space") as pilot:
        await review(pilot, program)
        assert going(program) == "3 to delete · 352 kB"
        await pilot.press(key)
        assert going(program).startswith("1 of 3 to delete")
        await pilot.press(key)
        assert going(program) == "nothing to delete"
        await pilot.press("D")
        await says(pilot, "Nothing to delete: everything is protected or kept.")
        await pilot.press("k", "k", key)
        assert going(program).startswith("2 of 3 to delete")
        await pilot.press("D")
        await says(pilot, "Delete 2 artifacts?")


async def test_one_of_a_group_can_be_taken_out(program: Program) -> None:
    """Unfolded, with its workflow run and branch."""
    async with program.running("3", "space", "space", "space", "space") as pilot:
        await review(pilot, program)
        await open_with_keys(pilot, "enter", "j")
        await says(pilot, "CI #47 · a")
        await pilot.press("space")
        assert going(program).startswith("3 of 4 to delete")
        await open_with_keys(pilot, "g")
        await says(pilot, "▾", "1 of 2")
        await open_with_keys(pilot, "enter")
        assert program.screen.table.row_count == 2


async def test_an_artifact_is_opened_to_its_details(program: Program) -> None:
    async with program.running("3") as pilot:
        await review(pilot, program)
        await pilot.press("enter")
        assert isinstance(program.app.screen, DetailDialog)


@each_key_of("review.delete")
async def test_ask(program: Program, key: str) -> None:
    async with program.running("3") as pilot:
        await review(pilot, program)
        await pilot.press(key)
        await says(
            pilot, "Delete 1 artifact?", "cover.out", "Deleted artifacts cannot be recovered.", "Esc or Enter cancels"
        )


@each_key_of("confirm.delete")
async def test_confirm(program: Program, key: str) -> None:
    async with program.running("3") as pilot:
        await review(pilot, program)
        await pilot.press("D")
        question = question_of(program)
        await until(pilot, lambda: question.is_listening)
        await pilot.press(key)
        await until(pilot, lambda: len(deleted(program)) == 1)


@each_key_of("review.unprotect")
async def test_what_is_protected_stays_unless_it_is_unprotected(program: Program, key: str) -> None:
    """The newest success on the default branch, of which only one workflow has artifacts here."""
    async with program.running("3", "a") as pilot:
        await review(pilot, program)
        assert going(program).startswith("56 of 58 to delete")
        await says(pilot, "2: of the newest success of a workflow on the default branch")
        await pilot.press(key)
        assert going(program).startswith("57 of 58 to delete")
        await says(pilot, "Unprotected 1 to delete: of the newest success of a workflow")
        await pilot.press("D")
        await says(pilot, "1 belongs to the newest success of its workflow on the default branch.")
        await open_with_keys(pilot, "escape", key)
        assert going(program).startswith("56 of 58 to delete")


async def test_a_protected_row_cannot_be_put_in_with_the_rest() -> None:
    """Space says so; nothing is unprotected by accident."""
    program = Program(KESTREL)
    async with program.running("3", "space") as pilot:
        await review(pilot, program)
        await says(pilot, "in progress", "1: of a run in progress")
        await pilot.press("space", "D")
        await says(pilot, "is protected; u unprotects it.", "Nothing to delete: everything is protected or kept.")
        await pilot.press("u", "D")
        await says(pilot, "Delete 1 artifact?", "1 belongs to a run in progress.")
    assert deleted(program) == []


async def test_pins_and_tags() -> None:
    """By pattern from the settings, and by what the server says are tags."""
    program = Program(KESTREL, settings=Settings(pinned=("coverage", "wheel-*-win*")))
    async with program.running("3", "slash", *"age<25d", "enter", "a") as pilot:
        await review(pilot, program)
        await says(
            pilot, "made for a tag", "pinned by name in config.toml", "of a run in progress", "of the newest success"
        )
        review_screen = review_of(program)
        names = {one.name for one in review_screen.plan.artifacts}
    assert "coverage" not in names
    assert not [name for name in names if name.startswith("wheel-") and "win" in name]
    assert names


async def test_artifacts_of_forks_are_flagged() -> None:
    program = Program(KESTREL)
    async with program.running("3", "a") as pilot:
        await review(pilot, program)
        await says(pilot, "from a fork")
        await pilot.press("D")
        await says(pilot, "are from a fork.")


async def test_nothing_can_be_deleted_before_protection_is_known(program: Program) -> None:
    program.server.fault(f"GET /repos/{RECORDER}", delay=60.0)
    async with program.running("3") as pilot:
        await pilot.press("D")
        await says(pilot, "checking protection…")
        await pilot.press("D", "delete", "n", "d")
        await says(pilot, "Protection is still being checked.")
        assert isinstance(program.app.screen, type(review_of(program)))
        await pilot.press("escape")
        assert program.summary.startswith("58 artifacts")
    assert deleted(program) == []


async def test_a_failed_look_up_is_said_and_can_be_tried_again(program: Program) -> None:
    async with program.running("3") as pilot:
        trouble = program.server.fault("GET */actions/runs*", times=99, **faults.UNICORN)
        await review(pilot, program)
        await says(pilot, "Lookup failed: ", "r retries")
        await pilot.press("D")
        await says(pilot, "r checks protection again.")
        trouble.times = 0
        await open_with_keys(pilot, "r")
        assert going(program) == "1 to delete · 57.8 kB"


async def test_a_server_that_lists_no_tags_has_them_judged_by_name() -> None:
    program = Program(KESTREL)
    program.server.fault("GET */tags*", status=404, body='{"message": "Not Found"}', times=99)
    async with program.running("3", "a") as pilot:
        await review(pilot, program)
        await says(pilot, "made for a tag")


@each_key_of("review.dry_run")
async def test_a_dry_run_sends_nothing(program: Program, key: str) -> None:
    """It shows each request in its order."""
    async with program.running("3", "space", "space", size=(120, 36)) as pilot:
        wanted = [one.id for one in program.screen.table.items[:2]]
        await review(pilot, program)
        asked = len(program.server.requests)
        await pilot.press(key)
        await says(pilot, "Dry run: 2 artifacts, nothing is sent", *(f"GET …/{number}" for number in wanted))
        await says(pilot, *(f"DELETE …/{number}" for number in wanted))
        assert f"https://api.github.com/repos/{RECORDER}/actions/artifacts" in "".join(program.text.split()).replace(
            "│", ""
        )
        await pilot.press("j", "j", "enter", "E", "escape")
        assert len(program.server.requests) == asked


@pytest.mark.parametrize(
    ("flavor", "said"), [(GITHUB, "56 artifacts 0:56"), (GHES_3_19, "58 artifacts 0:14")], ids=["cloud", "server"]
)
async def test_a_dry_run_tells_the_pace_of_the_host(flavor: Flavor, said: str) -> None:
    """A second between two on GitHub's own hosts, a quarter of one on an Enterprise Server."""
    program = Program(RECORDER, flavor=flavor, settings=Settings())
    async with program.running("3", "a") as pilot:
        await review(pilot, program)
        await pilot.press("n")
        number, _, seconds = said.rpartition(" ")
        await says(pilot, f"Dry run: {number}", f"takes at least {seconds}")


@each_key_of("review.download_first")
async def test_download_first_deletes_what_was_verified(program: Program, key: str, tmp_path: Path) -> None:
    """One of two cannot be downloaded, and stays on the server."""
    async with program.running("3", "space", "space") as pilot:
        wanted = [one.id for one in program.screen.table.items[:2]]
        program.server.fault(f"GET */artifacts/{wanted[0]}/zip", status=410, body="{}", times=9)
        await review(pilot, program)
        await pilot.press(key)
        await says(pilot, "Download first 2 artifacts")
        await pilot.press("enter")
        await says(pilot, "First download into", "then delete what was verified")
        await pilot.press("D")
        await says(pilot, "Each is downloaded first; only what was verified is deleted.")
        await confirm(pilot, program)
        await until(pilot, lambda: program.app.deletions and program.app.deletions[-1].finished)
        await says(pilot, "! skipped: not verified")
        assert deleted(program) == [wanted[1]]
        assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["go-test"]


async def test_what_is_downloaded_first_under_one_name_is_all_kept(program: Program, tmp_path: Path) -> None:
    """Overwriting is about what was there before: none of the plan takes another's place."""
    async with program.running("3", "slash", *"go-test", "enter", "space", "space") as pilot:
        wanted = [one.id for one in program.screen.table.items[:2]]
        await review(pilot, program)
        await pilot.press("d", "tab", "tab", "right", "right", "tab", "enter")
        await says(pilot, "First download into")
        await pilot.press("D")
        await confirm(pilot, program)
        await until(pilot, lambda: program.app.deletions and program.app.deletions[-1].finished)
    assert sorted(deleted(program)) == sorted(wanted)
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 2


async def test_download_first_can_be_taken_back(program: Program) -> None:
    async with program.running("3") as pilot:
        await review(pilot, program)
        await pilot.press("d", "enter")
        await says(pilot, "First download into")
        await pilot.press("d")
        assert "First" not in program.text
        await pilot.press("d", "escape")
        assert "First" not in program.text


async def test_what_is_being_downloaded_is_asked_about(program: Program) -> None:
    """It is left out, and the question says what it is when it was put in."""
    program.server.fault("GET */zip", delay=60.0, times=9)
    async with program.running("3", "d", "enter") as pilot:
        await review(pilot, program)
        await says(pilot, "downloading", "1: being downloaded here")
        await pilot.press("u", "D")
        await says(pilot, "1 is being downloaded here.")
    assert deleted(program) == []


async def test_a_download_that_begins_under_the_review_protects(program: Program, tmp_path: Path) -> None:
    """Queued behind others, it was not seen when the review opened."""
    async with program.running("3") as pilot:
        await review(pilot, program)
        assert going(program).startswith("1 to delete")
        program.server.fault("GET */zip", delay=60.0, times=9)
        order = review_of(program).plan
        from artifact_tui.transfers.models import DownloadOrder

        program.app.session.engine.downloads.add(
            [DownloadOrder(repository=order.repositories[0], artifact=order.artifacts[0], directory=tmp_path)]
        )
        await pilot.press("D")
        await says(pilot, "Nothing to delete: everything is protected or kept.")
    assert deleted(program) == []


async def test_a_second_deletion_of_the_same_counts_as_gone(program: Program) -> None:
    async with program.running("3") as pilot:
        await review(pilot, program)
        program.server.store.delete_artifact(review_of(program).plan.artifacts[0].id)
        await pilot.press("D")
        await confirm(pilot, program)
        await until(pilot, lambda: program.app.deletions and program.app.deletions[-1].finished)
        await says(pilot, "already gone", "0 deleted + 1 already gone")
        assert program.app.deletions[-1].state is DeletionState.FINISHED
        await open_with_keys(pilot, "escape")
        await loaded(pilot)
        assert program.summary.startswith("57 artifacts")
    assert deleted(program) == []
