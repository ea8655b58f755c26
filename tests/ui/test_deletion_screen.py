"""A deletion in progress: a way to stop it at any time, and an account that adds up at its end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.pilot import Pilot

from artifact_tui.config.settings import Settings
from artifact_tui.demo.flavors import GHES_3_19
from artifact_tui.screens.dialogs.question import QuestionDialog
from artifact_tui.transfers.deletions.models import Deletion
from artifact_tui.widgets.status_bar import KeyLine
from tests.slow_cases import slow_but
from tests.ui.deleting import ask, confirm, delete, deleted, review
from tests.ui.each_key import each_key_of
from tests.ui.program import KESTREL, RECORDER, Program, open_with_keys, says, until

QUICK = Settings(delete_interval=0.0, delete_grace=0.0)
AT_LEISURE = Settings(delete_interval=0.0, delete_grace=3600.0)


def last(program: Program) -> Deletion:
    return program.app.deletions[-1]


async def finished(pilot: Pilot[int], program: Program) -> None:
    await until(pilot, lambda: program.app.deletions and last(program).finished)


def adds_up(program: Program, planned: int) -> bool:
    """The report's own sum, as it stands on the screen."""
    text = " ".join(program.text.split())
    found = re.search(
        r"(\d+) deleted \+ (\d+) already gone \+ (\d+) skipped \+ (\d+) failed \+ (\d+) not tried = (\d+)", text
    )
    assert found, program.text
    *parts, total = map(int, found.groups())
    return sum(parts) == total == planned


@each_key_of("app.stop_deletions")
async def test_nothing_is_sent_in_grace(key: str) -> None:
    """The countdown says so, and one key takes all of it back, wherever one is."""
    for leave in ([], ["escape"], ["escape", "w"]):
        program = Program(RECORDER, settings=AT_LEISURE)
        async with program.running("3", "space", "space") as pilot:
            asked = len(program.server.requests)
            await delete(pilot, program)
            await says(pilot, "Starts in ", " nothing has been sent yet; z stops it")
            await open_with_keys(pilot, *leave)
            if leave == ["escape"]:
                await says(pilot, "deleting 2 in ", ", z stops")
            await pilot.press(key)
            await finished(pilot, program)
            await open_with_keys(pilot, *(["escape"] if leave == ["escape", "w"] else []), *(["W"] if leave else []))
            await says(pilot, "Stopped nothing was deleted", "– not tried")
            assert adds_up(program, 2)
            sent = [request.path for request in program.server.requests[asked:]]
            assert not [path for path in sent if re.search(r"/artifacts/\d+$", path)]
        assert deleted(program) == []


async def test_of_expired_artifacts_only_what_is_known_is_said() -> None:
    """An Enterprise Server lists them; they cannot be downloaded, and their size is not counted."""
    program = Program(RECORDER, flavor=GHES_3_19, settings=QUICK)
    async with program.running("3", "space", "slash", *"expired", "enter", "space", "space") as pilot:
        await review(pilot, program)
        await says(
            pilot,
            "Expired 2 expired: can no longer be downloaded; the server removes the data by itself, so deleting only "
            "tidies the list",
        )
        await pilot.press("D")
        await says(pilot, "kB (2 expired not counted):")
    program = Program(RECORDER, flavor=GHES_3_19, settings=QUICK)
    async with program.running("3", "slash", *"expired", "enter") as pilot:
        await ask(pilot, program)
        await says(pilot, f"From {RECORDER}, all expired:")


@each_key_of("app.deletion")
async def test_the_last_deletion_can_be_shown_again(key: str) -> None:
    program = Program(RECORDER, settings=QUICK)
    async with program.running("3") as pilot:
        await pilot.press(key)
        assert program.screen.trail == (RECORDER, "All artifacts")
        await delete(pilot, program)
        await finished(pilot, program)
        await open_with_keys(pilot, "escape", key, key)
        assert program.screen.trail == (RECORDER, "Deletion")
        await open_with_keys(pilot, "escape")
        assert str(program.screen.query_one(KeyLine).render()).startswith("⏎ Open  ")
        assert program.screen.trail == (RECORDER, "All artifacts")


