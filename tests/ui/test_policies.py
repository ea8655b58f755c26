"""Policies mark, and do nothing else."""

from __future__ import annotations

import pytest

from artifact_tui.config.settings import Settings
from artifact_tui.demo.flavors import GHES_3_19, GITHUB, GITHUB_UNTIL_SEPTEMBER, Flavor
from artifact_tui.domain.artifact_filter import read_span
from artifact_tui.domain.policies import BiggerThan, Expired, KeepNewest, OlderThan, Policy
from artifact_tui.screens.artifacts.screen import ArtifactsScreen
from artifact_tui.screens.dialogs.policy import CHOICES, PolicyDialog
from tests.slow_cases import slow_but
from tests.ui.deleting import delete, deleted, review, review_of
from tests.ui.each_key import each_key_of
from tests.ui.program import KESTREL, NOW, RECORDER, Keyboard, Program, open_with_keys, says, send, until


def marked(program: Program) -> set[int]:
    return {int(str(number)) for number in program.screen.table.marks}


def span(text: str) -> OlderThan:
    found = read_span(text)
    assert found is not None
    return OlderThan(found)


@each_key_of("artifacts.policies")
@pytest.mark.parametrize(
    ("keys", "policy"),
    slow_but(
        3,
        [
            ([], Expired()),
            (["down", *"45d"], span("45d")),
            (["down", "down", "down", "down", "ctrl+u", *"1"], KeepNewest(1, by_branch=True)),
            (["down"], span("30d")),
            (["down", "end", "backspace", "backspace", "backspace", *"2w"], span("14d")),
            (["down", "down"], BiggerThan(100_000_000)),
            (["down", "down", "ctrl+u", *"500k"], BiggerThan(500_000)),
            (["down", "down", "down"], KeepNewest(3)),
            (["down", "down", "up", "up"], Expired()),
            ([*"j60d"], Expired()),
        ],
    ),
    ids=str,
)
async def test_what_a_policy_names_is_marked(key: str, keys: list[str], policy: Policy) -> None:
    """The count stands there before; nothing is asked of the server."""
    program = Program(KESTREL, flavor=GITHUB_UNTIL_SEPTEMBER)
    async with program.running("3") as pilot:
        everything = program.screen.table.items
        named = policy.choose(everything, NOW)
        asked = len(program.server.requests)
        await open_with_keys(pilot, key, *keys)
        await says(pilot, f" {len(named):,} ")
        await pilot.press("enter")
        assert marked(program) == named
        assert len(program.server.requests) == asked
    assert deleted(program) == []


@pytest.mark.parametrize(
    ("flavor", "said"),
    [
        (GITHUB, "GitHub has not listed expired artifacts since September 2026;"),
        (GHES_3_19, "expired: can no longer be downloaded; the server removes the"),
    ],
    ids=["cloud", "server"],
)
async def test_the_policy_for_expired_artifacts_says_what_is_known_of_them(flavor: Flavor, said: str) -> None:
    program = Program(RECORDER, flavor=flavor)
    async with program.running("3", "K", size=(120, 36)) as pilot:
        await says(pilot, said)


async def test_read_only_says_that_marks_lead_to_no_deletion() -> None:
    program = Program(RECORDER, settings=Settings(read_only=True))
    async with program.running("3", "K") as pilot:
        await says(pilot, "Read-only mode: nothing is")


async def test_only_what_the_filter_shows_is_looked_at() -> None:
    """And marks that are there stay."""
    program = Program(RECORDER)
    async with program.running("3", "space") as pilot:
        before = marked(program)
        await pilot.press("slash", *"go-test", "enter", "K", "down", "down", "down")
        await says(
            pilot,
            "Marks out of the 29 artifacts that the filter shows.",
            "Nothing is",
            "deleted: D reviews marked artifacts.",
        )
        await pilot.press("enter")
        named = KeepNewest(3).choose(program.screen.table.items, NOW)
        assert marked(program) == before | named
        await review(pilot, program)
        assert {one.id for one in review_of(program).planned} == before | named
    assert deleted(program) == []


