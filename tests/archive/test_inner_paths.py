"""Paths of files in an artifact and in the archives within it."""

from __future__ import annotations

import gzip

from artifact_tui.archive.files import Files, read_entry
from artifact_tui.archive.inner_paths import FoundFile, InnerPaths
from artifact_tui.archive.nested import open_nested
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.zip_directory import Entry
from tests.archive.test_nested import tarred
from tests.archive.test_remote_zip import ALL, FakeArchive
from tests.archive.zips import Part, build, zipped

INNER = zipped({"b.txt": b"inner", "deep/c.txt": b"deep", "odd!/d.txt": b"odd"})
OUTER = {
    "a.txt": b"outer",
    "one.zip": INNER,
    "lib/two.tar.gz": gzip.compress(tarred({"e.txt": b"in a tar", "three.zip": INNER})),
    "odd!/f.txt": b"folder",
    "./g.txt": b"dot",
    "no.zip.txt": b"text",
}


class Opened:
    """An artifact, and the names of the archives within it that were opened."""

    def __init__(self, data: bytes) -> None:
        self.names: list[str] = []
        archive = FakeArchive(data)
        self.paths = InnerPaths(RemoteZip.open(archive, len(data)), self._open)

    def _open(self, files: Files, entry: Entry) -> Files:
        self.names.append(entry.name)
        return open_nested(files, entry)


def paths(found: list[FoundFile]) -> list[str]:
    return [file.path for file in found]


def data_of(found: list[FoundFile]) -> list[bytes]:
    return [read_entry(file.files, file.entry, ALL) for file in found]


def test_a_path_leads_into_archives_within_archives() -> None:
    opened = Opened(zipped(OUTER))
    assert data_of(opened.paths.exactly("a.txt")) == [b"outer"]
    assert opened.names == []
    assert data_of(opened.paths.exactly("one.zip!/deep/c.txt")) == [b"deep"]
    assert data_of(opened.paths.exactly("lib/two.tar.gz!/three.zip!/b.txt")) == [b"inner"]
    assert opened.names == ["one.zip", "lib/two.tar.gz", "three.zip"]
    opened.paths.matching("**/*.gz!/*.zip!/**")
    assert opened.names == ["one.zip", "lib/two.tar.gz", "three.zip"]


def test_what_does_not_exist_is_not_found_and_opens_nothing() -> None:
    opened = Opened(zipped(OUTER))
    for path in ("b.txt", "a.txt!/b.txt", "no.zip.txt!/x", "two.zip!/b.txt", "!/a.txt", "lib", "", "one.zip/b.txt"):
        assert opened.paths.exactly(path) == []
    assert opened.names == []
    assert opened.paths.exactly("one.zip!/") == opened.paths.exactly("one.zip!/no.txt") == []


def test_names_with_the_separator_are_found_too() -> None:
    opened = Opened(zipped(OUTER))
    assert data_of(opened.paths.exactly("odd!/f.txt")) == [b"folder"]
    assert data_of(opened.paths.exactly("one.zip!/odd!/d.txt")) == [b"odd"]
    assert paths(opened.paths.matching("odd!/*")) == ["odd!/f.txt"]


def test_a_glob_selects_archives_and_files_in_them() -> None:
    opened = Opened(zipped(OUTER))
    assert paths(opened.paths.matching("*.zip!/*.txt")) == ["one.zip!/b.txt"]
    assert paths(opened.paths.matching("one.zip!/")) == ["one.zip!/b.txt", "one.zip!/deep/c.txt", "one.zip!/odd!/d.txt"]
    assert paths(opened.paths.matching("**")) == [
        "a.txt",
        "one.zip",
        "lib/two.tar.gz",
        "odd!/f.txt",
        "g.txt",
        "no.zip.txt",
    ]
    assert opened.paths.exactly("g.txt")[0].exact == b"./g.txt"
    assert opened.paths.is_folder("lib")
    assert opened.paths.is_folder("lib/")
    assert not opened.paths.is_folder("a.txt")


def test_a_repeated_name_means_all_its_files_and_bytes_name_a_file_too() -> None:
    opened = Opened(build(Part("a", b"1"), Part("a", b"2"), Part(b"dos\x81", b"3", flags=0)))
    assert data_of(opened.paths.exactly("a")) == [b"1", b"2"]
    assert data_of(opened.paths.exactly("dos\u00fc")) == data_of(opened.paths.exactly("dos\udc81")) == [b"3"]
    assert [file.has_crc for file in opened.paths.all_files] == [True] * 3
