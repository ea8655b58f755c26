"""Files across artifacts: found within bounds and until Esc, and compared for no more than lists and needed files."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from artifact_tui.demo.flavors import GITHUB_UNTIL_SEPTEMBER
from artifact_tui.domain.models import Artifact
from artifact_tui.screens.artifacts.screen import ArtifactsScreen
from artifact_tui.screens.contents.find import AT_ONCE, MOST_ARTIFACTS, FindScreen
from artifact_tui.screens.contents.screen import ContentsScreen
from tests.archive.zips import zipped
from tests.slow_cases import slow_but
from tests.ui.made import add_artifact
from tests.ui.program import KESTREL, LARGE, RECORDER, Program, loaded, open_with_keys, says, until
from tests.ui.test_contents import look_inside, press, typed

NOISE = random.Random(8).randbytes(300_000)
BEFORE = {"same.bin": NOISE, "gone.txt": b"gone\n", "log.txt": b"one\ntwo\nthree\n", "noise.bin": NOISE[:-1] + b"a"}
AFTER = {
    "same.bin": NOISE,
    "new.txt": b"new, and longer\n",
    "log.txt": b"one\n2\nthree\n",
    "noise.bin": NOISE[:-1] + b"b",
}


def sent(program: Program, word: str) -> int:
    return sum(word in request.path for request in program.server.requests)


async def test_so_many_artifacts_are_looked_into_and_the_rest_is_counted() -> None:
    program = Program(KESTREL, flavor=GITHUB_UNTIL_SEPTEMBER)
    async with program.running("3") as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, ArtifactsScreen))
        await loaded(pilot)
        there = sum(not artifact.expired for artifact in program.screen.table.items)
        every = len(program.screen.table.items)
        assert there > MOST_ARTIFACTS
        await open_with_keys(pilot, "f", *"*.sarif", "enter")
        rest = f"{every - there:,} expired, {there - MOST_ARTIFACTS:,} left out"
        assert f"in {MOST_ARTIFACTS} artifacts, {rest}" in program.summary
        assert re.match(r"\d+ hits? · ", program.summary)
        assert sent(program, "/zip") == MOST_ARTIFACTS


async def test_escape_ends_the_finding_and_keeps_what_was_found() -> None:
    """Nothing more is asked of the server then."""
    program = Program(RECORDER, flavor=GITHUB_UNTIL_SEPTEMBER)
    program.server.fault("GET blob:*", stall_at=0, times=999, skip=3)
    async with program.running("3") as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, ArtifactsScreen))
        await loaded(pilot)
        every = len(program.screen.table.items)
        await press_without_waiting(pilot, "f", *"out", "enter")
        await until(pilot, lambda: isinstance(program.screen, FindScreen) and sent(program, "/zip") == 3 + AT_ONCE)
        await says(pilot, "lists…")
        await press_without_waiting(pilot, "escape")
        await says(pilot, "files in 3 artifacts")
        assert f", {every - 3 - 2:,} not read, 2 expired" in program.summary
        assert program.summary.startswith(f"{len(program.screen.table.items):,} hit")
        await press_without_waiting(pilot, "escape", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ArtifactsScreen))
        assert sent(program, "/zip") == 3 + AT_ONCE


async def press_without_waiting(pilot: Any, *keys: str) -> None:
    for key in keys:
        await pilot.press(key)


async def test_an_archive_that_was_found_is_opened_as_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"deep/inner.whl": zipped({"pkg/core.py": b"print()\n"})}
    place = add_artifact(Program(KESTREL), monkeypatch, files)
    program = Program(KESTREL, run=place[1], directory=tmp_path)
    add_artifact(program, monkeypatch, files)
    async with program.running(size=LARGE) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, ArtifactsScreen))
        await open_with_keys(pilot, "f", *"inner", "enter", "enter")
        assert isinstance(program.screen, ContentsScreen)
        await says(pilot, "pkg/", "core.py")
        await press(pilot, typed("core"), ("j", "d", "enter"))
        await until(pilot, lambda: (tmp_path / "core.py").exists())


async def compared(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    add_artifact(program, monkeypatch, BEFORE, "made-before")
    add_artifact(program, monkeypatch, AFTER, "made-after")


async def test_two_artifacts_are_compared_for_their_lists_and_the_file_that_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sizes and checksums say what differs; of 600 kB on each side hardly more than what is shown is fetched."""
    place = add_artifact(Program(KESTREL), monkeypatch, BEFORE, "made-before")
    program = Program(KESTREL, run=place[1])
    await compared(program, monkeypatch)
    async with program.running(size=LARGE) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, ArtifactsScreen))
        await open_with_keys(pilot, *typed("made-"), "space", "space", "equals_sign")
        assert [(one.what, one.path) for one in program.screen.table.items] == [
            ("removed", "gone.txt"),
            ("changed", "log.txt"),
            ("added", "new.txt"),
            ("changed", "noise.bin"),
        ]
        assert program.summary == "1 added · 1 removed · 2 changed · 1 the same"
        assert program.screen.trail[1] == "made-before → made-after"
        await says(pilot, "- removed", "gone.txt", "5 B", "+ added", "new.txt", "16 B", " → ")
        await press(pilot, ("j", "enter"))
        await says(pilot, "-two", "+2", "@@ ")
        blobs = [request for request in program.server.requests if request.place == "blob"]
        ranges = [re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("range", "")) for request in blobs]
        assert sum(int(found[2]) + 1 - int(found[1]) for found in ranges if found) < 2 * 110_000
        assert all(ranges)


