"""The Storage screen of an owner: its repositories, the scan, the bill, and what its keys do."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from artifact_tui.config.settings import Columns, Settings
from artifact_tui.demo.flavors import GHES_3_17, GITHUB
from artifact_tui.demo.large_owner import large_world
from artifact_tui.domain.models import RepositoryName
from artifact_tui.screens.deletion.confirm import ConfirmDialog
from artifact_tui.screens.deletion.review import ReviewScreen
from artifact_tui.screens.dialogs.detail import DetailDialog
from artifact_tui.screens.storage.owner_rows import OwnerRow, OwnerRowKind
from artifact_tui.screens.storage.owner_screen import OwnerStorageScreen
from artifact_tui.screens.storage.screen import StorageScreen
from tests.double import faults
from tests.double.faults import Fault
from tests.double.server import FakeGitHub, demo_world
from tests.slow_cases import slow_but
from tests.ui.deleting import answer, confirm, deleted, review_of
from tests.ui.each_key import each_key_of, keys_of
from tests.ui.program import NOW, RECORDER, Keyboard, Program, loaded, open_with_keys, says, until
from tests.ui.signing import signing_program

LISTS = "GET /repos/*/actions/artifacts"
USER = "mira-holm"


@pytest.fixture
def program() -> Program:
    return Program()


def owner(program: Program) -> OwnerStorageScreen:
    assert isinstance(program.app.screen, OwnerStorageScreen)
    return program.app.screen


def rows(program: Program) -> dict[str, OwnerRow]:
    return {row.label: row for row in owner(program).table.items}


def current(program: Program) -> str:
    row = owner(program).table.current
    assert row is not None
    return str(row.label)


def line_of(program: Program, label: str) -> str:
    return next(line for line in program.text.splitlines() if label in line)


def at_server(program: Program, name: str) -> int:
    """The bytes of the artifacts that the server lists for a repository."""
    store = program.server.store
    found = store.repository(name)
    assert found is not None
    return sum(one.size for one in store.repository_artifacts(found.id) if program.server.site.is_listed(one))


def lists_sent(program: Program) -> list[str]:
    """The requests for lists of artifacts."""
    return [path for path in program.sent("GET") if path.endswith("/actions/artifacts")]


def held(program: Program, after: int) -> Fault:
    """Hold the lists of artifacts after so many."""
    return program.server.fault(LISTS, held=True, skip=after, times=9999)


def large() -> Program:
    """The owner with 120 more repositories."""
    program = Program()
    program.server = FakeGitHub(GITHUB, world=large_world(demo_world()))
    return program


async def test_an_owner_opens_from_the_list_of_repositories_with_the_cursor_on_the_row(program: Program) -> None:
    """A repository opens below it; the cursor returns, and Esc leaves Storage."""
    async with program.running("j", "j") as pilot:
        repositories = program.app.screen
        name = program.app._places.current_repository
        await open_with_keys(pilot, "4")
        assert program.screen.trail == ("fernwood-labs", "Storage")
        assert current(program) == getattr(name, "name", "")
        await open_with_keys(pilot, "G", "k", "k", "k", "enter")
        assert isinstance(program.app.screen, StorageScreen)
        await open_with_keys(pilot, "backspace")
        assert current(program) == "fuzz-corpus"
        await open_with_keys(pilot, "4")
        await says(pilot, "You are already here.")
        await open_with_keys(pilot, "left")
        assert program.app.screen is repositories


@each_key_of("storage.owner")
async def test_a_repository_leads_to_its_owner_and_back(key: str) -> None:
    program = Program(RECORDER)
    async with program.running("4", key) as pilot:
        assert current(program) == "flight-recorder"
        await open_with_keys(pilot, "escape")
        assert isinstance(program.app.screen, StorageScreen)
        await open_with_keys(pilot, key, "g", "enter", key, "escape", "escape")
        assert program.screen.trail[-1] == "Runs"


async def test_rows_add_up_to_what_the_lists_of_artifacts_hold(program: Program) -> None:
    async with program.running("4"):
        assert program.summary == "6 of 8 read · 907 artifacts · 5.0 GB"
        *parts, everything = rows(program).values()
        sums = [row.usage.sums for row in parts]
        assert sum(one.live_bytes for one in sums) == everything.usage.sums.live_bytes
        assert sum(one.live_count for one in sums) == everything.usage.sums.live_count
        assert sum(row.caches or 0 for row in parts) == everything.caches
        for row in parts[:5]:
            assert row.usage.sums.live_bytes == at_server(program, f"fernwood-labs/{row.label}")
        assert line_of(program, "kestrel-studio").split() == (
            ["kestrel-studio", "████▓▓", "1.5", "GB", "30", "%", "33", "9.9", "GB", "90", "d"]
        )
        assert "1 empty" in rows(program)
        assert not [path for path in program.sent("GET") if path.endswith("/actions/cache/usage")]


async def test_the_bill_is_below_the_repositories(program: Program) -> None:
    async with program.running("4") as pilot:
        await says(
            pilot,
            "Bill for fernwood-labs, 1 to 19 November",
            "1,163 GB-hours, 2.6 GiB on average; currently listed: 4.7 GiB",
            "30 d ▄▄▅▅",
            "0.05 USD (0.39 less 0.34 included or discounted)",
            "kestrel-studio 0.05 USD, all others 0.00",
            "5 USD for Actions; once used up, uploads are refused",
        )


async def test_a_bill_that_cannot_be_read_says_why(program: Program) -> None:
    program.server.fault("GET /organizations/fernwood-labs/settings/billing/*", status=403, times=9)
    async with program.running("4") as pilot:
        await says(pilot, "Bill for fernwood-labs", "only owners of fernwood-labs can read its bill (403)")


async def test_an_enterprise_server_has_no_bill_and_no_retention() -> None:
    program = Program(flavor=GHES_3_17)
    async with program.running("4", size=(230, 24)) as pilot:
        await says(pilot, "no GitHub quota: this server keeps")
        assert "Expired" in program.text
        assert "░" in line_of(program, "kestrel-studio")
        assert not [path for path in program.sent("GET") if "billing" in path]


async def test_the_caches_of_a_user_are_requested_for_the_row_that_is_viewed(program: Program) -> None:
    async with program.running() as pilot:
        program.app._places.show_owner(RepositoryName(USER, "kestrel"))
        await open_with_keys(pilot)
        path = f"/repos/{USER}/kestrel/actions/cache/usage"
        await until(pilot, lambda: [one for one in program.sent("GET") if one.endswith("/cache/usage")] == [path])


async def test_without_a_token_no_request_needs_one(tmp_path: Path) -> None:
    program = signing_program(tmp_path)
    async with program.running("4", "A") as pilot:
        await says(pilot, "cannot read the bill for fernwood-labs without a token")
        assert isinstance(program.app.screen, OwnerStorageScreen)
        names = ("billing", "usage-by-repository", "cache", "artifact-and-log-retention")
        assert not [path for path in program.sent("GET") if any(name in path for name in names)]


AFTER = (0, 1, 3, 5, 8)


@pytest.mark.parametrize("after", slow_but(1, [3, *AFTER]))
async def test_esc_stops_the_scan_and_r_requests_only_the_rest(after: int, tmp_path: Path) -> None:
    """What was read stays, and is stored; what was not read says so."""
    program = Program(lists=tmp_path)
    fault = held(program, after)
    async with program.running() as pilot:
        await Keyboard(program.app).press("4")
        await until(pilot, lambda: len(lists_sent(program)) >= 6)
        await until(pilot, lambda: program.summary.startswith(f"{owner(program).list.read} of 8 read…"))
        assert ("Scan" in program.text, "Esc Stop" in program.text) == (True, True)
        await Keyboard(program.app).press("escape")
        read = owner(program).list.read
        assert program.summary.startswith(f"stopped · {read} of 8 read · ")
        await says(pilot, f"! {6 - read} not read", "not requested", "r Resume")
        fault.held = False
        done = {found.repository.full_name for found in owner(program).list.found if found.reading}
        before = len(lists_sent(program))
        await open_with_keys(pilot, "r")
        assert program.summary == "6 of 8 read · 907 artifacts · 5.0 GB"
        assert not [
            path for path in lists_sent(program)[before:] if path.split("/repos/")[1].split("/actions")[0] in done
        ]


async def test_a_scan_streams_its_rows() -> None:
    """A sum is a minimum until the last page; what is still to be read is a row too."""
    program = large()
    held(program, 10)
    async with program.running(size=(80, 36)) as pilot:
        await Keyboard(program.app).press("4")
        await says(
            pilot, "of 128 read…", "so far", " more", "GB-hours on the bill, then caches, then last push", "sent;"
        )
        assert rows(program)["All"].usage.is_part
        assert "+" in line_of(program, "wasm-port")


def test_the_look_of_an_owner(snap_compare: Callable[..., bool]) -> None:
    """After the scan, with the bill."""

    async def finished(pilot: Pilot[Any]) -> None:
        await open_with_keys(pilot, "4")

    assert snap_compare(Program().app, terminal_size=(80, 24), run_before=finished)


def test_the_look_of_a_scan(snap_compare: Callable[..., bool]) -> None:
    """Two are read, one in part, and others are still to be read."""
    program = Program()
    for page in range(2, 9):
        program.server.fault("GET /repos/fernwood-labs/kestrel/actions/artifacts", held=True, page=page, times=9999)
    for name in ("infrastructure", "flight-recorder", "fuzz-corpus"):
        program.server.fault(f"GET /repos/fernwood-labs/{name}/actions/artifacts", held=True, times=9999)

    async def scanning(pilot: Pilot[Any]) -> None:
        await open_with_keys(pilot)
        await Keyboard(program.app).press("4")
        await says(pilot, "2 of 8 read…", "90 d")
        known = program.app.connection  # the requests that are held are counted at any time
        assert known is not None
        assert known.rate_limit is not None
        program.app.connection = replace(known, rate_limit=replace(known.rate_limit, remaining=4_900))
        owner(program).show_details()

    assert snap_compare(program.app, terminal_size=(80, 24), run_before=scanning)


async def test_errors_stay_with_their_repositories() -> None:
    program = large()
    async with program.running("4", "G", "k") as pilot:
        assert program.summary.startswith("82 of 128 read · ")
        line = line_of(program, "3 not read")
        assert line.startswith("▌! 3 not read")
        assert "1 no permission, 1 withheld by law, 1 timed out" in line
        await open_with_keys(pilot, "enter")
        assert isinstance(program.app.screen, DetailDialog)
        await says(pilot, "sealed-vault The token lacks a permission.", "withdrawn", "slow-mirror")


@pytest.mark.slow
async def test_repositories_that_rest_are_scanned_on_request() -> None:
    program = large()
    async with program.running("4", "G", "k", "k") as pilot:
        assert current(program).startswith("43 not scanned: archived, or no push for 400 days")
        await open_with_keys(pilot, "enter")
        assert program.summary.startswith("125 of 128 read · ")


async def test_a_stored_scan_is_shown_at_once(tmp_path: Path) -> None:
    """An unchanged repository takes one request, and its figures stay meanwhile."""
    program = Program(lists=tmp_path)
    async with program.running("4") as pilot:
        await until(pilot, lambda: len([*tmp_path.glob("*.list")]) >= 2)
        await until(pilot, lambda: not owner(program)._storing.locked())
    again = Program(lists=tmp_path, clock=lambda: NOW + timedelta(hours=3))
    fault = held(again, 0)
    async with again.running() as pilot:
        await Keyboard(again.app).press("4")
        await says(pilot, "3 h old, refreshing… · 0 of 8 read…", "kestrel-studio")
        assert rows(again)["All"].usage.sums.live_count > 800
        fault.held = False
        await open_with_keys(pilot)
        assert again.summary.split(" · ")[0] == "6 of 8 read"
        assert len(lists_sent(again)) == 6


async def test_a_rate_limit_pauses_the_scan_and_says_until_when(program: Program) -> None:
    program.server.fault(LISTS, skip=4, times=999, **faults.SECONDARY_LIMIT)
    async with program.running() as pilot:
        await Keyboard(program.app).press("4")
        await says(pilot, "waiting until ", " of 8 read", "Waiting until ", "r retries now, Esc stops")
        program.server.faults.clear()
        await open_with_keys(pilot, "r")
        assert program.summary == "6 of 8 read · 907 artifacts · 5.0 GB"


def marked(program: Program) -> list[str]:
    table = owner(program).table
    return [row.label for row in table.items if row.key in table.marks]


@each_key_of("owner.mark")
async def test_mark_a_repository_and_move_on(program: Program, key: str) -> None:
    """A sum cannot be marked; Esc removes the marks before it leaves."""
    async with program.running("4", key, key) as pilot:
        assert marked(program) == ["kestrel", "kestrel-studio"]
        await says(pilot, "2 repositories, 739 artifacts, 4.9 GB; press D to review")
        await open_with_keys(pilot, "G", key)
        await says(pilot, "This row has no artifacts to mark.")
        await open_with_keys(pilot, "escape")
        assert marked(program) == []
        assert "press D to review" not in program.text


@each_key_of("owner.mark_all")
async def test_mark_all_repositories(program: Program, key: str) -> None:
    async with program.running("4", key):
        assert len(marked(program)) == 5


@each_key_of("owner.delete")
async def test_delete_reviews_all_artifacts_of_the_repository(program: Program, key: str) -> None:
    """They are read again first."""
    async with program.running("4", "j", key) as pilot:
        await until(pilot, lambda: isinstance(program.app.screen, ReviewScreen))
        await loaded(pilot)
        assert len(review_of(program).planned) == 33
        assert [str(one) for one in review_of(program).plan.repositories] == ["fernwood-labs/kestrel-studio"]


async def test_artifacts_of_two_repositories_are_deleted_in_one_plan(program: Program) -> None:
    """The number of all has to be typed; the sums of both fall."""
    async with program.running("4", "slash", *"f", "enter") as pilot:
        await open_with_keys(pilot, "space", "space", "D")
        await until(pilot, lambda: isinstance(program.app.screen, ReviewScreen))
        await loaded(pilot)
        plan = review_of(program).plan
        assert {one.name for one in plan.repositories} == {"flight-recorder", "fuzz-corpus"}
        before = rows_of(program)["All"].usage.sums.live_count
        await pilot.press("D")
        await until(pilot, lambda: isinstance(program.app.screen, ConfirmDialog))
        await confirm(pilot, program, str(len(plan.items)))
        await says(pilot, f"{len(plan.items)} deleted + 0 already gone")
        assert sorted(deleted(program)) == sorted(item.artifact.id for item in plan.items)
        await open_with_keys(pilot, "escape")
        assert rows(program)["All"].usage.sums.live_count == before - len(plan.items)


def rows_of(program: Program) -> dict[str, OwnerRow]:
    """The rows of the owner, which a review covers."""
    below = next(one for one in program.app.screen_stack if isinstance(one, OwnerStorageScreen))
    return {row.label: row for row in below.list.rows}


async def test_a_review_says_how_many_artifacts_the_server_did_not_list(program: Program) -> None:
    """Between the scan and the review, the list of one has become shorter than its count."""
    async with program.running("4", "slash", *"fuzz", "enter") as pilot:
        listed = json.dumps({"total_count": 3, "artifacts": [{"id": 7, "name": "corpus", "size_in_bytes": 9}]})
        program.server.fault("GET /repos/fernwood-labs/fuzz-corpus/actions/artifacts", status=200, body=listed, times=9)
        await open_with_keys(pilot, "D")
        await says(pilot, "marked out of the 1 loaded; 2 are not")


async def test_a_repository_that_cannot_be_read_again_is_not_reviewed(program: Program) -> None:
    async with program.running("4", "j") as pilot:
        program.server.fault(LISTS, times=99, status=403, body='{"message": "Forbidden"}')
        await open_with_keys(pilot, "D")
        await says(pilot, "Forbidden")
        assert isinstance(program.app.screen, OwnerStorageScreen)


async def test_read_only_mode_deletes_nothing_of_an_owner() -> None:
    program = Program(settings=Settings(read_only=True))
    async with program.running("4", "D") as pilot:
        assert isinstance(program.app.screen, OwnerStorageScreen)
        await says(pilot, "Read-only mode: nothing is deleted.")


@pytest.mark.slow
async def test_deleted_artifacts_leave_the_sums(program: Program) -> None:
    """Those that were deleted in the storage of a repository, without another scan."""
    async with program.running("4") as pilot:
        before = rows(program)["All"].usage.sums.live_count
        await open_with_keys(pilot, "slash", *"flight", "enter", "enter", "slash", *"go-test", "enter", "D", "D")
        await answer(pilot, program, *"28", "E")
        await says(pilot, "28 deleted + 0 already gone")
        await open_with_keys(pilot, "escape", "escape", "escape")
        assert rows(program)["All"].usage.sums.live_count == before - 28


async def test_nothing_is_drawn_again_if_nothing_has_changed(program: Program) -> None:
    async with program.running("4"):
        items = owner(program).table.items
        owner(program).update_rows()
        assert owner(program).table.items is items


SORT_KEYS = {
    "owner.sort_size": ("size", False),
    "owner.sort_name": ("name", False),
    "owner.sort_time": ("newest", True),
}


@pytest.mark.parametrize(("key", "order"), [(keys_of(name)[0], order) for name, order in SORT_KEYS.items()])
async def test_sort_repositories_by_key(program: Program, key: str, order: tuple[str, bool]) -> None:
    async with program.running("4", key):
        assert program.screen.table.sorted_by == order
        assert [*rows(program)][-1] == "All"


@each_key_of("owner.sort")
async def test_choose_what_to_sort_repositories_by(program: Program, key: str) -> None:
    """The filter keeps the sum of what it hides."""
    async with program.running("4", key, "down", "down", "down", "enter") as pilot:
        assert program.screen.table.sorted_by == ("caches", True)
        assert next(iter(rows(program))) == "kestrel-studio"
        await open_with_keys(pilot, "slash", *"studio", "enter")
        assert [*rows(program)][:2] == ["kestrel-studio", "4 filtered out"]
        assert rows(program)["All"].usage.sums.live_count == 907


@each_key_of("owner.details")
async def test_show_or_hide_the_bill(program: Program, key: str) -> None:
    async with program.running("4", key) as pilot:
        await until(pilot, lambda: "Bill for" not in program.text)
        await pilot.resize_terminal(80, 16)
        await open_with_keys(pilot, key)
        assert isinstance(program.app.screen, DetailDialog)


@each_key_of("owner.copy")
async def test_copy_the_repositories(program: Program, key: str) -> None:
    """As JSON, with the fields of the command."""
    async with program.running("4", key, "down", "enter") as pilot:
        lines = program.app.clipboard.splitlines()
        assert lines[0] == "  3.4 GB   68 %      706    8.7 GB  kestrel"
        assert lines[-1] == "  5.0 GB  100 %      907   20.4 GB  All"
        await open_with_keys(pilot, "escape", key, "down", "down", "enter")
        first = json.loads(program.app.clipboard)[0]
        assert (first["name"], first["artifacts"], first["retention_days"], first["problem"]) == (
            "kestrel",
            706,
            90,
            "",
        )


async def test_the_columns_of_an_owner_can_be_chosen() -> None:
    chosen = ("repository", "caches", "visibility", "bar")
    program = Program(settings=Settings(columns=Columns(owner=chosen)))
    async with program.running("4"):
        assert program.text.splitlines()[1].split() == ["Repository", "Caches", "Visibility", "Stays,", "▓", "7", "d"]


async def test_sums_open_nothing(program: Program) -> None:
    async with program.running("4", "G", "enter") as pilot:
        assert rows(program)["All"].kind is OwnerRowKind.ALL
        await says(pilot, "This row is a sum. Enter opens a repository.")
