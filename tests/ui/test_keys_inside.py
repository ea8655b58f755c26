"""What each key does in the contents of an artifact and in one of its files."""

from __future__ import annotations

import re
from pathlib import Path

from artifact_tui.screens.artifacts.screen import ArtifactsScreen
from artifact_tui.screens.contents.preview import PreviewScreen
from artifact_tui.screens.contents.screen import ContentsScreen
from artifact_tui.transfers.receipts.verify import Verdict, verify
from tests.ui.each_key import each_key_of
from tests.ui.program import KESTREL, LARGE, Keyboard, Program, open_with_keys, says, text_of, until
from tests.ui.test_contents import LOGS, RESULTS, find, look_inside, press, start_at, typed


async def in_contents(*keys: str) -> tuple[list[str], str]:
    """The paths that are shown after the keys, and the summary."""
    program = start_at(LOGS)
    async with program.app.run_test(size=LARGE) as pilot:
        await look_inside(pilot, LOGS, keys)
        return [node.path for node in program.screen.table.items], program.summary


@each_key_of("contents.mark")
async def test_marking_a_folder_marks_all_files_in_it(key: str) -> None:
    assert (await in_contents(key))[1] == "3 files marked · 832 kB"
    assert (await in_contents(key, "g", key))[1] == "7 files · 5.6 MB"
    assert (await in_contents("j", key, key))[1] == "2 files marked · 46.6 kB"


@each_key_of("contents.mark_all")
async def test_all_that_are_shown_are_marked_and_escape_takes_the_marks_away(key: str) -> None:
    assert (await in_contents(*typed("trace"), key))[1] == "2 files marked · 5.4 MB"
    assert (await in_contents(key, "escape"))[1] == "7 files · 5.6 MB"


@each_key_of("contents.fold")
async def test_folders_fold_and_open(key: str) -> None:
    everything = (await in_contents())[0]
    assert (await in_contents(key))[0] == ["shard-01/", "shard-02/", "summary.md"]
    assert (await in_contents(key, key))[0] == everything
    assert (await in_contents("enter"))[0] == ["shard-01/", *everything[4:]]


@each_key_of("contents.sort_size")
async def test_sort_by_size(key: str) -> None:
    paths, _ = await in_contents(key)
    assert paths[:3] == ["shard-02/", "shard-02/trace.log", "shard-02/pytest.log"]
    assert (await in_contents(key, key))[0][:2] == ["shard-01/", "shard-01/setup.log"]


@each_key_of("contents.sort_name")
async def test_sort_by_name(key: str) -> None:
    assert (await in_contents(key))[0][:2] == ["shard-02/", "shard-02/trace.log"]


@each_key_of("contents.sort_time")
async def test_sort_by_date(key: str) -> None:
    program = start_at(LOGS)
    async with program.app.run_test(size=LARGE) as pilot:
        await look_inside(pilot, LOGS, (key,))
        assert program.screen.table.sorted_by == ("modified", True)


@each_key_of("contents.sort")
async def test_every_column_can_be_sorted_by(key: str) -> None:
    program = start_at(LOGS)
    async with program.app.run_test(size=LARGE) as pilot:
        await look_inside(pilot, LOGS)
        await open_with_keys(pilot, key, "down", "down", "enter")
        assert program.screen.table.sorted_by == ("size", True)


@each_key_of("contents.download")
async def test_what_is_under_the_cursor_is_saved_and_nothing_else(key: str, tmp_path: Path) -> None:
    program = start_at(LOGS)
    async with program.app.run_test(size=LARGE) as pilot:
        try:
            await look_inside(pilot, LOGS)
            await open_with_keys(pilot, key)
            await says(pilot, "Save 3 files · 832 kB to fetch, 832 kB on the disk", "shard-01 into the directory")
            await open_with_keys(pilot, "ctrl+u", *str(tmp_path), "enter")
            await until(pilot, lambda: [one for one in program.app.session.transfers() if one.finished])
            (transfer,) = program.app.session.transfers()
            assert transfer.path == tmp_path / "shard-01", transfer.problem
        finally:
            program.app.session.stop_transfers(timeout=5)
    assert sorted(path.name for path in (tmp_path / "shard-01").iterdir()) == ["pytest.log", "setup.log", "trace.log"]
    (verdict,) = verify(tmp_path)
    assert isinstance(verdict, Verdict)
    assert not verdict.changes
    assert verdict.receipt.inside == "shard-01"


