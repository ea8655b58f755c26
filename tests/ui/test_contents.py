"""Looking inside an artifact: its files, one of them, and why not where that cannot be."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from textual.pilot import Pilot

from artifact_tui.demo.flavors import GITHUB, GITHUB_UNTIL_SEPTEMBER, Flavor, enterprise_server
from artifact_tui.demo.messages import DemoAnswer, Flow
from artifact_tui.screens.artifacts.screen import ArtifactsScreen
from artifact_tui.screens.contents.preview import PreviewScreen
from artifact_tui.screens.contents.screen import ContentsScreen
from artifact_tui.widgets.line_table import LineRow
from tests.double.faults import Fault
from tests.slow_cases import slow_but
from tests.ui.program import (
    HOSTILE,
    KESTREL,
    LARGE,
    SMALL,
    Keyboard,
    Program,
    loaded,
    text_of,
    until,
)
from tests.ui.sizes import SIZES

LOGS = (KESTREL, 27675452125, "logs")
EXPIRED = (KESTREL, 27604688626, "logs")
SITE = (KESTREL, 27675544627, "pages")
RESULTS = (KESTREL, 27676218025, "results")
PLAIN = (KESTREL, 27675230464, "flamegraph")
WHEEL = (KESTREL, 27674836804, "win_amd64")
REPORTS = {
    "results": RESULTS,
    "coverage": (KESTREL, 27675688771, "coverage"),
    "bench": (KESTREL, 27675340084, "bench-epyc"),
    "scan": (KESTREL, 27673972111, "codeql-rust"),
}
SOURCE = (KESTREL, 27669323125, "kestrel-src")
NO_BYTES = (HOSTILE, 27676063684, "no-bytes")
Keys = tuple[str, ...]
Place = tuple[str, int, str]
"""An artifact: repository, workflow run, and a word that only its name holds there."""
Compare = Callable[..., bool]


def start_at(place: Place, flavor: Flavor = GITHUB) -> Program:
    return Program(place[0], run=place[1], flavor=GITHUB_UNTIL_SEPTEMBER if place == EXPIRED else flavor)


async def find(pilot: Pilot[Any], place: Place) -> None:
    """Put the cursor on the artifact."""
    await until(pilot, lambda: isinstance(pilot.app.screen, ArtifactsScreen))
    await loaded(pilot)
    await press(pilot, typed(place[2]))


async def look_inside(pilot: Pilot[Any], place: Place, *groups: Keys) -> None:
    """Find the artifact, open it, then press the keys."""
    await find(pilot, place)
    await press(pilot, ("enter",), *groups)


async def press(pilot: Pilot[Any], *groups: Keys) -> None:
    """Press the keys of each group at once, and load what they lead to."""
    for keys in groups:
        await Keyboard(pilot.app).press(*keys)
        await loaded(pilot)


def typed(words: str) -> Keys:
    """A filter."""
    return ("slash", *words, "enter")


def looks(compare: Compare, size: tuple[int, int], place: Place, *groups: Keys) -> bool:
    """Whether it still looks as it did."""
    return compare(start_at(place).app, terminal_size=size, run_before=lambda pilot: look_inside(pilot, place, *groups))


@SIZES
def test_contents(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Every file with its sizes and date, by path."""
    assert looks(snap_compare, size, LOGS)


@SIZES
def test_contents_filtered(snap_compare: Compare, size: tuple[int, int]) -> None:
    """The count says how many of how many."""
    assert looks(snap_compare, size, LOGS, typed("trace"))


@SIZES
def test_contents_of_an_expired_artifact(snap_compare: Compare, size: tuple[int, int]) -> None:
    """The server's reason, and what can be done."""
    assert looks(snap_compare, size, EXPIRED)


