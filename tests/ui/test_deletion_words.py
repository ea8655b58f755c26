"""A deletion in words, in every state and with every outcome; and how that looks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from textual.pilot import Pilot

from artifact_tui.demo.data import load_world
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.screens.deletion import report as deletion_words
from artifact_tui.screens.deletion.progress import DeletionScreen
from artifact_tui.storage.quota import Saving
from artifact_tui.transfers.deletions.models import Deletion, DeletionState
from artifact_tui.transfers.models import Kind, Outcome, State, Transfer
from artifact_tui.widgets.status_bar import activity_line, ending_line
from tests.slow_cases import slow_but
from tests.ui.program import KESTREL, RECORDER, Program, open_with_keys
from tests.ui.sizes import SIZES

REPOSITORY = RepositoryName("fernwood-labs", "kestrel")
CALM = Deletion(
    number=1,
    repositories=(REPOSITORY,),
    ids=tuple(range(1, 13)),
    state=DeletionState.RUNNING,
    planned=12,
    bytes_planned=412_000_000,
)
Compare = Callable[..., bool]


@pytest.mark.parametrize(
    ("changes", "said", "in_the_status_bar"),
    [
        (
            {"state": "grace", "seconds_left": 4.2},
            "Starts in 0:04  nothing has been sent yet",
            "deleting 12 in 0:04, z stops",
        ),
        ({"state": "downloading"}, "Downloading first", "downloading before deleting 12"),
        ({"done": 3, "seconds_left": 9.0}, "Deleting  one after the other", "deleting 3 of 12"),
        (
            {"state": "waiting", "seconds_left": 61.0, "problem": "Told to wait."},
            "Waiting 1:01  Told to wait.",
            "deleting, waiting: 0 of 12",
        ),
        ({"state": "paused"}, "Paused  nothing is sent; Space resumes, x stops", "deleting, paused: 0 of 12"),
        ({"state": "stopping"}, "Stopping  after the current request", "deleting, stopping: 0 of 12"),
        ({"state": "finished", "done": 12}, "Finished", ""),
        ({"state": "finished", "done": 1, "skipped": 11}, "Finished  11 artifacts skipped", ""),
        (
            {"state": "finished", "done": 9, "skipped": 1, "failed": 2},
            "Finished  1 artifact skipped, 2 artifacts failed",
            "",
        ),
        ({"state": "finished", "done": 2, "not_tried": 10}, "Stopped  10 artifacts were not tried", ""),
        ({"state": "finished", "not_tried": 12}, "Stopped  nothing was deleted", ""),
        (
            {"state": "finished", "failed": 1, "not_tried": 11, "problem": "No right.", "next_step": "Get it."},
            "Stopped  No right.",
            "",
        ),
    ],
)
def test_where_it_stands(changes: dict[str, Any], said: str, in_the_status_bar: str) -> None:
    state = DeletionState(changes.pop("state", "running"))
    deletion = replace(CALM, state=state, **changes)
    assert deletion_words.standing(deletion).plain.startswith(said)
    assert activity_line((), (deletion,)) == in_the_status_bar


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"done": 15, "skipped": 161}, "━━╸───────────────────────────  15 of 176 deleted  90 B of 176 B freed"),
        ({"done": 176}, "━━━━━━━━━━━━━━━  176 of 176 deleted  90 B of 176 B freed"),
        ({"done": 11, "already_gone": 4, "skipped": 161}, "15 of 176 gone  "),
        ({"skipped": 176}, "──────────────────  0 of 176 deleted"),
    ],
)
def test_what_was_skipped_is_not_shown_as_done(changes: dict[str, Any], said: str) -> None:
    deletion = replace(CALM, state=DeletionState.FINISHED, planned=176, bytes_planned=176, bytes_freed=90, **changes)
    assert said in deletion_words.progress(deletion, 70).plain
    assert deletion_words.reached(deletion) in said


def test_the_message_at_the_end_tells_skipped_from_failed() -> None:
    ended_ones = (ended(1, Outcome.DELETED), ended(2, Outcome.SKIPPED), ended(3, Outcome.FAILED))
    assert " · 1 artifact skipped, W shows why · 1 failed, w shows why" in ending_line(ended_ones)
    assert ending_line((*ended_ones, ended(4, Outcome.NOT_TRIED))).endswith(" · 1 not tried, W shows them")
    assert ending_line((ended(4, Outcome.NOT_TRIED),)) == "Nothing was deleted"


@given(st.lists(st.integers(0, 9999), min_size=5, max_size=5))
def test_the_report_adds_up(counts: list[int]) -> None:
    done, gone, skipped, failed, not_tried = counts
    deletion = replace(
        CALM,
        state=DeletionState.FINISHED,
        planned=sum(counts),
        done=done,
        already_gone=gone,
        skipped=skipped,
        failed=failed,
        not_tried=not_tried,
    )
    told = dict(deletion_words.report(deletion, Saving(this_month=3, in_all=9), "unknown"))
    left, _, right = told["Total"].replace(",", "").partition(" = ")
    assert sum(int(part.split()[0]) for part in left.split(" + ")) == int(right.split()[0])
    assert ("Estimate" in told) == bool(done)


@pytest.mark.parametrize(
    ("saving", "said"),
    [
        (
            Saving(this_month=57.4, in_all=1204.2),
            "about 57 GB-hours less this month (81.6 MiB on average) and 1,204 in all",
        ),
        (Saving(this_month=0.01, in_all=0.02), "less than 0.1 GB-hours"),
        (Saving(this_month=4.0, in_all=4.0, without_expiry=3), "3 without a known expiry count for this month only"),
    ],
)
def test_the_estimate_says_that_it_is_one(saving: Saving, said: str) -> None:
    told = dict(deletion_words.report(replace(CALM, done=1), saving, "unknown"))["Estimate"]
    assert said in told
    assert "GitHub's count may differ." in told or told == "less than 0.1 GB-hours"


def one(number: int, **fields: Any) -> Transfer:
    made = load_world().artifacts[number * 7]
    artifact = Artifact(id=made.id, name=made.name, size_in_bytes=made.size)
    return Transfer(id=number, kind=Kind.DELETE, repository=REPOSITORY, artifact=artifact, **fields)


def ended(number: int, outcome: Outcome, problem: str = "", next_step: str = "") -> Transfer:
    state = {Outcome.NOT_TRIED: State.CANCELLED, Outcome.DELETED: State.DONE, Outcome.ALREADY_GONE: State.DONE}
    return one(number, state=state.get(outcome, State.FAILED), outcome=outcome, problem=problem, next_step=next_step)


CHANGED = "Skipped: changed since review: it now has 4.2 MB instead of 3.1 MB."
BEGUN = (*(ended(number, Outcome.DELETED) for number in range(1, 5)), ended(5, Outcome.ALREADY_GONE))
WAITING = (
    *BEGUN,
    one(6, state=State.WAITING, problem="GitHub asks to wait."),
    *(one(number) for number in range(7, 13)),
)
UNDER_WAY = (*BEGUN, one(6, state=State.DELETING, tries=1), *(one(number) for number in range(7, 13)))
EVERY_OUTCOME = (
    *BEGUN,
    ended(6, Outcome.SKIPPED, CHANGED, "Refresh the list and review it again."),
    ended(7, Outcome.DELETED),
    ended(8, Outcome.FAILED, "This token can see the artifact but not delete it.", "Use one with Actions: write."),
    *(ended(number, Outcome.NOT_TRIED, "Not tried: This token may not delete.") for number in range(9, 13)),
)
SCENES = {
    "grace": (
        replace(CALM, state=DeletionState.GRACE, seconds_left=4.0),
        tuple(one(number) for number in range(1, 13)),
    ),
    "running": (replace(CALM, done=4, already_gone=1, bytes_freed=151_000_000, seconds_left=9.0), UNDER_WAY),
    "waiting": (
        replace(
            CALM,
            state=DeletionState.WAITING,
            done=4,
            already_gone=1,
            bytes_freed=151_000_000,
            seconds_left=42.0,
            problem="GitHub asks to wait: too many changes a minute.",
        ),
        WAITING,
    ),
    "finished": (
        replace(
            CALM,
            state=DeletionState.FINISHED,
            done=5,
            already_gone=1,
            skipped=1,
            failed=1,
            not_tried=4,
            bytes_freed=172_000_000,
            problem="This token can see the artifact but not delete it.",
            next_step="Use a token with the permission Actions: write.",
        ),
        EVERY_OUTCOME,
    ),
}


@SIZES
@pytest.mark.parametrize("scene", SCENES)
def test_a_deletion(snap_compare: Compare, scene: str, size: tuple[int, int]) -> None:
    """Each moment of one, from the countdown to the account."""
    deletion, transfers = SCENES[scene]
    program = Program(KESTREL)

    async def show(pilot: Pilot[Any]) -> None:
        await open_with_keys(pilot)
        program.app.push_screen(DeletionScreen(program.app.session, deletion))
        await pilot.pause()
        program.app.transfers = transfers
        program.app.deletions = (deletion,)
        await pilot.pause()

    assert snap_compare(program.app, terminal_size=size, run_before=show)


def reviewing(program: Program, *keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def show(pilot: Pilot[Any]) -> None:
        await open_with_keys(
            pilot, "3", "slash", *"age<9d", "enter", "a", "escape", "slash", *"kestrel", "enter", "D", *keys
        )

    return show


@SIZES
@pytest.mark.parametrize(
    "keys",
    slow_but(2, [["j", "enter", "j", "j"], ["D"], ["n"], [], ["j", "u"]]),
    ids=["unfolded", "question with a count", "dry run", "protected", "unprotected"],
)
def test_review(snap_compare: Compare, keys: list[str], size: tuple[int, int]) -> None:
    """Of a week's artifacts, most of them hidden by a filter, some protected, some of forks."""
    program = Program(KESTREL)
    assert snap_compare(program.app, terminal_size=size, run_before=reviewing(program, *keys))