async def in_file(*keys: str, file: str = "shard-01/pytest") -> tuple[str, str]:
    """The summary after the keys, and all that stands on the screen."""
    program = start_at(LOGS)
    async with program.app.run_test(size=LARGE, notifications=True) as pilot:
        await look_inside(pilot, LOGS, typed(file), ("p",), keys)
        assert isinstance(program.screen, PreviewScreen)
        return program.summary, text_of(program.app)


@each_key_of("preview.search")
async def test_a_file_is_searched(key: str) -> None:
    summary, text = await in_file(key, *"skipped", "enter")
    assert summary.startswith("match 1 of ")
    assert " / Search " in text
    assert "Filter" not in text


@each_key_of("preview.find_next")
async def test_the_next_match(key: str) -> None:
    assert (await in_file(*typed("skipped"), key))[0].startswith("match 2 of ")


@each_key_of("preview.find_previous")
async def test_the_match_before(key: str) -> None:
    assert (await in_file(*typed("skipped"), "n", key))[0].startswith("match 1 of ")


@each_key_of("preview.error")
async def test_the_first_error(key: str) -> None:
    assert "= FAILURES =" in (await in_file(key, file="shard-02/pytest"))[1]
    assert "No line of this looks like an error" in (await in_file(key, file="shard-01/setup"))[1]


async def test_the_first_error_of_a_file_that_is_being_read_is_gone_to_once_it_was_read() -> None:
    program = start_at(LOGS)
    async with program.app.run_test(size=LARGE, notifications=True) as pilot:
        await look_inside(pilot, LOGS, typed("shard-02/pytest"))
        fault = program.server.fault("GET blob:*", held=True, times=99)
        await Keyboard(program.app).press("p", "e")
        await until(pilot, lambda: program.summary == "reading…")
        fault.held = False
        await until(pilot, lambda: "= FAILURES =" in program.text)
        assert "looks like an error" not in program.text


@each_key_of("preview.stamps")
async def test_timestamps_are_folded_away(key: str) -> None:
    assert "2026-11-19T" not in (await in_file(key))[1]


@each_key_of("preview.more")
async def test_more_is_loaded(key: str) -> None:
    assert "UTF-8 · 785 kB" in (await in_file(key, file="shard-01/trace"))[1]


@each_key_of("preview.view")
async def test_the_views_go_round(key: str) -> None:
    assert "000010  " in (await in_file(key))[1]
    assert "UTF-8" in (await in_file(key, key))[1]


@each_key_of("preview.download")
async def test_the_file_that_is_shown_can_be_saved(key: str) -> None:
    program = start_at(LOGS)
    async with program.app.run_test(size=LARGE) as pilot:
        await look_inside(pilot, LOGS, typed("shard-01/pytest"), ("p",))
        await open_with_keys(pilot, key)
        await says(pilot, "Save 1 file · already loaded, 37.6 kB on the disk", "shard-01/pytest.log into the directory")


async def test_left_and_right_of_the_tree_lead_out_and_in() -> None:
    program = start_at(LOGS)
    async with program.app.run_test(size=LARGE) as pilot:
        await find(pilot, LOGS)
        await press(pilot, ("l",))
        assert isinstance(program.screen, ContentsScreen)
        await press(pilot, ("h",))
        assert not isinstance(program.screen, ContentsScreen)


