"""Lists of files: compared, searched, and as a tree."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from artifact_tui.archive.comparison import compare
from artifact_tui.archive.files import plain_entry
from artifact_tui.archive.local_zip import open_zip
from artifact_tui.archive.path_pattern import name_pattern
from artifact_tui.archive.tree import MOST_FOLDERS, Tree
from artifact_tui.archive.zip_directory import Entry
from tests.archive.zips import zipped


def entries(files: dict[str, bytes]) -> tuple[Entry, ...]:
    data = zipped(files)
    return open_zip(lambda offset, length: data[offset : offset + length], len(data)).entries


CONTENTS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([b"", b"x", b"y", b"xx"]))


@given(CONTENTS, CONTENTS)
def test_the_differences_are_those_of_the_contents(old: dict[str, bytes], new: dict[str, bytes]) -> None:
    found = {difference.path: difference.what for difference in compare(entries(old), entries(new))}
    expected = dict.fromkeys(new.keys() - old.keys(), "added")
    expected |= dict.fromkeys(old.keys() - new.keys(), "removed")
    expected |= {name: "changed" for name in new.keys() & old.keys() if old[name] != new[name]}
    assert found == expected


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("log", ["a/b.log", "Logs/c.txt"]),
        ("*.log", ["a/b.log"]),
        ("LOG !txt", ["a/b.log"]),
        ("logs/*", ["Logs/c.txt"]),
        ("!*.log", ["Logs/c.txt", "d.xml"]),
        ("?.xml", ["d.xml"]),
        ("", ["a/b.log", "Logs/c.txt", "d.xml"]),
    ],
)
def test_words_and_patterns(pattern: str, found: list[str]) -> None:
    fits = name_pattern(pattern)
    assert [path for path in ("a/b.log", "Logs/c.txt", "d.xml") if fits(path.casefold())] == found


def without_steps_to_nowhere(name: str) -> str:
    *folders, last = name.split("/")
    return "/".join([*(folder for folder in folders if folder != "."), last])


@given(st.lists(st.text("ab/.", min_size=1, max_size=8), max_size=20))
@example(["./"])
@example(["./a", "a/./b"])
def test_every_file_is_in_the_tree_once_whatever_its_name(names: list[str]) -> None:
    tree = Tree([plain_entry(name, 3, 0) for name in names])
    rows = list(tree.rows(set(tree.folders), lambda node: node.path))
    assert sorted(row.path for row in rows if not row.is_folder) == sorted(
        without_steps_to_nowhere(name) for name in names if not name.endswith("/")
    )
    assert tree.root.size == sum(3 for name in names if not name.endswith("/"))
    assert len({row.key for row in rows}) == len(rows)


def test_names_of_nothing_but_slashes_make_no_more_folders_than_there_may_be() -> None:
    tree = Tree([plain_entry(f"{number}/" + "a/" * 60 + "x", 1, 0) for number in range(4000)])
    assert len(tree.folders) < MOST_FOLDERS + 100
    assert len(tree.files) == 4000
    deep = Tree([plain_entry("a/" * 30_000 + "x", 1, 0)])
    assert len(deep.folders) < 100


def test_a_filter_shows_files_within_their_folders() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("a/b/one.log", "a/two.txt", "c/three.log"):
            archive.writestr(name, b"x")
    data = out.getvalue()
    tree = Tree(open_zip(lambda offset, length: data[offset : offset + length], len(data)).entries)
    rows, count = tree.matching(lambda node: ".log" in node.folded, lambda node: node.folded)
    assert [row.path for row in rows] == ["a/", "a/b/", "a/b/one.log", "c/", "c/three.log"]
    assert count == 2