@SIZES
def test_preview_of_text(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Long lines are folded, their rest indented."""
    assert looks(snap_compare, size, LOGS, ("j", "j", "p"))


@SIZES
def test_preview_of_the_start_of_a_file(snap_compare: Compare, size: tuple[int, int]) -> None:
    """How much is shown is said in the corner and at the end."""
    assert looks(snap_compare, size, LOGS, typed("trace"), ("p",), ("G",))


@SIZES
def test_preview_of_bytes(snap_compare: Compare, size: tuple[int, int]) -> None:
    """A dump that fits."""
    assert looks(snap_compare, size, SITE, typed("logo"), ("enter",), ("v",))


async def test_escape_leads_from_the_file_to_the_list_to_the_artifacts() -> None:
    program = start_at(LOGS)
    async with program.app.run_test(size=SMALL) as pilot:
        await look_inside(pilot, LOGS, ("j", "j", "p"))
        assert isinstance(program.screen, PreviewScreen)
        await pilot.press("escape")
        assert isinstance(program.screen, ContentsScreen)
        assert program.screen.table.current.path == "shard-01/setup.log"
        await pilot.press("escape")
        assert isinstance(program.screen, ArtifactsScreen)


async def test_the_list_costs_kilobytes_and_no_download() -> None:
    program = start_at(LOGS)
    async with program.app.run_test(size=SMALL) as pilot:
        await look_inside(pilot, LOGS, ("j", "j", "p"))
        ranges = [one.headers["range"] for one in program.server.requests if one.place == "blob"]
    spans = [tuple(map(int, one.removeprefix("bytes=").split("-"))) for one in ranges]
    assert len(spans) == 2
    assert sum(last - first + 1 for first, last in spans) < 150_000


async def test_words_filter_the_files_and_a_mark_of_exclamation_takes_away() -> None:
    program = start_at(LOGS)
    async with program.app.run_test(size=LARGE) as pilot:
        await look_inside(pilot, LOGS, typed("SHARD-02 !setup"))
        paths = [node.path for node in program.screen.table.items]
        assert paths == ["shard-02/", "shard-02/pytest.log", "shard-02/trace.log"]
        assert "2 of 7 files" in program.screen.title_bar.summary
        await pilot.press("escape")
        assert len(program.screen.table.items) == 9


def here(program: Program) -> LineRow:
    """The row under the cursor."""
    row = program.screen.table.current
    assert isinstance(row, LineRow)
    return row


async def test_a_search_goes_to_the_first_line_that_holds_it_and_the_corner_counts() -> None:
    program = start_at(LOGS)
    async with program.app.run_test(size=LARGE) as pilot:
        await look_inside(pilot, LOGS, ("j", "p"), typed("skipped"))
        found = here(program)
        assert "SKIPPED" in found.text
        assert re.fullmatch(r"match 1 of \d+", program.summary)
        await press(pilot, ("n",))
        assert here(program).line > found.line
        assert program.summary.startswith("match 2 of ")
        await press(pilot, ("N", "N"))
        last = here(program)
        assert last.line > found.line
        assert "SKIPPED" in last.text
        await pilot.press("escape")
        assert here(program) == last
        assert "UTF-8" in program.summary


async def test_errors_are_jumped_to_and_timestamps_folded() -> None:
    program = start_at(LOGS)
    async with program.app.run_test(size=LARGE) as pilot:
        await look_inside(pilot, LOGS, typed("shard-02/pytest"), ("j", "p"), ("e",))
        first = here(program)
        assert "FAILURES" in first.text
        await press(pilot, ("z",))
        assert here(program).line == first.line
        assert here(program).text.startswith("====")
        await press(pilot, ("z", "e"))
        assert here(program).line > first.line


async def test_more_of_a_file_costs_only_what_is_new() -> None:
    program = start_at(LOGS)
    async with program.app.run_test(size=LARGE) as pilot:
        await look_inside(pilot, LOGS, typed("shard-01/trace"), ("j", "p"))
        assert "first 262 kB of 785 kB" in program.summary
        await press(pilot, ("G", "m"))
        assert program.summary.endswith("UTF-8 · 785 kB")
        assert program.screen.table.cursor_row > 1000
        ranges = [one.headers["range"] for one in program.server.requests if one.place == "blob"][1:]
    spans = [tuple(map(int, one.removeprefix("bytes=").split("-"))) for one in ranges]
    assert sum(last - first + 1 for first, last in spans) < 800_000
    assert spans[1][0] == spans[0][1] + 1


async def test_lines_are_folded_to_the_window_and_none_is_lost() -> None:
    program = start_at(LOGS)
    async with program.app.run_test(size=(200, 30)) as pilot:
        await look_inside(pilot, LOGS, ("j", "p"))
        wide = program.screen.table.items
        assert all(row.part == 0 for row in wide)
        await pilot.resize_terminal(40, 12)
        await until(pilot, lambda: len(program.screen.table.items) > len(wide))
        narrow = [row.text if row.part == 0 else row.text[2:] for row in program.screen.table.items]
        assert "".join(narrow) == "".join(row.text for row in wide)
        assert "…" not in text_of(program.app).partition("\n")[2]


async def test_the_keys_of_every_list_move_in_a_file() -> None:
    program = start_at(LOGS)
    async with program.app.run_test(size=SMALL) as pilot:
        await look_inside(pilot, LOGS, ("j", "p"))
        table = program.screen.table
        for key, row in (("G", -1), ("end", -1), ("pagedown", 21), ("ctrl+d", 10), ("j", 1)):
            await pilot.press(key)
            assert table.cursor_row == (row if row >= 0 else len(table.items) - 1), key
            await pilot.press("g")
            assert table.cursor_row == 0


async def test_a_plain_file_is_its_own_only_entry() -> None:
    program = start_at(PLAIN)
    async with program.app.run_test(size=SMALL) as pilot:
        await look_inside(pilot, PLAIN)
        assert [node.path for node in program.screen.table.items] == ["flamegraph.png"]
        await press(pilot, ("enter",))
        assert "PNG image · 57.8 kB" in program.screen.title_bar.summary
        assert "320 × 180 pixels" in text_of(program.app)
        await press(pilot, ("v",))
        assert "89 50 4e 47" in text_of(program.app)
        await press(pilot, ("v",))
        assert "320 × 180 pixels" in text_of(program.app)


async def test_a_text_is_shown_as_bytes_and_back() -> None:
    """What is a text already is no other thing as a text."""
    program = start_at(LOGS)
    async with program.app.run_test(size=SMALL) as pilot:
        await look_inside(pilot, LOGS, ("j", "p"))
        first = text_of(program.app)
        await press(pilot, ("v",))
        assert program.screen.title_bar.summary.startswith("binary")
        await press(pilot, ("v",))
        assert text_of(program.app) == first


async def test_an_artifact_of_no_bytes_holds_no_files() -> None:
    program = start_at(NO_BYTES)
    async with program.app.run_test(size=SMALL) as pilot:
        await look_inside(pilot, NO_BYTES)
        assert "This artifact holds no files" in text_of(program.app)


async def test_a_server_that_makes_the_zip_while_it_sends_it_says_to_download() -> None:
    program = start_at(RESULTS, enterprise_server("3.10"))
    async with program.app.run_test(size=SMALL) as pilot:
        await look_inside(pilot, RESULTS)
        shown = text_of(program.app)
        assert "creates the zip while sending it" in shown
        assert "d downloads the whole artifact" in shown
        await pilot.press("slash", "x")
        assert "creates the zip while sending it" in text_of(program.app)


async def test_a_storage_that_fails_is_tried_again_with_r() -> None:
    program = start_at(RESULTS)
    program.server.fault("GET blob:*", status=500, times=99)
    async with program.app.run_test(size=SMALL) as pilot:
        await look_inside(pilot, RESULTS)
        assert "r retries" in text_of(program.app)
        program.server.faults.clear()
        await pilot.press("r")
        await loaded(pilot)
        assert "junit.xml" in text_of(program.app)


@dataclass
class Held(Fault):
    """Bytes that come when the gate opens."""

    gate: threading.Event = field(default_factory=threading.Event)

    def spoil(self, answer: DemoAnswer) -> DemoAnswer:
        def parts() -> Flow:
            self.gate.wait()
            yield from answer.parts()

        return DemoAnswer(answer.status, answer.headers, flow=parts)


async def test_leaving_while_the_list_is_read_is_no_trouble() -> None:
    program = start_at(RESULTS)
    held = Held("GET blob:*")
    program.server.faults.append(held)
    async with program.app.run_test(size=SMALL) as pilot:
        await find(pilot, RESULTS)
        await pilot.press("enter")
        await until(pilot, lambda: "Reading the list of files" in text_of(program.app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(program.app.screen, ArtifactsScreen))
        held.gate.set()
        await press(pilot, ("enter",))
        assert "junit.xml" in text_of(program.app)


@SIZES
@pytest.mark.parametrize(
    ("artifact", "file"),
    slow_but(
        3,
        [
            ("results", "junit"),
            ("bench", "timings"),
            ("results", "summary"),
            ("coverage", "coverage.xml"),
            ("bench", "results"),
            ("scan", "sarif"),
        ],
    ),
    ids=["test-results", "table", "markdown", "coverage", "json", "findings"],
)
def test_preview_of_a_report(snap_compare: Compare, size: tuple[int, int], artifact: str, file: str) -> None:
    """Each as what it is."""
    assert looks(snap_compare, size, REPORTS[artifact], typed(file), ("enter",))
