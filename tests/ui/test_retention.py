"""The retention is set only after a clear yes, to exactly the days that the dialog shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Button, Static

from artifact_tui.config.settings import Settings
from artifact_tui.demo import flavors
from artifact_tui.demo.flavors import Flavor
from artifact_tui.domain.models import Artifact, HostKind, RepositoryName
from artifact_tui.domain.storage_models import Retention
from artifact_tui.screens.storage.retention_dialog import RetentionDialog
from artifact_tui.screens.storage.retention_flow import NO_UNDO, UNDO
from artifact_tui.screens.storage.screen import StorageScreen
from artifact_tui.storage.retention import NOT_SUPPORTED, UNKNOWN, ListedArtifacts, RetentionTarget, target_of
from tests.double import faults
from tests.slow_cases import slow_but
from tests.ui.each_key import keys_of
from tests.ui.program import KESTREL, NOW, SMALL, Program, loaded, open_with_keys, says, send, text_of, until
from tests.ui.retention import SET, ask, drawn, press_at_once, press_calmly

SETTING = "*/artifact-and-log-retention"
MORE, LESS, (RESTORE,) = keys_of("retention.more"), keys_of("retention.less"), keys_of("storage.undo")
PATH = "/repos/fernwood-labs/kestrel/actions/permissions/artifact-and-log-retention"


@pytest.fixture
def program() -> Program:
    return Program(KESTREL)


def told(dialog: RetentionDialog) -> str:
    """The sentences of the dialog, without its frame."""
    return " ".join(" ".join(str(part.render()).split()) for part in dialog.query(Static))


async def settled(pilot: Pilot[int], program: Program) -> None:
    """Until it is certain what a key has done."""
    dialog = program.app.screen
    await pilot.pause(0)
    if isinstance(dialog, RetentionDialog):
        await until(pilot, lambda: not dialog.is_confirming)
    await loaded(pilot)


async def set_days(pilot: Pilot[int], program: Program, *keys: str) -> None:
    """Open the dialog, type the days, confirm them, and wait for the result."""
    dialog = await ask(pilot, program)
    await press_calmly(pilot, program, *keys, SET)
    await until(pilot, lambda: program.app.screen is not dialog)
    await until(pilot, lambda: not [one for one in program.app.workers if one.group == "retention"])


def bodies(program: Program) -> list[bytes]:
    return [request.body for request in program.server.requests if request.method == "PUT"]


async def test_a_clear_yes_sets_exactly_the_days_that_are_shown(program: Program) -> None:
    """They are read back, and the pane shows them."""
    async with program.running("4") as pilot:
        await set_days(pilot, program, "1", "5", *MORE, *LESS)
        await says(pilot, "kestrel: new artifacts are kept for 15 days, before for 90 days.", "15 d for new artifacts")
    assert bodies(program) == [b'{"days":15}']
    assert program.sent("PUT") == [PATH]
    order = [request.method for request in program.server.requests if request.path == PATH]
    assert order[order.index("PUT") + 1] == "GET"


async def test_tab_reaches_the_button_and_enter_presses_it_there(program: Program) -> None:
    async with program.running("4") as pilot:
        dialog = await ask(pilot, program)
        await press_calmly(pilot, program, "7", "tab", "enter")
        await until(pilot, lambda: program.app.screen is not dialog)
        await until(pilot, lambda: bodies(program) == [b'{"days":7}'])


@pytest.mark.parametrize(
    "keys",
    slow_but(
        2,
        [
            ["7", "enter"],
            ["7", "tab", "tab", "enter"],
            ["7", "escape"],
            ["7", "D", "E", "y", "space", "R", "delete"],
            ["S"],
            ["0", "S"],
            ["9", "1", "S"],
            ["backspace", "backspace", "S"],
        ],
    ),
    ids="-".join,
)
async def test_anything_but_a_clear_yes_sets_nothing(program: Program, keys: list[str]) -> None:
    """The keyboard is on Cancel; days that are not allowed, or the present ones, cannot be set."""
    async with program.running("4") as pilot:
        await ask(pilot, program)
        await press_calmly(pilot, program, *keys)
        await settled(pilot, program)
    assert bodies(program) == []


BURSTS = {
    "opening and confirming": ["R", "7", "S"],
    "the opening key held down": ["R"] * 60,
    "a paste without brackets": [*"R7S the quick brown fox R7S jumps over the lazy dog S7 " * 5],
    "a reply with letters": [*"]11;rgb:7777/SSSS/RRRR"],
    "cursor keys cut in two": ["R", "escape", *"[B", "escape", *"[A", "S"],
}


@pytest.mark.parametrize("keys", slow_but(2, BURSTS.values()), ids=BURSTS.keys())
async def test_keys_that_come_at_once_set_nothing(program: Program, keys: list[str]) -> None:
    async with program.running("4") as pilot:
        for _ in range(2):
            send(program.app, *keys)
            await pilot.pause(0)
            await program.app.type_ahead.idle()
        await settled(pilot, program)
    assert bodies(program) == []


async def test_bursts_and_pastes_into_the_open_dialog_set_nothing(program: Program) -> None:
    """Whatever stands around the key that confirms; and what a paste holds is not typed."""
    async with program.running("4") as pilot:
        dialog = await ask(pilot, program)
        await press_calmly(pilot, program, "7")
        for burst in (["S", "S"], ["8", "S"], ["S", "8"], [*"reSet"], ["S"] * 4):
            await press_at_once(pilot, program, *burst)
            await settled(pilot, program)
            assert program.app.screen is dialog
        dialog.post_message(Paste("5S"))
        await settled(pilot, program)
        assert dialog.days in {7, 8}
    assert bodies(program) == []


async def test_the_dialog_tells_what_the_days_change_as_they_are_typed(program: Program) -> None:
    async with program.running("4") as pilot:
        dialog = await ask(pilot, program)
        assert dialog.query_one("#set", Button).disabled
        assert "1 repository; fernwood-labs allows at most 90 days. kestrel 90 d levels off at" in told(dialog)
        assert "also removes" not in told(dialog)
        await press_calmly(pilot, program, "7")
        for words in (
            "kestrel 90 d → 7 d levels off at",
            "This setting also removes logs, workflow runs, checks and commit statuses after 7 days. Existing items "
            "keep their expiry date. Workflows that request more get 7 days:",
        ):
            assert words in told(dialog)
        await press_calmly(pilot, program, "down", "left")
        assert "kestrel 90 d → 5 d" in told(dialog)
        assert str(dialog.query_one("#set", Button).label) == "Set 5 days in 1 repository"
        await press_calmly(pilot, program, *"500", "S")
        assert "Type a number from 1 to 90." in told(dialog)


async def test_a_list_that_broke_off_tells_no_effect(program: Program) -> None:
    program.server.fault("GET */actions/artifacts", times=99, **faults.UNICORN)
    async with program.running("4") as pilot:
        dialog = await ask(pilot, program)
        await press_calmly(pilot, program, "7")
        assert UNKNOWN in told(dialog)
        assert "levels off" not in told(dialog)


async def test_afterwards_the_older_artifacts_are_offered_and_k_marks_them(program: Program) -> None:
    async with program.running("4") as pilot:
        await set_days(pilot, program, "7")
        await until(pilot, lambda: "are already older than 7 days. Press K to mark them." in spoken(program))
        number = next(text for text in spoken(program).splitlines() if "Press K" in text).split()[0]
        await pilot.press("K", "enter")
        await until(pilot, lambda: f"{number} marked" in program.summary)


def spoken(program: Program) -> str:
    """What the notifications say."""
    return "\n".join(str(one.message) for one in program.app._notifications)


async def test_u_restores_the_value_before_within_ten_seconds(program: Program, tmp_path: Path) -> None:
    """The log has both changes, each before it was sent and with its result; two writes are a second apart."""
    now, slept = [100.0], list[float]()
    program = Program(KESTREL, journal=tmp_path / "transfers.sqlite")

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    program.app.session.sleep = sleep
    async with program.running("4") as pilot:
        storage = screen_of(program)
        storage.retention_flow.clock = lambda: now[0]
        await set_days(pilot, program, "7")
        now[0] += 0.25
        await pilot.press(RESTORE)
        await says(pilot, "kestrel: new artifacts are kept for 90 days, before for 7 days.")
        await pilot.press(RESTORE)
        await until(pilot, lambda: NO_UNDO in spoken(program))
        now[0] += 2
        await set_days(pilot, program, "8")
        now[0] += UNDO
        await pilot.press(RESTORE)
        await pilot.pause(0)
        await loaded(pilot)
    assert bodies(program) == [b'{"days":7}', b'{"days":90}', b'{"days":8}']
    assert slept == [0.75]
    lines = [json.loads(line) for line in (tmp_path / "settings.jsonl").read_text().splitlines()]
    told = [(line["repository"], line["before"], line["days"], line["result"]) for line in lines]
    assert told == [(KESTREL, *values, result) for values in ((90, 7), (7, 90), (90, 8)) for result in ("sent", "set")]


def screen_of(program: Program) -> StorageScreen:
    assert isinstance(program.app.screen, StorageScreen)
    return program.app.screen


async def test_nothing_is_sent_if_the_value_before_cannot_be_kept(tmp_path: Path) -> None:
    program = Program(KESTREL, journal=tmp_path / "transfers.sqlite")
    (tmp_path / "settings.jsonl").mkdir()
    async with program.running("4") as pilot:
        await set_days(pilot, program, "7")
        await until(pilot, lambda: "kestrel: not set." in spoken(program))
    assert bodies(program) == []


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"status": 403, "body": '{"message": "Must have admin rights to Repository."}'}, "kestrel: not allowed. "),
    ({"status": 404, "body": "{}"}, "kestrel: gone. "),
    (
        {"status": 422, "body": '{"message": "Set by the enterprise."}'},
        "refused. The server does not accept this value.",
    ),
    ({"status": 422, "body": '{"message": "Set by the enterprise."}'}, "The server says: “Set by the enterprise.”"),
    ({"status": 502, "body": ""}, "kestrel: not set. github.com returned an error (status 502)."),
]


@pytest.mark.parametrize(("trouble", "words"), slow_but(2, REFUSALS))
async def test_a_refusal_is_told_in_the_servers_words_and_sent_once(
    program: Program, trouble: dict[str, Any], words: str
) -> None:
    program.server.fault(f"PUT {SETTING}", **trouble)
    async with program.running("4") as pilot:
        await set_days(pilot, program, "7")
        await until(pilot, lambda: words in spoken(program))
        assert "Press K" not in spoken(program)
    assert bodies(program) == [b'{"days":7}']


async def test_a_lost_answer_is_settled_by_reading_the_value(program: Program) -> None:
    """The server has set it, although its answer was an error."""
    program.server.fault(f"PUT {SETTING}", status=502, body="")
    async with program.running("4") as pilot:
        await ask(pilot, program)
        kestrel = program.server.store.repository(KESTREL)
        assert kestrel is not None
        program.server.store.retention[kestrel.id] = 9
        await press_calmly(pilot, program, "9", "S")
        await until(pilot, lambda: "kestrel: new artifacts are kept for 9 days" in spoken(program))


@pytest.mark.parametrize(
    ("flavor", "words"),
    [(flavors.GHES_3_19, "Logs are also removed after 7 days."), (flavors.GHES_3_17, NOT_SUPPORTED)],
    ids=["3.19", "3.17"],
)
async def test_enterprise_server_has_the_setting_from_3_19_on(flavor: Flavor, words: str) -> None:
    program = Program(KESTREL, flavor=flavor)
    async with program.running("4") as pilot:
        if flavor.retention:
            dialog = await ask(pilot, program)
            await press_calmly(pilot, program, "7")
            assert f"{words} Existing items keep their expiry date." in told(dialog)
        else:
            await pilot.press("R")
            await until(pilot, lambda: words in spoken(program))
            assert isinstance(program.app.screen, StorageScreen)
    assert bodies(program) == []


async def test_read_only_mode_has_no_key_and_no_write() -> None:
    program = Program(KESTREL, settings=Settings(read_only=True))
    async with program.running("4") as pilot:
        assert "R Retention" not in text_of(program.app)
        await open_with_keys(pilot, "R", "u")
        assert isinstance(program.app.screen, StorageScreen)
        assert "Read-only mode: nothing is changed." in spoken(program)
    assert {request.method for request in program.server.requests} == {"GET"}


def test_the_dialog_looks_as_in_the_mock_up(snap_compare: Callable[..., bool]) -> None:
    """Two repositories in 80 columns, with the days typed."""
    studio = (("release-bundle", 90, 80), ("dist", 30, 20), ("docs", 7, 1))
    infrastructure = (("bench-baseline", 90, 10), ("plan", 21, 1), ("state", 14, 1))
    dialog = RetentionDialog(
        [a_target("kestrel-studio", 90, studio), a_target("infrastructure", 30, infrastructure)],
        HostKind.GITHUB,
        NOW,
        "S",
    )
    program = Program(KESTREL)

    async def run(pilot: Pilot[Any]) -> None:
        await loaded(pilot)
        program.app.push_screen(dialog)
        await drawn(pilot, program)
        await press_calmly(pilot, program, "7")

    assert snap_compare(program.app, terminal_size=SMALL, run_before=run)


def a_target(name: str, days: int, uploads: Sequence[tuple[str, int, int]]) -> RetentionTarget:
    """A repository with one upload a day of each name, kept so many days, of so many megabytes."""
    created = [NOW.timestamp() - hour * 3600 for hour in range(1, 7 * 24, 24)]
    artifacts = [
        Artifact(id=n, name=upload, size_in_bytes=megabytes * 10**6, created=at, expires=at + kept * 86_400)
        for n, (at, (upload, kept, megabytes)) in enumerate(product(created, uploads))
    ]
    setting = Retention(days=days, maximum_allowed_days=400)
    return target_of(RepositoryName("fernwood-labs", name), setting, ListedArtifacts(artifacts), NOW)