async def test_a_deletion_does_not_come_back_with_the_list_it_was_shown_over() -> None:
    program = Program(RECORDER, settings=QUICK)
    async with program.running("3") as pilot:
        await delete(pilot, program)
        await finished(pilot, program)
        await open_with_keys(pilot, "2", "W")
        assert program.screen.trail == (RECORDER, "Deletion")
        await open_with_keys(pilot, "3", "2")
        assert program.screen.trail == (RECORDER, "Runs")


@each_key_of("deletion.pause")
async def test_pause_and_go_on(key: str) -> None:
    program = Program(RECORDER, settings=Settings(delete_interval=0.0, delete_grace=5.0))
    async with program.running("3", "space", "space") as pilot:
        await delete(pilot, program)
        await pilot.press(key)
        await says(pilot, "Paused nothing is sent; Space resumes, x stops")
        assert deleted(program) == []
        await pilot.press(key)
        await finished(pilot, program)
        assert len(deleted(program)) == 2


@each_key_of("deletion.stop")
async def test_stop_after_the_current_one(key: str) -> None:
    """What is on its way is waited for; the rest is not tried."""
    program = Program(RECORDER, settings=QUICK)
    fault = program.server.fault("DELETE *", held=True)
    async with program.running("3", "space", "space", "space") as pilot:
        await delete(pilot, program)
        await until(pilot, lambda: deleted(program))
        await pilot.press(key)
        await says(pilot, "Stopping after the current request")
        fault.held = False
        await finished(pilot, program)
        await says(pilot, "Stopped 2 artifacts were not tried", "1 deleted + 0 already gone")
        await says(pilot, "Not tried 2 artifacts stay on GitHub. R retries until you quit;")
        assert adds_up(program, 3)
    assert len(deleted(program)) == 1


@each_key_of("deletion.retry")
async def test_try_one_again(key: str) -> None:
    """What has failed or was not tried, after the same question as ever."""
    program = Program(RECORDER, settings=QUICK)
    refusal = program.server.fault("DELETE *", status=404, body="{}", times=99)
    async with program.running("3") as pilot:
        await delete(pilot, program)
        await says(pilot, "This token can see the artifact but not delete it", "Actions: write")
        assert adds_up(program, 1)
        refusal.times = 0
        sent = len(deleted(program))
        await pilot.press(key)
        await says(pilot, "Delete 1 artifact?")
        assert len(deleted(program)) == sent
        await confirm(pilot, program)
        await says(pilot, "Finished", "✓ deleted")
        assert adds_up(program, 1)


async def test_leaving_the_screen_stops_nothing() -> None:
    """The status bar says how far it is, and what is gone leaves the list."""
    program = Program(RECORDER, settings=Settings(delete_interval=0.05, delete_grace=0.0))
    async with program.running("3", "a") as pilot:
        await ask(pilot, program)
        await confirm(pilot, program, "56")
        await open_with_keys(pilot, "escape")
        await says(pilot, "deleting")
        await finished(pilot, program)
        await until(pilot, lambda: program.summary.startswith("2 marked"))
    assert len(set(deleted(program))) == 56


async def test_filter_and_what_became_of_one() -> None:
    program = Program(RECORDER, settings=QUICK)
    async with program.running("3", "space", "space") as pilot:
        await delete(pilot, program)
        await finished(pilot, program)
        await pilot.press("slash", *"go-test", "enter")
        assert program.screen.table.row_count == 1
        await pilot.press("enter")
        await says(pilot, "go-test", "deleted")


async def test_the_end_of_a_deletion_is_honest_about_the_quota() -> None:
    program = Program("fernwood-labs/kestrel-studio", settings=QUICK)
    async with program.running("3", "s", "g", size=(120, 36)) as pilot:
        await delete(pilot, program)
        await finished(pilot, program)
        await says(
            pilot,
            "Freed 89.0 MB now",
            "Quota counted: GitHub adds up GB-hours across all private repositories of fernwood-labs, plus Packages; "
            "past usage stays counted until the month ends",
            "about 21 GB-hours less this month",
            "From sizes and expiry dates; GitHub's count may differ.",
        )


UNKNOWN = "unknown whether public repositories count; check the bill for fernwood-labs"
OWN_STORAGE = (
    "Quota no GitHub quota: this server keeps artifacts in its owner's storage, and deleting frees space there"
)