@each_key_of("artifacts.find")
async def test_files_are_found_in_all_artifacts_that_are_shown(key: str) -> None:
    program = Program(KESTREL, run=RESULTS[1])
    async with program.running() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, ArtifactsScreen))
        await open_with_keys(pilot, key, *"junit", "enter")
        assert [hit.entry.name for hit in program.screen.table.items] == ["junit.xml"]
        assert re.fullmatch(r"1 hit · \d+ files in [2-9] artifacts", program.summary)
        await open_with_keys(pilot, "enter")
        await says(pilot, "passed")
        assert isinstance(program.screen, PreviewScreen)


@each_key_of("artifacts.compare")
async def test_an_artifact_is_compared_with_the_one_of_its_name_before_it(key: str) -> None:
    program = Program(KESTREL, run=RESULTS[1])
    async with program.running() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, ArtifactsScreen))
        await open_with_keys(pilot, *typed("results-ubuntu-24.04"), key)
        assert {one.path for one in program.screen.table.items} >= {"junit.xml", "pytest.log"}
        assert "changed" in program.summary
        await open_with_keys(pilot, *typed("junit"), "enter")
        await says(pilot, "@@ ", "diff")


@each_key_of("find.preview")
async def test_a_file_that_was_found_is_shown(key: str) -> None:
    program = Program(KESTREL, run=RESULTS[1])
    async with program.running() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, ArtifactsScreen))
        await open_with_keys(pilot, "f", *"junit", "enter", key)
        await says(pilot, "passed")


@each_key_of("find.download")
async def test_a_file_that_was_found_is_saved(key: str, tmp_path: Path) -> None:
    program = Program(KESTREL, run=RESULTS[1], directory=tmp_path)
    async with program.running() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, ArtifactsScreen))
        await open_with_keys(pilot, "f", *"junit", "enter", key)
        await says(pilot, "Save 1 file", "junit.xml into the directory")
        await open_with_keys(pilot, "enter")
        await until(pilot, lambda: (tmp_path / "junit.xml.artifact.json").exists())
    assert (tmp_path / "junit.xml").read_bytes().startswith(b"<?xml")


@each_key_of("compare.preview")
async def test_what_differs_in_a_file_is_shown(key: str) -> None:
    program = Program(KESTREL, run=RESULTS[1])
    async with program.running() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, ArtifactsScreen))
        await open_with_keys(pilot, *typed("results-ubuntu-24.04"), "equals_sign", *typed("junit"), key)
        await says(pilot, "@@ ", "diff")


@each_key_of("compare.download")
async def test_a_file_that_differs_is_saved_as_it_is_after(key: str, tmp_path: Path) -> None:
    """From the list, and from the page of what differs."""
    program = Program(KESTREL, run=RESULTS[1], directory=tmp_path)
    async with program.running() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, ArtifactsScreen))
        await open_with_keys(pilot, *typed("results-ubuntu-24.04"), "equals_sign", *typed("junit"), key, "enter")
        await until(pilot, lambda: (tmp_path / "junit.xml.artifact.json").exists())
        await open_with_keys(pilot, "enter", "d", "enter")
        await until(pilot, lambda: (tmp_path / "junit (2).xml.artifact.json").exists())
        await open_with_keys(pilot, "escape", "escape", "escape", "enter", *typed("junit"), "enter")
        await says(pilot, "passed")
        await open_with_keys(pilot, "d", "enter")
        await until(pilot, lambda: (tmp_path / "junit (3).xml.artifact.json").exists())
    same = {path.read_bytes() for path in tmp_path.glob("junit*.xml")}
    assert len(same) == 1


async def test_two_marked_artifacts_are_compared() -> None:
    program = Program(KESTREL, run=RESULTS[1])
    async with program.running() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, ArtifactsScreen))
        await open_with_keys(pilot, *typed("results"), "space", "space", "equals_sign")
        assert all(one.what in {"added", "removed", "changed"} for one in program.screen.table.items)
        assert " → " in program.screen.trail[1]
