"""The list of artifacts while it loads, when it is filtered, and with what strangers put into it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from unicodedata import category

import pytest
from textual.widgets import Input

from artifact_tui.config.paths import MemoryFile
from artifact_tui.demo.data import DemoArtifact, DemoRun
from artifact_tui.demo.flavors import GHES_3_19, GITHUB_UNTIL_SEPTEMBER
from tests.slow_cases import slow_but
from tests.ui.program import HOSTILE, KESTREL, NOW, RECORDER, Program, open_with_keys, says, until

FIRST_PAGE = 100


def slow_after_the_first_page(program: Program) -> None:
    """The other pages of artifacts never come."""
    program.server.fault(f"GET /repos/{KESTREL}/actions/artifacts*", skip=1, times=99, delay=25.0)


async def test_rows_appear_with_the_first_page() -> None:
    """They can be worked with while the rest loads; Esc stops that, and the title says so."""
    program = Program(KESTREL)
    slow_after_the_first_page(program)
    async with program.running() as pilot:
        await pilot.press("3")
        await until(pilot, lambda: len(program.screen.table.items) == FIRST_PAGE)
        assert program.summary == "loading 100 of 706…"
        await pilot.press("j", "space", "slash", *"coverage", "enter")
        assert program.summary.startswith("1 marked")
        await pilot.press("escape")
        assert program.screen.loading_rows
        await pilot.press("escape")
        assert not program.screen.loading_rows
        assert program.summary.startswith("1 marked")
        await pilot.press("escape")
        assert program.summary.startswith("stopped at 100 of 706 ·")
        program.server.faults.clear()
        await open_with_keys(pilot, "r")
        assert program.summary.startswith("706 artifacts")


async def test_pages_are_asked_for_at_most_eight_at_a_time() -> None:
    program = Program(KESTREL)
    slow_after_the_first_page(program)
    async with program.running() as pilot:
        await pilot.press("3")
        await until(pilot, lambda: len(program.sent("GET")) >= FIRST_PAGE // 20)
        await until(pilot, lambda: len(program.screen.table.items) == FIRST_PAGE)
        pages = [path for path in program.sent("GET") if path.endswith("/actions/artifacts")]
        assert len(pages) <= 1 + 8


async def test_refresh_keeps_cursor_and_marks() -> None:
    """By artifact, though the list has grown above them and lost one of the marked."""
    program = Program(RECORDER)
    async with program.running("3", "space", "space", "j") as pilot:
        before = program.screen.table.current
        first, second = program.screen.table.items[:2]
        program.server.store.delete_artifact(first.id)
        await open_with_keys(pilot, "r")
        assert program.screen.table.current == before
        assert program.screen.table.marks == {second.id}
        assert program.summary == "1 marked · 97.0 kB"


async def test_a_wrong_word_keeps_the_last_good_filter() -> None:
    """It is pointed at; once it is right, it filters."""
    program = Program(RECORDER)
    async with program.running("3") as pilot:
        await pilot.press("slash", *"cover size>30")
        assert program.summary.startswith("29 of 58")
        await pilot.press("x")
        await says(pilot, "'30x' is not valid; use a number with a unit")
        lines = program.text.splitlines()
        row = next(index for index, line in enumerate(lines) if line.startswith(" / cover size>30x"))
        assert lines[row + 1].index("↑") == lines[row].index("size>30x")
        assert program.summary.startswith("29 of 58")
        await pilot.press("backspace", "0", "k")
        assert program.summary.startswith("4 of 58")
        assert "↑" not in program.text


async def test_a_long_message_about_a_wrong_word_is_shown_to_its_end() -> None:
    program = Program(RECORDER)
    async with program.running("3") as pilot:
        await pilot.press("slash", *"sieze>10")
        await says(pilot, "unknown filter 'sieze'; use one of name, branch, run, size, age, expires, expired, marked")
        await pilot.press("backspace", *"0" * 99)
        await says(pilot, "unknown filter 'sieze'", "expired, marked")


MEANINGS: dict[str, Callable[[DemoArtifact, DemoRun], bool]] = {
    "cover": lambda one, run: "cover" in one.name,
    "COVER": lambda one, run: "cover" in one.name,
    "!cover": lambda one, run: "cover" not in one.name,
    "go-*": lambda one, run: one.name.startswith("go-"),
    "size>300k": lambda one, run: one.size > 300_000,
    "age>20d": lambda one, run: one.created_at < "2026-10-31T09:00:00Z",
    "expires<15d": lambda one, run: "2026-11-20T09:00:00Z" < one.expires_at < "2026-12-05T09:00:00Z",
    "branch:trunk": lambda one, run: run.branch == "trunk",
    "run:#47": lambda one, run: run.number == 47,
    "name:test branch:trunk !size>100k": lambda one, run: (
        "test" in one.name and run.branch == "trunk" and one.size <= 100_000
    ),
    "expired": lambda one, run: one.expires_at <= "2026-11-20T09:00:00Z",
    "!expired": lambda one, run: one.expires_at > "2026-11-20T09:00:00Z",
    "nothing-like-this": lambda one, run: False,
}


async def test_the_filter_language() -> None:
    """What is left is what the words mean, by the server's own store."""
    program = Program(RECORDER, flavor=GITHUB_UNTIL_SEPTEMBER)
    store = program.server.store
    repository = store.repository(RECORDER)
    assert repository is not None
    every = store.repository_artifacts(repository.id)
    async with program.running("3") as pilot:
        for words, is_meant in MEANINGS.items():
            await pilot.press("slash", "ctrl+u", *words, "enter")
            shown = {one.id for one in program.screen.table.items}
            assert shown == {one.id for one in every if is_meant(one, store.runs[one.run])}, words