async def test_before_deleting_from_a_public_repository_the_quota_is_unknown_and_afterwards_too() -> None:
    program = Program(RECORDER, settings=QUICK)
    async with program.running("3", size=(120, 36)) as pilot:
        await review(pilot, program)
        await says(pilot, f"Quota {UNKNOWN} Storage Freed on the server immediately. The quota is recalculated every")
        await pilot.press("D")
        await confirm(pilot, program)
        await finished(pilot, program)
        await says(
            pilot,
            "Quota unknown: GitHub's documentation exempts public repositories and one bill from 2026 agrees, but some "
            "owners report refused uploads; check the bill for fernwood-labs Estimate less than 0.1 GB-hours",
        )


async def test_an_enterprise_server_has_no_quota() -> None:
    program = Program(RECORDER, flavor=GHES_3_19, settings=QUICK)
    async with program.running("3", size=(120, 36)) as pilot:
        await review(pilot, program)
        await says(pilot, OWN_STORAGE)
        assert "recalculated" not in program.text
        await pilot.press("D")
        await confirm(pilot, program)
        await finished(pilot, program)
        await says(pilot, OWN_STORAGE)
        assert "GB-hours" not in program.text


def program_in(directory: Path, settings: Settings = QUICK, repository: str = RECORDER) -> Program:
    """With a journal, as outside of the demo."""
    return Program(repository, settings=settings, journal=directory / "state" / "transfers.sqlite3")


@pytest.mark.parametrize(
    "keys", slow_but(1, [["tab", "enter"], ["tab", "tab", "enter"], ["enter"], ["escape"]]), ids="-".join
)
async def test_the_next_start_offers_to_go_on_or_forget(tmp_path: Path, keys: list[str]) -> None:
    """One of three is deleted; the others only after the same question as ever, and never once it is forgotten."""
    (tmp_path / "state").mkdir()
    program = program_in(tmp_path, Settings(delete_interval=3600.0, delete_grace=0.0))
    program.server.fault("DELETE *", delay=0.2, times=9)
    async with program.running("3", "space", "space", "space") as pilot:
        await delete(pilot, program)
        await until(pilot, lambda: deleted(program))
    first = deleted(program)
    assert len(first) == 1
    again = program_in(tmp_path)
    for number in first:
        again.server.store.delete_artifact(number)
    async with again.running() as pilot:
        await says(pilot, "1 unfinished deletion, 2 artifacts left · U")
        await pilot.press("U")
        await says(pilot, "Resume an earlier deletion?", "Unfinished deletion:", "of 3 artifacts of")
        await pilot.press(*keys)
        if keys == ["tab", "enter"]:
            await confirm(pilot, again)
            await finished(pilot, again)
            assert adds_up(again, 3)
            await says(pilot, "documentation exempts public repositories")
    assert len(deleted(again)) == (2 if keys == ["tab", "enter"] else 0)
    assert not set(first) & set(deleted(again))
    third = program_in(tmp_path)
    async with third.running() as pilot:
        await until(pilot, lambda: not [one for one in third.app.workers if one.group == "unfinished"])
        assert not isinstance(third.app.screen, QuestionDialog)
        assert bool(third.app.session.unfinished_deletions) is (keys in (["enter"], ["escape"]))
    assert deleted(third) == []


async def test_what_forks_made_is_said_before_one_goes_on(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    program = program_in(tmp_path, AT_LEISURE, KESTREL)
    async with program.running("3", "slash", *"coverage branch:explain-bytes", "enter") as pilot:
        await delete(pilot, program)
    again = program_in(tmp_path, AT_LEISURE)
    async with again.running() as pilot:
        await says(pilot, "1 unfinished deletion, 1 artifact left · U")
        await pilot.press("U")
        await says(pilot, "Resume an earlier deletion?")
        await pilot.press("tab", "enter")
        await says(pilot, "Delete 1 artifact?", "1 is from a fork.")
    assert deleted(again) == []


async def test_read_only_offers_no_deletion_to_go_on_with(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    program = program_in(tmp_path, AT_LEISURE)
    async with program.running("3") as pilot:
        await delete(pilot, program)
    again = program_in(tmp_path, Settings(read_only=True))
    async with again.running("w") as pilot:
        await pilot.press("U", "W", "z")
        assert "earlier deletion" not in again.text
    assert {request.method for request in again.server.requests} == {"GET"}
