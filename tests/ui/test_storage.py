"""The Storage screen: what uses the storage of a repository, and what its keys do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from artifact_tui.config.paths import Memory, MemoryFile
from artifact_tui.config.settings import Columns, Settings
from artifact_tui.demo.flavors import GHES_3_17
from artifact_tui.domain.list_extent import Ending, Extent
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.screens.artifact_listing import KeptList, WholeList
from artifact_tui.screens.artifacts.screen import ArtifactsScreen
from artifact_tui.screens.deletion.review import ReviewScreen
from artifact_tui.screens.dialogs.detail import DetailDialog
from artifact_tui.screens.dialogs.policy import PolicyDialog
from artifact_tui.screens.storage.rows import RowKind
from artifact_tui.screens.storage.screen import AT_ONCE, StorageScreen
from artifact_tui.widgets.title_bar import TitleBar
from tests.double import faults
from tests.ui.each_key import each_key_of, keys_of
from tests.ui.program import EMPTY, KESTREL, NOW, RECORDER, Program, open_with_keys, says, until
from tests.ui.signing import signing_program
from tests.ui.test_incomplete_lists import ARTIFACTS

INFRASTRUCTURE = "fernwood-labs/infrastructure"
"""A private repository."""


@pytest.fixture
def program() -> Program:
    return Program(RECORDER)


def storage(program: Program) -> StorageScreen:
    assert isinstance(program.app.screen, StorageScreen)
    return program.app.screen


def labels(program: Program) -> list[str]:
    """The first column."""
    return [row.label for row in storage(program).table.items]


def marked(program: Program) -> list[str]:
    """The rows with the sign of a mark."""
    table = storage(program).table
    return [row.label for row in table.items if row.key in table.marks]


def line_of(program: Program, label: str) -> str:
    return next(line for line in program.text.splitlines() if label in line)


def planned(program: Program) -> set[str]:
    """The names in the plan under review, after checking that it has all artifacts of these names."""
    screen = program.app.screen
    assert isinstance(screen, ReviewScreen)
    names = {artifact.name for artifact in screen.planned}
    found = program.server.store.repository(RECORDER)
    assert found is not None
    artifacts = program.server.store.repository_artifacts(found.id)
    wanted = {one.id for one in artifacts if one.name in names}
    assert {artifact.id for artifact in screen.planned} <= wanted
    return names


@each_key_of("app.storage")
@pytest.mark.parametrize(("start", "way"), [(RECORDER, ""), (RECORDER, "3")])
async def test_storage_opens_from_a_list_of_a_repository_and_goes_back_there(start: str, way: str, key: str) -> None:
    program = Program(start)
    async with program.running(*way) as pilot:
        before = program.app.screen
        await open_with_keys(pilot, key)
        assert isinstance(program.app.screen, StorageScreen)
        await open_with_keys(pilot, "escape")
        assert program.app.screen is before


async def test_the_list_has_sums_bars_and_growth() -> None:
    """A family of names is one row, and the last row is their sum."""
    program = Program(KESTREL)
    async with program.running("4") as pilot:
        assert program.summary == "706 artifacts · 3.4 GB"
        assert labels(program)[:2] == ["logs-integration-*", "nightly-kestrel-*"]
        assert line_of(program, "nightly-kestrel-*").split() == (
            ["nightly-kestrel-*", "██▓", "491", "MB", "14", "%", "30", "16.2", "MB", "30", "d"]
        )
        rows = storage(program).table.items
        assert (rows[-1].kind, rows[-1].label) == (RowKind.ALL, "All")
        assert rows[-1].group.live_bytes == sum(row.group.live_bytes for row in rows[:-1])
        await says(
            pilot,
            "Stored 3.4 GB = 3.2 GiB, 76 GB-hours per day; 311 MB expires in 7 d",
            "with 7 d, levels off at 3.1 GB",
            "8.7 GB of 10 GB, in 41 caches; counted separately (c shows them)",
            "unknown whether public repositories count; kestrel: 545 GB-hours through 19 Nov, 0.00 USD charged",
        )


async def test_the_bill_is_asked_for_once_for_all_repositories_of_an_owner() -> None:
    """Of a private one, its own line says what it cost; why a bill cannot be read stands in the place of advice."""
    program = Program()
    async with program.running("slash", *INFRASTRUCTURE, "enter", "4") as pilot:
        await says(pilot, "counted: GitHub adds up GB-hours across all private repositories")
        assert dict(storage(program).pane.fields)["Bill"].startswith("infrastructure")
        await open_with_keys(pilot, "1", "escape", "slash", *RECORDER, "enter", "4")
        await says(pilot, "flight-recorder: ")
        assert len([path for path in program.sent("GET") if path.endswith("/billing/usage")]) == 1


async def test_why_a_bill_cannot_be_read_is_told() -> None:
    program = Program(RECORDER)
    program.server.fault("GET */settings/billing/*", status=403, body="{}", times=99)
    async with program.running("4") as pilot:
        await says(pilot, "public repositories count; only owners of fernwood-labs can read its bill (403)")


async def test_a_name_opens_as_a_list_of_exactly_its_artifacts(program: Program) -> None:
    async with program.running("4", "j", "enter") as pilot:
        assert isinstance(program.app.screen, ArtifactsScreen)
        await says(pilot, "name=go-test", "29 of 58 artifacts · 2.8 MB")
        await open_with_keys(pilot, "escape")
        row = storage(program).table.current
        assert row is not None
        assert row.label == "go-test"


async def test_a_loaded_list_is_shared_with_the_artifacts() -> None:
    """One conditional request shows that it is unchanged."""
    program = Program(KESTREL)
    async with program.running("3", "4", "j", "j", "enter"):
        assert len([path for path in program.sent("GET") if path.endswith("/actions/artifacts")]) == 8 + 2
        assert program.summary.startswith("69 of 706 artifacts")


async def test_families_of_many_names_are_found_without_blocking_keys() -> None:
    """A long list that is known already is counted in a thread; then the server's list replaces it."""
    program = Program(RECORDER)
    program.server.fault(ARTIFACTS, times=99, **faults.UNICORN)
    artifacts = {n: Artifact(id=n, name=f"log-{n}", size_in_bytes=1_000) for n in range(AT_ONCE + 1)}
    whole = WholeList(artifacts, Extent(len(artifacts), len(artifacts), ending=Ending.END), "")
    program.app.session.kept_list = KeptList(RepositoryName("fernwood-labs", "flight-recorder"), NOW, whole)
    async with program.running("4"):
        row, everything = storage(program).table.items
        assert (row.label, row.group.live_count) == ("log-*", AT_ONCE + 1)
        assert everything.group.live_bytes == 1_000 * (AT_ONCE + 1)