async def test_which_of_two_has_expired_is_said() -> None:
    program = Program(KESTREL, flavor=GITHUB_UNTIL_SEPTEMBER)
    async with program.running("3", *typed("expired")) as pilot:
        expired = program.screen.table.current
        assert isinstance(expired, Artifact)
        await open_with_keys(pilot, "space", "escape", "g", "space", "equals_sign")
        await says(pilot, f"{expired.name} of ", "has expired.", "Mark two that have not expired.")


async def test_what_is_no_text_is_said_to_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    place = add_artifact(Program(KESTREL), monkeypatch, BEFORE, "made-before")
    program = Program(KESTREL, run=place[1])
    await compared(program, monkeypatch)
    async with program.running(size=LARGE) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, ArtifactsScreen))
        await open_with_keys(pilot, *typed("made-"), "space", "space", "equals_sign", *typed("noise"), "enter")
        await says(pilot, "differ")


ENCODINGS = {
    "plain.txt": ("naïve log".encode(), "UTF-8"),
    "unmarked.txt": ("naïve log of many words".encode("utf-16-le"), "UTF-16 (guessed)"),
    "marked.txt": (b"\xef\xbb\xbf" + "naïve log".encode(), "UTF-8 with BOM"),
    "wide.txt": ("\ufeffnaïve log".encode("utf-16-le"), "UTF-16"),
    "wide-other.txt": ("\ufeffnaïve log".encode("utf-16-be"), "UTF-16"),
    "old.txt": ("naïve log".encode("latin-1"), "Windows-1252 (guessed)"),
}


@pytest.mark.parametrize("name", slow_but(2, ENCODINGS))
async def test_the_corner_says_how_the_bytes_were_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data, encoding = ENCODINGS[name]
    place = add_artifact(Program(KESTREL), monkeypatch, {name: data})
    program = Program(KESTREL, run=place[1])
    add_artifact(program, monkeypatch, {name: data})
    async with program.running() as pilot:
        await look_inside(pilot, place, ("enter",))
        await says(pilot, "ve log")
        assert f" · {encoding} · " in f" · {program.summary}"


async def test_files_of_one_name_in_artifacts_of_one_name_are_told_apart_by_their_runs() -> None:
    program = Program(KESTREL)
    async with program.running("2") as pilot:
        await loaded(pilot)
        await open_with_keys(pilot, "3", *typed("results-ubuntu age<2d"), "f", *"junit.xml", "enter")
        await says(pilot, "junit.xml", "CI #2041", "CI #2040", "CI #2039")


@pytest.mark.parametrize(
    ("length", "wanted"), slow_but(1, [(600_000, 262_144), (500_000, 500_000)]), ids=["much more", "hardly more"]
)
async def test_the_end_of_a_log_is_there_where_it_costs_little(
    length: int, wanted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where it is not, whatever is not found is said to be not found in what is there."""
    data = b"a line\n" * (length // 7 - 20) + b"##[error]Process completed with exit code 1.\n"
    place = add_artifact(Program(KESTREL), monkeypatch, {"job.log": data})
    program = Program(KESTREL, run=place[1])
    add_artifact(program, monkeypatch, {"job.log": data})
    async with program.running() as pilot:
        await look_inside(pilot, place, ("enter",))
        await says(pilot, "a line")
        await open_with_keys(pilot, "e")
        if wanted == length:
            await says(pilot, "Process completed with exit code 1.")
            return
        sentence = "No line in the first 262 kB of 600 kB looks like an error; m loads more."
        await until(pilot, lambda: sentence in [shown.message for shown in program.app._notifications])
        await press(pilot, typed("exit code"))
        assert program.summary == "no line matches in the first 262 kB of 600 kB"
        await press(pilot, ("m",), ("n",))
        await says(pilot, "match 1 of 1", "Process completed with exit code 1.")
