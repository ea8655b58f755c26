"""Small files that real programs wrote: Info-ZIP, macOS, GNU tar and the steps that publish pages."""

from __future__ import annotations

import hashlib
from pathlib import Path

from artifact_tui.archive.files import Files, PlainFile, read_entry
from artifact_tui.archive.local_zip import open_local_zip
from artifact_tui.archive.nested import open_nested
from artifact_tui.archive.tree import Tree
from tests.archive.places import tree, unpack

REAL = Path(__file__).with_name("real")


def opened(name: str) -> Files:
    if name.endswith(".zip"):
        return open_local_zip(REAL / name)
    data = (REAL / name).read_bytes()
    plain = PlainFile(lambda offset, length: data[offset : offset + length], name, len(data))
    return open_nested(plain, plain.entries[0])


def files_of(files: Files) -> dict[str, bytes]:
    return {entry.name: read_entry(files, entry, 1 << 30) for entry in files.entries if not entry.is_directory}


def test_a_zip_of_macos_has_its_names_in_the_list_and_on_the_disk(place: Path) -> None:
    expected = dict.fromkeys(("Übersicht.txt", "docs/résumé.txt", "日本.txt"), b"x\n" * 20)
    assert files_of(opened("utf8-names-without-flag.zip")) == expected
    unpack(REAL / "utf8-names-without-flag.zip", place / "out")
    assert tree(place / "out") == expected


def test_a_zip_from_a_pipe_is_unpacked(place: Path) -> None:
    unpack(REAL / "from-a-pipe.zip", place / "out")
    assert tree(place / "out") == {"-": b"line of a dump\n" * 1000}


def test_a_sparse_file_of_pax_has_its_bytes() -> None:
    found = files_of(opened("pax-sparse.tar"))
    assert {name: len(data) for name, data in found.items()} == {"big.bin": 5_242_884, "a.txt": 2}
    digest = "7dff76bbb9408a4b736de9d10bf19dc3d51b4012ca039eabfdc6b096547c77e3"
    assert hashlib.sha256(found["big.bin"]).hexdigest() == digest


def test_links_of_gnu_tar_are_listed() -> None:
    files = opened("links.tar")
    assert [(entry.name, entry.size, entry.link) for entry in files.entries] == [
        ("release-1.txt", 4, ""),
        ("copy.txt", 4, "release-1.txt"),
        ("current.txt", 0, "release-1.txt"),
    ]
    assert all(entry.modified is not None and entry.modified.year == 2026 for entry in files.entries)


def test_the_artifact_of_github_pages_holds_the_site_and_nothing_else() -> None:
    outer = opened("github-pages.zip")
    inner = open_nested(outer, outer.entries[0])
    rows = Tree(inner.entries).rows({"assets/"}, lambda node: node.folded)
    assert [node.path for node in rows] == ["assets/", "assets/app.css", "index.html"]