async def test_all_opens_as_the_whole_list(program: Program) -> None:
    async with program.running("4", "G", "enter") as pilot:
        await says(pilot, "58 artifacts · 6.9 MB")
        await open_with_keys(pilot, "h")
        assert isinstance(program.app.screen, StorageScreen)


async def test_a_family_opens_by_branch_and_a_branch_as_a_list() -> None:
    program = Program(KESTREL)
    async with program.running("4", "enter") as pilot:
        await says(pilot, "kestrel › Storage › logs-integration-* by branch", "Names", "If deleted")
        assert labels(program) == ["main", "All"]
        await open_with_keys(pilot, "l")
        await says(pilot, "name:logs-integration-* branch=main", "3 of 706 artifacts · 2.1 GB")
        await open_with_keys(pilot, "left", "backspace")
        assert program.screen.trail[-1] == "Storage by name"
        await open_with_keys(pilot, "escape")
        assert not isinstance(program.app.screen, StorageScreen)


async def test_a_workflow_opens_by_name_and_a_run_as_a_list() -> None:
    """No filter says a workflow."""
    program = Program(RECORDER, memory=memory_of("workflow"))
    async with program.running("4", "enter") as pilot:
        await says(pilot, "flight-recorder › Storage › ci.yml by name", "Created by CI (ci.yml), kept for 30 d")
        await open_with_keys(pilot, "escape", "b", "G", "enter", "enter")
        await says(pilot, "run:", "2 of 58 artifacts")


def memory_of(grouping: str) -> MemoryFile:
    memory = MemoryFile(None)
    memory.value = Memory(grouping=grouping)
    return memory