@SIZES
@pytest.mark.parametrize("keys", [["D"], ["D", "D"], ["D", "space"]], ids=["loaded", "question", "nothing left"])
def test_review_of_one(snap_compare: Compare, keys: list[str], size: tuple[int, int]) -> None:
    program = Program(RECORDER)

    async def show(pilot: Pilot[Any]) -> None:
        await open_with_keys(pilot, "3", *keys)

    assert snap_compare(program.app, terminal_size=size, run_before=show)


@SIZES
def test_review_before_protection_is_known(snap_compare: Compare, size: tuple[int, int]) -> None:
    program = Program(RECORDER)
    program.server.fault(f"GET /repos/{RECORDER}", delay=60.0)

    async def show(pilot: Pilot[Any]) -> None:
        await open_with_keys(pilot, "3", "space", "space")
        await pilot.press("D")
        await pilot.pause()

    assert snap_compare(program.app, terminal_size=size, run_before=show)


@SIZES
@pytest.mark.parametrize("keys", [["K"], ["K", "down", "down", "down"]], ids=["expired", "newest"])
def test_policies(snap_compare: Compare, keys: list[str], size: tuple[int, int]) -> None:
    program = Program(KESTREL)

    async def show(pilot: Pilot[Any]) -> None:
        await open_with_keys(pilot, "3", *keys)

    assert snap_compare(program.app, terminal_size=size, run_before=show)
