"""Tars in an artifact: links and devices, and what is said of them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.archive.tars import Piece, tar_of
from tests.archive.test_zip_names import WITHOUT_FLAG
from tests.ui.program import LARGE, Program, open_with_keys, says
from tests.ui.test_contents import look_inside, press, typed
from tests.ui.test_inside import made_of

LINKS = tar_of(
    Piece(b"./", kind=b"5"),
    Piece(b"./release-1.txt", b"one\n", mtime=b"14524770402\0"),
    Piece(b"./copy.txt", kind=b"1", link=b"./release-1.txt", mtime=b"14524770402\0"),
    Piece(b"./current.txt", kind=b"2", link=b"release-1.txt"),
    Piece(b"./dev/null", kind=b"3"),
    Piece(b"./pipe", kind=b"6"),
)


def rows(program: Program) -> list[str]:
    return [node.path for node in program.screen.table.items]


async def test_links_are_listed_with_targets_and_what_is_not_shown_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, place = made_of(monkeypatch, {"artifact.tar": LINKS}, directory=tmp_path)
    async with program.running(size=LARGE) as pilot:
        await look_inside(pilot, place, ("enter",))
        assert rows(program) == ["copy.txt", "current.txt", "release-1.txt"]
        assert program.summary == "2 files, 1 symlink · 8 B · 2 not shown"
        await says(pilot, "copy.txt → release-1.txt", "current.txt → release-1.txt", "2023-11-14 22:13")
        await says(pilot, "Not shown: dev/null (character device), pipe (FIFO).")
        await open_with_keys(pilot, "j", "enter")
        await says(pilot, "current.txt is a link to release-1.txt. Open that file instead.")
        await open_with_keys(pilot, "d")
        await says(pilot, "1 symlink skipped. Nothing else to save.")


async def test_a_symlink_is_skipped_and_counted_and_a_hard_link_is_saved_as_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, place = made_of(monkeypatch, {"artifact.tar": LINKS}, directory=tmp_path)
    async with program.running(size=LARGE) as pilot:
        await look_inside(pilot, place, ("enter",), ("a",))
        assert program.summary == "2 files, 1 symlink marked · 8 B · 2 not shown"
        await open_with_keys(pilot, "d")
        await says(pilot, "Save 2 files · 8 B on the disk · 1 symlink skipped")
        await open_with_keys(pilot, "enter")
        await says(pilot, "Saved as", "1 symlink skipped.")
    saved = {path.name: path.read_bytes() for path in (tmp_path / "artifact").iterdir()}
    assert saved == {"copy.txt": b"one\n", "release-1.txt": b"one\n"}
    assert not any(path.is_symlink() for path in (tmp_path / "artifact").iterdir())
    assert {path.stat().st_nlink for path in (tmp_path / "artifact").iterdir()} == {1}


async def test_a_hard_link_is_previewed_as_its_target(monkeypatch: pytest.MonkeyPatch) -> None:
    program, place = made_of(monkeypatch, {"artifact.tar": LINKS})
    async with program.running(size=LARGE) as pilot:
        await look_inside(pilot, place, ("enter",), typed("copy"), ("enter",))
        await says(pilot, "one", "4 B")


async def test_names_that_are_a_guess_are_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    program, place = made_of(monkeypatch, {"inner.zip": WITHOUT_FLAG})
    async with program.running(size=LARGE) as pilot:
        await look_inside(pilot, place, ("enter",))
        assert rows(program) == ["docs/", "docs/résumé.txt", "Übersicht.txt", "日本.txt"]
        assert program.summary == "3 files · 6 B · names guessed as UTF-8"
        await says(pilot, "3 names do not state an encoding. UTF-8 is a guess.")
        await press(pilot, ("j",))


async def test_a_zip_method_that_is_not_supported_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.archive.zips import Part, build

    inner = build(Part("a.txt", b"?" * 50, method=9))
    program, place = made_of(monkeypatch, {"inner.zip": inner}, directory=tmp_path)
    async with program.running(size=LARGE) as pilot:
        await look_inside(pilot, place, ("enter",), ("enter",))
        await says(pilot, "'a.txt' is compressed with Deflate64; 7z can unpack it.")
        await open_with_keys(pilot, "escape", "d", "enter")
        await says(pilot, "Not saved: 'a.txt' is compressed with Deflate64; 7z can unpack it.")


@pytest.mark.skipif(sys.platform == "darwin", reason="the file systems of macOS take UTF-8 only")
async def test_names_that_are_not_utf_8_are_shown_escaped_and_saved_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tar_of(Piece(b"d/caf\xe9/x.txt", b"one\n"), Piece(b"d/na\xefve.txt", b"two\n"))
    program, place = made_of(monkeypatch, {"inner.tar": inner}, directory=tmp_path)
    async with program.running(size=LARGE) as pilot:
        await look_inside(pilot, place, ("enter",))
        await says(pilot, r"caf\udce9/", r"na\udcefve.txt")
        await press(pilot, typed("ve.txt"), ("enter",))
        await says(pilot, "two", r"na\udcefve.txt")
        await open_with_keys(pilot, "escape", "escape", "home", "d")
        await says(pilot, "d into the directory")
        await open_with_keys(pilot, "enter")
        await says(pilot, "Saved as")
    files = {os.fsencode(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*.txt")}
    assert files == {b"d/caf\xe9/x.txt": b"one\n", b"d/na\xefve.txt": b"two\n"}