@each_key_of("storage.group")
async def test_the_grouping_is_remembered(program: Program, key: str) -> None:
    async with program.running("4", key, "j", "j", "j", "enter"):
        assert program.screen.trail[-1] == "Storage by branch"
        assert "Branch" in program.text
        assert program.memory.value.grouping == "branch"


@each_key_of("storage.mark")
async def test_mark_a_group_and_move_on(program: Program, key: str) -> None:
    """Every artifact of it is marked; the sum cannot be marked."""
    async with program.running("4", key) as pilot:
        assert (marked(program), program.summary) == (["cover.out"], "29 marked · 4.1 MB")
        await open_with_keys(pilot, "G", key)
        await says(pilot, "This row is a sum.")
        await open_with_keys(pilot, "g", key)
        assert marked(program) == []


@each_key_of("storage.mark_all")
async def test_mark_all_groups(program: Program, key: str) -> None:
    async with program.running("4", "slash", *"cover", "enter", key, "escape"):
        assert marked(program) == ["cover.out"]


@each_key_of("storage.invert")
async def test_invert_the_marks_of_groups(program: Program, key: str) -> None:
    async with program.running("4", "space", key):
        assert marked(program) == ["go-test"]


@each_key_of("storage.range")
async def test_mark_a_range_of_groups(program: Program, key: str) -> None:
    async with program.running("4", key) as pilot:
        assert program.summary.startswith("range: move, then v")
        await open_with_keys(pilot, "j", key)
        assert marked(program) == ["cover.out", "go-test"]


@each_key_of("storage.delete")
async def test_delete_reviews_the_artifacts_of_the_group(program: Program, key: str) -> None:
    """Of the row under the cursor, or of all marked groups, which other groupings show too."""
    async with program.running("4", "j", key) as pilot:
        assert planned(program) == {"go-test"}
        await open_with_keys(pilot, "escape", "space", "g", "b", "j", "j", "j", "enter")
        assert marked(program) == []
        assert "○" in program.text
        await open_with_keys(pilot, key)
        assert planned(program) == {"go-test"}


async def test_deleted_artifacts_leave_the_groups() -> None:
    """What arrives per day is then more than the list still shows."""
    program = Program(RECORDER, memory=memory_of("run"))
    async with program.running("4", "G", "k", "D", "D") as pilot:
        await until(pilot, lambda: getattr(program.app.screen, "is_listening", False))
        await pilot.press("E")
        await says(pilot, "2 deleted + 0 already gone")
        await open_with_keys(pilot, "escape")
        assert program.summary.startswith("56 artifacts")
        assert "at least " in line_of(program, "Growth")


@each_key_of("storage.policies")
async def test_policies_mark_artifacts_within_groups(program: Program, key: str) -> None:
    """A group that is marked in part has another sign."""
    async with program.running("4", key) as pilot:
        assert isinstance(program.app.screen, PolicyDialog)
        await open_with_keys(pilot, "down", "down", "down", "enter")
        assert program.summary.startswith("52 marked")
        assert marked(program) == []
        assert line_of(program, "cover.out").startswith("▌○ cover.out")


@each_key_of("storage.sort")
async def test_choose_what_to_sort_groups_by(program: Program, key: str) -> None:
    async with program.running("4", key, "down", "down", "enter"):
        assert program.screen.table.sorted_by == ("count", True)


SORT_KEYS = {
    "storage.sort_size": ("size", False),
    "storage.sort_name": ("name", False),
    "storage.sort_time": ("newest", True),
}


@pytest.mark.parametrize(("key", "order"), [(keys_of(name)[0], order) for name, order in SORT_KEYS.items()])
async def test_sort_groups_by_key(program: Program, key: str, order: tuple[str, bool]) -> None:
    """The sum stays at the end."""
    async with program.running("4", key):
        assert program.screen.table.sorted_by == order
        assert labels(program)[-1] == "All"


@each_key_of("storage.details")
async def test_show_or_hide_where_the_space_goes(program: Program, key: str) -> None:
    """Where there is no pane, it opens over the list."""
    async with program.running("4", key) as pilot:
        await until(pilot, lambda: "Where the space goes" not in program.text)
        await pilot.press(key)
        await says(pilot, "Where the space goes")
        await pilot.resize_terminal(80, 16)
        await open_with_keys(pilot, key)
        assert isinstance(program.app.screen, DetailDialog)


