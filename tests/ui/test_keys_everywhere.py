"""What each key does that is the same everywhere: going elsewhere, asking for help, leaving; and the keys of runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifact_tui.config.settings import Settings
from artifact_tui.keymap import KEYS
from artifact_tui.screens.help import HIDDEN, HelpScreen
from artifact_tui.screens.palette import commands_of
from artifact_tui.screens.repositories import RepositoriesScreen
from artifact_tui.screens.runs import RunsScreen
from artifact_tui.screens.transfers.screen import TransfersScreen
from artifact_tui.themes import DARK, LIGHT
from artifact_tui.widgets.scroll_pane import ScrollPane
from tests.slow_cases import slow_but
from tests.ui.deleting import delete
from tests.ui.each_key import each_key_of, keys_of
from tests.ui.program import HOSTILE, RECORDER, SMALL, Program, loaded, open_with_keys, says, until
from tests.ui.test_keys_lists import LAST, page_of, row_of


@pytest.fixture
def program() -> Program:
    return Program(RECORDER)


@each_key_of("runs.address")
async def test_address_of_a_run(program: Program, key: str) -> None:
    """Shown, and its button copies it."""
    async with program.running(key) as pilot:
        await says(pilot, "https://github.com/fernwood-labs/flight-recorder/actions/runs/")
        await open_with_keys(pilot, "enter")
        assert program.app.clipboard.endswith("/fernwood-labs/flight-recorder/actions/runs/27675403813")
        await open_with_keys(pilot, "escape")
        assert isinstance(program.screen, RunsScreen)


@each_key_of("runs.copy")
async def test_copy_of_a_run(program: Program, key: str) -> None:
    async with program.running(key, "enter") as pilot:
        await says(pilot, "Run ID: sent to the terminal's clipboard 27675403813")
        assert program.app.clipboard == "27675403813"
        await open_with_keys(pilot, "escape")
        assert isinstance(program.screen, RunsScreen)


@each_key_of("app.help")
async def test_help(program: Program, key: str) -> None:
    """All of it can be scrolled to."""
    async with program.running(key, size=(120, 240)) as pilot:
        assert isinstance(program.app.screen, HelpScreen)
        missing = [one.id for one in KEYS if one.help not in program.text]
        assert set(missing) <= HIDDEN
        await pilot.resize_terminal(*SMALL)
        await pilot.press("end")
        await says(pilot, "@octocat")


PAGE = 18
"""Lines of the help that fit on the smaller terminal."""
TEXT_KEYS = {
    "text.down": (0, 1),
    "text.up": (9, 8),
    "text.first": (9, 0),
    "text.last": (0, 999),
    "text.page_down": (0, PAGE),
    "text.page_up": (30, 30 - PAGE),
    "text.half_page_down": (0, PAGE // 2),
    "text.half_page_up": (30, 30 - PAGE // 2),
}


SCROLLING = [(key, *TEXT_KEYS[name]) for name in TEXT_KEYS for key in keys_of(name)]


async def test_scrolling_the_help(program: Program) -> None:
    """The same keys as in lists; it is there at once and glides nowhere."""
    async with program.running("question_mark", size=SMALL) as pilot:
        pane = program.app.screen.query_one(ScrollPane)
        for key, start, wanted in SCROLLING:
            pane.scroll_to(y=start, animate=False, immediate=True)
            await pilot.press(key)
            line = min(wanted, int(pane.max_scroll_y))
            await until(pilot, lambda line=line: pane.scroll_offset.y == line)  # type: ignore[misc]  # bound at once


@each_key_of("app.palette")
async def test_palette(program: Program, key: str) -> None:
    """Words find what can be done, Enter does it."""
    async with program.running("3", key, *"last row") as pilot:
        await until(pilot, lambda: "Last row" in program.text)
        await pilot.press("enter")
        await until(pilot, lambda: len(program.app.screen_stack) == 1)
        await until(pilot, lambda: row_of(program) == LAST)


@each_key_of("dialog.down")
async def test_down_while_words_are_typed(program: Program, key: str) -> None:
    """Of the pages down and up, the second runs."""
    async with program.running("3", "G", "colon") as pilot:
        await pilot.press(*"one page", key, "enter")
        await until(pilot, lambda: len(program.app.screen_stack) == 1 and row_of(program) == LAST - page_of(program))


@each_key_of("dialog.up")
async def test_up_while_words_are_typed(program: Program, key: str) -> None:
    async with program.running("3", "colon") as pilot:
        await pilot.press(*"one page", "down", key, "enter")
        await until(pilot, lambda: len(program.app.screen_stack) == 1 and row_of(program) == page_of(program))


@each_key_of("app.repositories")
async def test_repositories(program: Program, key: str) -> None:
    async with program.running("3", key):
        assert isinstance(program.screen, RepositoriesScreen)


@each_key_of("app.runs")
async def test_runs(program: Program, key: str) -> None:
    """Of the repository that was used last."""
    async with program.running("1") as pilot:
        await pilot.press("slash", *HOSTILE, "enter")
        await open_with_keys(pilot, "3", key)
        assert program.screen.trail == (HOSTILE, "Runs")


@each_key_of("app.artifacts")
async def test_artifacts(program: Program, key: str) -> None:
    async with program.running(key):
        assert program.screen.trail == (RECORDER, "All artifacts")


@each_key_of("app.artifacts")
async def test_artifacts_from_what_was_opened_there(program: Program, key: str) -> None:
    """One key leads back to the list itself, with its cursor where it was."""
    async with program.running("3", "j", "j", "enter") as pilot:
        await until(pilot, lambda: len(program.app.screen_stack) == 2)
        await open_with_keys(pilot, "w", key)
        await until(pilot, lambda: len(program.app.screen_stack) == 1)
        assert (program.screen.trail, row_of(program)) == ((RECORDER, "All artifacts"), 2)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("2", "No repository is open."),
        ("3", "No repository is open."),
        ("W", "Nothing deleted since the program started. L shows"),
        ("H", "No other host is configured."),
        ("S", "The demo needs no token."),
        ("U", "No unfinished downloads or deletions."),
        ("z", "No deletion is in progress."),
    ],
)
async def test_a_key_that_has_nothing_to_show_says_why(key: str, reason: str) -> None:
    """And the palette does not offer it."""
    program = Program()
    async with program.running(key) as pilot:
        await says(pilot, reason)
        assert isinstance(program.screen, RepositoriesScreen)
        assert key not in {command.key for command in commands_of(program.app.screen)}


async def test_delete_in_read_only_mode_says_why() -> None:
    program = Program(RECORDER, settings=Settings(read_only=True))
    async with program.running("3", "D") as pilot:
        await says(pilot, "Read-only mode: nothing is deleted.")
        assert "D Delete" not in program.text
        assert program.screen.trail == (RECORDER, "All artifacts")


@each_key_of("app.transfers")
async def test_transfers(program: Program, key: str) -> None:
    async with program.running("3", "j", key) as pilot:
        assert isinstance(program.screen, TransfersScreen)
        await pilot.press(key)
        assert isinstance(program.screen, TransfersScreen)
        await open_with_keys(pilot, "escape")
        assert (program.screen.trail, row_of(program)) == ((RECORDER, "All artifacts"), 1)


async def test_places_are_left_as_they_were(program: Program) -> None:
    """Going elsewhere and coming back keeps cursor, marks and filter, and asks the server nothing."""
    async with program.running("3", "space", "slash", *"cover", "enter", "j", "2") as pilot:
        before = len(program.server.requests)
        await open_with_keys(pilot, "3")
        assert (row_of(program), program.screen.filter_bar.text) == (1, "cover")
        assert program.summary.startswith("1 marked")
        assert len(program.server.requests) == before


@each_key_of("app.history")
async def test_history(key: str, tmp_path: Path) -> None:
    """Downloads and deletions of this start and of earlier ones, newest first; a word narrows it, Enter tells all."""
    settings = Settings(delete_interval=0.0, delete_grace=0.0)
    journal = tmp_path / "state" / "transfers.sqlite"
    first = Program(RECORDER, directory=tmp_path / "dl", journal=journal, settings=settings)
    async with first.running("3", "j", "j", "j", "j", key) as pilot:
        await says(pilot, "No downloads or deletions yet")
        await open_with_keys(pilot, "escape", "d", "enter")
        await until(pilot, lambda: any(one.verified for one in first.app.session.transfers()))
        await delete(pilot, first)
        await says(pilot, "1 deleted + 0 already gone")
    with (journal.with_name("deletions.jsonl")).open("a") as file:
        file.write("torn\n")
    second = Program(RECORDER, journal=journal)
    async with second.running("3", key, key) as pilot:
        await says(pilot, "2 entries · 1 damaged line skipped", "✓ verified", "✓ deleted")
        assert len(second.app.screen_stack) == 2
        await pilot.press("slash", *"verified", "enter")
        await says(pilot, "1 of 2 entries")
        await pilot.press("enter")
        await says(pilot, "download: verified", str(tmp_path / "dl"))
        await open_with_keys(pilot, "escape", "escape", "escape")
        assert second.screen.trail == (RECORDER, "All artifacts")


@each_key_of("app.theme")
async def test_theme(program: Program, key: str) -> None:
    async with program.running() as pilot:
        seen = [program.app.theme]
        for _ in range(2):
            await pilot.press(key)
            seen.append(program.app.theme)
        assert seen == [DARK.name, LIGHT.name, DARK.name]
        await pilot.press(key)
        assert program.memory.value.theme == LIGHT.name


@each_key_of("app.repaint")
async def test_repaint(program: Program, key: str) -> None:
    """The screen shows what it showed."""
    async with program.running() as pilot:
        await says(pilot, "▆")  # the scrollbar comes one layout after the rows
        before = program.text
        await pilot.press(key)
        assert program.text == before


@each_key_of("app.suspend")
async def test_suspend(program: Program, key: str) -> None:
    """A terminal of a test cannot be suspended: the program goes on as if nothing was."""
    async with program.running() as pilot:
        active = program.screen.active_bindings[key]
        assert (active.binding.action, active.enabled) == ("app.suspend_process", True)
        await pilot.press(key, "j")
        assert row_of(program) == 1


@each_key_of("app.quit")
async def test_quit(program: Program, key: str) -> None:
    async with program.running() as pilot:
        await pilot.press(key)
        await until(pilot, lambda: not program.app.is_running)
    assert program.app.return_value == 0


async def test_nothing_else_quits(program: Program) -> None:
    """Textual's own ctrl+q would, without a question."""
    async with program.running() as pilot:
        for place in ([], ["question_mark"], ["escape", "3", "D"]):
            await open_with_keys(pilot, *place)
            await pilot.press("ctrl+q", "ctrl+q")
            assert not program.app._exit, place


@each_key_of("app.interrupt")
@pytest.mark.parametrize("place", slow_but(2, [["3", "D"], ["slash"], [], ["question_mark"], ["colon"]]))
async def test_interrupt_twice(program: Program, key: str, place: list[str]) -> None:
    """Wherever the keyboard is: the first time it says so, the second time it quits."""
    async with program.running(*place) as pilot:
        await pilot.press(key)
        await says(pilot, "Press Ctrl+C again to quit")
        assert not program.app._exit
        await pilot.press(key)
        await until(pilot, lambda: program.app._exit)
    assert program.app.return_value == 130


@each_key_of("dialog.close")
async def test_close_a_dialog(program: Program, key: str) -> None:
    async with program.running("3") as pilot:
        for opens in ("d", "D", "o", "y", "O", "question_mark", "colon"):
            await pilot.press(opens)
            await until(pilot, lambda: len(program.app.screen_stack) == 2)
            await pilot.press(key)
            await until(pilot, lambda: len(program.app.screen_stack) == 1)
        await loaded(pilot)
        assert program.screen.trail == (RECORDER, "All artifacts")
        assert program.sent("DELETE") == []
        assert not program.app.session.transfers()