NOTHING = "K", "down", "down", *"900G", "enter"
"""A policy that matches no artifact."""


async def test_delete_right_after_a_policy_that_marked_nothing_takes_no_row() -> None:
    """However the keys come; on another row, or after a mark, it is meant."""
    program = Program(RECORDER)
    async with program.running("3", "j") as pilot:
        send(program.app, *NOTHING, "D", "D")
        await says(pilot, "No artifact matches this policy. Space marks")
        await pilot.press("K", "escape", "i", "D")
        assert program.screen.trail == (RECORDER, "All artifacts")
        await pilot.press("j", "D")
        await says(pilot, f"{RECORDER} › Review")
        await pilot.press("escape", *NOTHING, "space", "D")
        await says(pilot, f"{RECORDER} › Review")


async def test_a_policy_that_marks_nothing_leaves_earlier_marks_and_says_so() -> None:
    program = Program(RECORDER)
    async with program.running("3", "space", *NOTHING) as pilot:
        await says(pilot, "No artifact matches this policy. 1 earlier mark")
        assert len(marked(program)) == 1
        await pilot.press("D")
        await says(pilot, f"{RECORDER} › Review")


async def test_delete_right_after_all_marks_were_deleted_takes_no_row() -> None:
    """Whoever deleted several believes that the next D is about marks too."""
    program = Program(RECORDER, settings=Settings(delete_interval=0.0, delete_grace=0.0))
    async with program.running("3", "j", "j", "j", "j", "space", "space") as pilot:
        await delete(pilot, program)
        await until(pilot, lambda: len(deleted(program)) == 2)
        await says(pilot, "2 deleted + 0 already gone")
        await pilot.press("escape", "D")
        await says(pilot, "The marked artifacts are no longer in the list. Space marks the row")
        assert program.screen.trail == (RECORDER, "All artifacts")
    assert len(deleted(program)) == 2


async def test_a_policy_over_an_empty_list_says_so() -> None:
    program = Program(RECORDER)
    async with program.running("3", "slash", *"no-such-name", "enter", "K") as pilot:
        await says(pilot, "No row matches the filter. Esc clears it.")


async def test_a_policy_over_a_list_that_loads_says_so() -> None:
    program = Program(RECORDER)
    program.server.fault("GET */artifacts", held=True, times=99)
    async with program.app.run_test(notifications=True):
        pilot = Keyboard(program.app)
        await open_with_keys(pilot)
        await pilot.press("3")
        await until(pilot, lambda: isinstance(program.app.screen, ArtifactsScreen) and program.screen.loading_rows)
        await pilot.press("K")
        await says(pilot, "The list is still loading.")


MEANINGLESS = (
    (1, "soon", "This needs a time, such as 30d, 6w or 3mo."),
    (2, "huge", "This needs a size, such as 500k, 100M or 2G."),
    (3, "-1", "This needs a number."),
    (4, "", "This needs a number."),
)


async def test_a_value_that_means_nothing_marks_nothing() -> None:
    program = Program(RECORDER)
    async with program.running("3") as pilot:
        for place, typed, said in MEANINGLESS:
            await open_with_keys(pilot, "K", *["down"] * place, "ctrl+u", *typed)
            await says(pilot, said)
            await pilot.press("enter")
            assert isinstance(program.app.screen, PolicyDialog), typed
            await pilot.press("escape")
            assert not program.screen.table.marks, typed


async def test_each_policy_keeps_its_value() -> None:
    program = Program(RECORDER)
    async with program.running("3", "K", "down", "ctrl+u", *"6w", "down", "up") as pilot:
        await says(pilot, "Older than 6w")
        await until(pilot, lambda: program.app.screen.query_one("#value").value == "6w")  # type: ignore[attr-defined]  # an Input


def test_every_choice_begins_with_a_value_that_means_something() -> None:
    assert all(choice.read(choice.value) is not None for choice in CHOICES)