@each_key_of("storage.copy")
async def test_copy_the_rows(program: Program, key: str) -> None:
    async with program.running("4", key, "down", "enter") as pilot:
        assert program.app.clipboard.splitlines() == [
            "  4.1 MB   60 %       29  cover.out",
            "  2.8 MB   40 %       29  go-test",
            "  6.9 MB  100 %       58  All",
        ]
        await open_with_keys(pilot, "escape", key, "down", "down", "enter")
        first, second = json.loads(program.app.clipboard)
        assert (first["key"], first["live_count"], first["expired_bytes"]) == ("cover.out", 29, None)
        assert first["share"] + second["share"] == 1


async def test_a_filter_keeps_the_sum_of_what_it_hides() -> None:
    program = Program(KESTREL)
    async with program.running("4", "slash", *"wheel", "enter") as pilot:
        *rows, rest, everything = storage(program).table.items
        assert {row.label.startswith("wheel") for row in rows} == {True}
        assert (rest.kind, everything.label) == (RowKind.FILTERED, "All")
        assert sum(row.group.live_bytes for row in (*rows, rest)) == everything.group.live_bytes
        await open_with_keys(pilot, "G", "k", "enter")
        await says(pilot, "Esc clears the filter.")


async def test_sums_of_an_incomplete_list_are_minimums() -> None:
    """No share of a sum that is unknown."""
    program = Program(KESTREL)
    program.server.fault(ARTIFACTS, page=5, times=99, **faults.UNICORN)
    async with program.running("4"):
        assert program.summary.startswith("400 of 706 · incomplete, r retries · ")
        line = line_of(program, "kestrel-cli")
        assert ("+" in line, "%" in line) == (True, False)
        assert "All" in labels(program)


async def test_read_only_mode_has_no_delete() -> None:
    program = Program(RECORDER, settings=Settings(read_only=True))
    async with program.running("4", "D") as pilot:
        assert isinstance(program.app.screen, StorageScreen)
        await says(pilot, "Read-only mode: nothing is deleted.")


async def test_an_enterprise_server_has_a_third_part_and_no_gigabyte_hours() -> None:
    """It lists expired artifacts, has no quota, and its release has no retention setting."""
    program = Program(KESTREL, flavor=GHES_3_17)
    async with program.running("4", size=(160, 24)) as pilot:
        assert "░" in line_of(program, "logs-integration-*")
        await says(pilot, "no GitHub quota")
        assert not [word for word in ("GB-hours", "for new artifacts") if word in program.text]


async def test_without_a_token_nothing_that_needs_one_is_asked_for(tmp_path: Path) -> None:
    program = signing_program(tmp_path)
    async with program.running("4") as pilot:
        await says(pilot, "58 artifacts", "Stored", "unknown whether public repositories count")
        assert not [path for path in program.sent("GET") if path.endswith(("retention", "cache/usage"))]


async def test_a_click_on_the_title_leaves_levels() -> None:
    program = Program(KESTREL)
    async with program.running("4", "enter") as pilot:
        await pilot.click(TitleBar, offset=(12, 0))
        await says(pilot, "Storage by name")
        await pilot.click(TitleBar, offset=(2, 0))
        await until(pilot, lambda: not isinstance(program.app.screen, StorageScreen))


async def test_an_empty_repository_has_no_groups() -> None:
    program = Program(EMPTY)
    async with program.running("4", "space", "b") as pilot:
        await says(pilot, "This repository has no artifacts", "The list is empty.", "Stored 0 B")


async def test_bars_are_ascii_where_the_terminal_is(program: Program) -> None:
    program.app.is_ascii = True
    async with program.running("4"):
        assert line_of(program, "cover.out").split()[2] == "##########=="


async def test_the_columns_can_be_chosen() -> None:
    chosen = ("name", "share", "levels off at", "bar")
    program = Program(RECORDER, settings=Settings(columns=Columns(storage=chosen)))
    async with program.running("4"):
        assert program.text.splitlines()[1].split() == ["Name", "%", "Levels", "off", "at", "Stays,", "▓", "7", "d"]
