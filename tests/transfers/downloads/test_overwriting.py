"""Overwriting replaces what artifact-tui created and nobody changed since; everything else is saved beside."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.selection import select
from artifact_tui.transfers.downloads.selection_order import SelectionOrder
from artifact_tui.transfers.models import OnExisting, State, Transfer
from artifact_tui.transfers.receipts.store import read_receipt
from tests.archive.places import tree
from tests.transfers.conftest import Desk
from tests.transfers.fake_store import OCTO, zipped

OLD, NEW = {"a__b": b"old", "c": b"c"}, {"a__b": b"new"}
NOT_OURS = "Not overwritten: {} was not created by artifact-tui. Saved as {}."
CHANGED = "Not overwritten: {} has changed since it was downloaded. Saved as {}."
Make = Callable[[Path], object]


def overwrite(desk: Desk, unpack: bool, files: dict[str, bytes] = NEW) -> Transfer:
    done = desk.fetch(desk.shelf.put("src", zipped(**files)), unpack=unpack, on_existing=OnExisting.OVERWRITE)
    assert done.state is State.DONE
    return done


def names(unpack: bool) -> tuple[str, str]:
    return ("src", "src (2)") if unpack else ("src.zip", "src (2).zip")


def make_tree(path: Path) -> None:
    (path / "a").mkdir(parents=True)
    (path / "a" / "main.c").write_bytes(b"int main;")


THINGS: dict[str, Make] = {
    "directory": make_tree,
    "empty directory": Path.mkdir,
    "file": lambda path: path.write_bytes(b"mine"),
    "empty file": Path.touch,
    "link": lambda path: path.symlink_to(path.with_name("elsewhere")),
    "dangling link": lambda path: path.symlink_to("nowhere"),
    "pipe": os.mkfifo,
}


@pytest.mark.parametrize("unpack", [True, False])
@pytest.mark.parametrize("thing", THINGS)
def test_what_has_no_receipt_stays_and_the_download_is_saved_beside(desk: Desk, thing: str, unpack: bool) -> None:
    name, other = names(unpack)
    make_tree(desk.directory / "elsewhere")
    mine = desk.directory / name
    THINGS[thing](mine)
    before, elsewhere = mine.lstat(), tree(desk.directory / "elsewhere")
    done = overwrite(desk, unpack)
    assert (done.path, done.problem) == (desk.directory / other, NOT_OURS.format(name, other))
    after = mine.lstat()
    assert (before.st_ino, before.st_mode, before.st_size) == (after.st_ino, after.st_mode, after.st_size)
    assert tree(desk.directory / "elsewhere") == elsewhere
    if thing == "directory":
        assert tree(mine) == {"a/main.c": b"int main;"}


@pytest.mark.parametrize("unpack", [True, False])
def test_what_was_downloaded_and_left_alone_is_replaced(desk: Desk, unpack: bool) -> None:
    name, _ = names(unpack)
    overwrite(desk, unpack, OLD)
    done = overwrite(desk, unpack)
    assert (done.path, done.problem) == (desk.directory / name, "")
    assert (desk.names(), desk.receipts()) == ([name], [f"{name}.artifact.json"])
    assert read_receipt(desk.directory / f"{name}.artifact.json").artifact_id == 2
    if unpack:
        assert tree(desk.directory / name) == {"a/b": b"new"}


def replace_by_file(path: Path) -> None:
    shutil.rmtree(path)
    path.write_bytes(b"mine")


def replace_by_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replace_by_link(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")


CHANGES: dict[str, Make] = {
    "a file was added": lambda path: (path / "a" / "mine").write_bytes(b"mine"),
    "a hidden file was added": lambda path: (path / ".env").write_bytes(b"mine"),
    "an empty directory was added": lambda path: (path / "a" / "empty").mkdir(),
    "a link was added": lambda path: (path / "link").symlink_to("c"),
    "a file has different content": lambda path: (path / "c").write_bytes(b"d"),
    "a file is longer": lambda path: (path / "c").write_bytes(b"c and more"),
    "a file is gone": lambda path: (path / "c").unlink(),
    "a file is executable now": lambda path: (path / "c").chmod(0o755),
    "a file is a link now": lambda path: replace_by_link(path / "c"),
    "a directory is a link now": lambda path: replace_by_link(path / "a"),
    "it is a link to itself": replace_by_link,
    "it is a file now": replace_by_file,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_directory_that_changed_since_stays(desk: Desk, change: str) -> None:
    overwrite(desk, True, OLD)
    CHANGES[change](desk.directory / "src")
    before = tree(desk.directory / "src") if (desk.directory / "src").is_dir() else {}
    done = overwrite(desk, True)
    assert (done.path, done.problem) == (desk.directory / "src (2)", CHANGED.format("src", "src (2)"))
    assert (tree(desk.directory / "src") if (desk.directory / "src").is_dir() else {}) == before
    assert desk.receipts() == ["src (2).artifact.json", "src.artifact.json"]


def test_a_kept_zip_that_changed_since_stays(desk: Desk) -> None:
    overwrite(desk, False, OLD)
    (desk.directory / "src.zip").write_bytes(b"mine")
    done = overwrite(desk, False)
    assert done.problem == CHANGED.format("src.zip", "src (2).zip")
    assert (desk.directory / "src.zip").read_bytes() == b"mine"


def edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


SPOILED: dict[str, Make] = {
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "not UTF-8": lambda path: path.write_bytes(path.read_bytes().replace(b"octo", b"\xff\xff\xff\xff")),
    "of another program": lambda path: path.write_text('{"format": 1, "name": "src"}'),
    "of a newer version": lambda path: edit(path, format=99),
    "of another name": lambda path: edit(path, target="lib", files=[], empty_directories=["lib/a"]),
    "of a path outside": lambda path: edit(path, target="../src", files=[], empty_directories=[]),
    "a directory": replace_by_directory,
    "a link to a receipt": replace_by_link,
    "unreadable": lambda path: path.write_text("[" * 100_000),
}


@pytest.mark.parametrize("spoiled", SPOILED)
def test_a_receipt_that_vouches_for_nothing_lets_nothing_be_replaced(desk: Desk, spoiled: str) -> None:
    overwrite(desk, True, OLD)
    SPOILED[spoiled](desk.directory / "src.artifact.json")
    done = overwrite(desk, True)
    assert done.problem == NOT_OURS.format("src", "src (2)")
    assert tree(desk.directory / "src") == {"a/b": b"old", "c": b"c"}


def test_what_was_renamed_with_its_receipt_is_not_what_the_receipt_is_about(desk: Desk) -> None:
    desk.fetch(desk.shelf.put("lib", zipped(**OLD)))
    for ending in ("", ".artifact.json"):
        (desk.directory / f"lib{ending}").rename(desk.directory / f"src{ending}")
    assert overwrite(desk, True).problem == NOT_OURS.format("src", "src (2)")


def test_a_directory_of_ours_is_not_replaced_by_a_file(desk: Desk) -> None:
    overwrite(desk, True, OLD)
    raw = desk.shelf.put("src", b"text", digest=False, file_name="src")
    done = desk.fetch(raw, on_existing=OnExisting.OVERWRITE)
    assert done.problem == "Not overwritten: src is a directory. Saved as src (2)."
    assert tree(desk.directory / "src") == {"a/b": b"old", "c": b"c"}


def test_the_newest_receipt_counts(desk: Desk) -> None:
    """As after the directory was removed by hand and downloaded anew without overwriting."""
    overwrite(desk, True, OLD)
    shutil.rmtree(desk.directory / "src")
    desk.fetch(desk.shelf.put("src", zipped(x=b"1")))
    assert (desk.directory / "src.artifact (2).json").exists()
    done = overwrite(desk, True)
    assert (done.problem, tree(desk.directory / "src")) == ("", {"a/b": b"new"})
    assert read_receipt(desk.directory / "src.artifact (2).json").artifact_id == 3


def test_what_cannot_be_unpacked_and_may_not_be_overwritten_says_both(desk: Desk) -> None:
    make_tree(desk.directory / "src.zip")
    done = overwrite(desk, True, {"..__evil": b"1"})
    assert done.problem == (
        "Not unpacked: '../evil' points outside the directory. " + NOT_OURS.format("src.zip", "src (2).zip")
    )


@pytest.mark.parametrize("root", ["logs", "logs/a.txt", ""])
def test_files_saved_out_of_an_artifact_replace_only_what_is_ours(desk: Desk, root: str) -> None:
    artifact = desk.shelf.put("all", zipped(**{"logs__a.txt": b"new", "logs__old": b"1"}))
    files = RemoteZip.open(desk.shelf.open(OCTO, artifact), artifact.size_in_bytes)
    assert files.start is not None
    wanted = [entry for entry in files.entries if entry.name.startswith(root)]
    selection = select(files.entries, wanted, files.start, files.etag, root)
    order = SelectionOrder.of(desk.order(artifact, on_existing=OnExisting.OVERWRITE), selection)

    def save() -> Transfer:
        (number,) = desk.engine.downloads.add([order])
        desk.until(lambda: desk.look(number).finished)
        return desk.look(number)

    name = root.rpartition("/")[2] or "all"
    assert save().problem == ""
    done = save()
    assert (done.problem, done.path) == ("", desk.directory / name)
    if (place := desk.directory / name).is_dir():
        (place / "mine").write_bytes(b"mine")
    else:
        place.write_bytes(b"mine")
    done = save()
    assert done.path is not None
    assert done.problem == CHANGED.format(name, done.path.name)
    assert desk.names() == sorted([name, done.path.name])