NOT_LISTED = "GitHub has not listed expired artifacts since September 2026; their data is gone, or will be within days"


async def test_a_filter_for_expired_artifacts_says_that_github_does_not_list_them() -> None:
    program = Program(KESTREL)
    async with program.running("3", "slash", *"!expired", "enter") as pilot:
        assert program.screen.table.row_count == 706
        await pilot.press("slash", "ctrl+u", *"expired", "enter")
        await says(pilot, f"No match among 706 {NOT_LISTED} Esc clears the filter")
        await pilot.press("slash", "ctrl+u", *"nothing-like-this", "enter")
        await says(pilot, "No match among 706 Esc clears the filter")


async def test_where_expired_artifacts_are_listed_nothing_is_said_about_a_filter_that_finds_none() -> None:
    program = Program(RECORDER, flavor=GHES_3_19)
    async with program.running("3", "slash", *"expired zzz", "enter") as pilot:
        await says(pilot, "No match among 60 Esc clears the filter")


async def test_what_expires_while_the_list_is_shown_is_expired_in_it() -> None:
    """Without another page: the program knows the dates. The next load has it no longer."""
    now = [NOW]
    program = Program(KESTREL, clock=lambda: now[0])
    async with program.running("3") as pilot:
        soon = min(program.screen.table.items, key=lambda one: one.expires_at)
        now[0] = soon.expires_at + timedelta(seconds=1)
        await pilot.press("slash", *"expired", "enter")
        assert soon.id in {one.id for one in program.screen.table.items}


def assert_harmless(program: Program) -> None:
    """No control character, no attribute of markup, and every line as wide as the terminal."""
    width, height = program.app.size
    strips = program.app.screen._compositor.render_strips(program.app.size)
    segments = [segment for strip in strips[:height] for segment in strip]
    assert all(segment.text.isprintable() for segment in segments)
    assert not [segment for segment in segments if segment.style and (segment.style.link or segment.style.blink)]
    assert {strip.cell_length for strip in strips[:height]} == {width}


@pytest.mark.parametrize(
    ("width", "height"), slow_but(1, [(40, 12), (80, 24), (200, 50)]), ids=["40x12", "80x24", "200x50"]
)
async def test_names_of_strangers_do_nothing_to_the_terminal(width: int, height: int) -> None:
    """In the list, its details, the question before a delete, the menus and the runs."""
    program = Program(HOSTILE)
    async with program.running("3", "n", size=(width, height)) as pilot:
        for _ in range(len(program.screen.table.items)):
            assert_harmless(program)
            await pilot.press("j")
        for opens in ("y", "O", "D", "d"):
            await open_with_keys(pilot, "g", opens)
            assert_harmless(program)
            await open_with_keys(pilot, "escape", "G", opens)
            assert_harmless(program)
            await open_with_keys(pilot, "escape")
        await open_with_keys(pilot, "2")
        assert_harmless(program)


async def test_markup_in_a_name_is_text() -> None:
    program = Program(HOSTILE)
    async with program.running("3") as pilot:
        await pilot.press("slash", *"markup", "enter")
        await says(pilot, "[bold red]markup[/]")
        await pilot.press("d")
        await says(pilot, "[bold red]markup[/]")


async def test_hostile_names_are_safe_on_the_disk(tmp_path: Path) -> None:
    """Each lands in the directory that was asked for, none hidden, none with a control character."""
    directory = tmp_path / "here"
    program = Program(HOSTILE, directory=directory)
    async with program.running("3", "a", "d", "enter", "w") as pilot:
        await until(pilot, lambda: transfers_ended(program) == 67)
        assert_harmless(program)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["here"]
    names = [path.name for path in directory.iterdir()]
    assert len(names) >= 60
    assert not [name for name in names if name.startswith(".") or name != name.strip()]
    assert not [name for name in names if any(category(letter)[0] == "C" for letter in name)]


def transfers_ended(program: Program) -> int:
    return sum(one.finished for one in program.app.session.transfers())


async def test_a_download_directory_is_remembered(tmp_path: Path) -> None:
    """In this start and the next, and so is what becomes of zips."""
    memory, dist = tmp_path / "state.json", tmp_path / "dist"
    program = Program(RECORDER, memory=MemoryFile(memory))
    async with program.running("3", "j", "d") as pilot:
        await says(pilot, "[x] unpack zips")
        await pilot.press("ctrl+u", *str(dist), "tab", "space")
        await says(pilot, "[ ] unpack zips")
        await pilot.press("shift+tab", "enter")
        await until(pilot, (dist / "go-test.zip").exists)
    program = Program(RECORDER, memory=MemoryFile(memory))
    async with program.running("3", "j", "d") as pilot:
        await says(pilot, "[ ] unpack zips")
        await pilot.press("enter")
        await until(pilot, (dist / "go-test (2).zip").exists)


async def test_the_directory_is_remembered_for_each_repository(tmp_path: Path) -> None:
    memory = MemoryFile(tmp_path / "state.json")
    there = {RECORDER: tmp_path / "recorder", KESTREL: tmp_path / "kestrel"}
    for repository, directory in there.items():
        async with Program(repository, memory=memory, directory=directory).running("3", "d", "enter") as pilot:
            await until(pilot, directory.exists)
    for repository, directory in there.items():
        async with Program(repository, memory=MemoryFile(tmp_path / "state.json")).running("3", "d") as pilot:
            assert pilot.app.screen.query_one("#directory", Input).value == str(directory)
