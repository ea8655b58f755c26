"""Directories made to cost: millions of entries, endless comments, sizes that are not true, over a real socket.

They exist only while they are sent; a process of its own looks inside and tells what that took.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from artifact_tui.archive.local_zip import open_zip
from artifact_tui.archive.zip_directory import LARGEST_DIRECTORY
from artifact_tui.demo.blob import Blob, Filler, Piece, piece_size
from artifact_tui.screens.contents.list_model import COLUMNS, ContentsList
from tests.archive.range_server import RangeServer
from tests.archive.zips import Part, build
from tests.slow_cases import slow_but

MOST = 150 * 1024
"""kB of memory in RAM, that of the interpreter and of the HTTP library with it."""
LOOK = """
import json, sys
from datetime import UTC, datetime
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.github.artifact_download import HttpArchive
from artifact_tui.github.http.connections import blocking_client
from artifact_tui.github.http.cancel import CancelScopes
from artifact_tui.domain.provider import ProviderError
from artifact_tui.screens.contents.reading import FIRST
client = blocking_client()
address, size = sys.argv[1], int(sys.argv[2])
now = lambda: datetime.now(UTC)
archive = HttpArchive(client, lambda: address, name="a", size=size, clock=now, lines=CancelScopes())
try:
    files = RemoteZip.open(archive, size)
    for entry in files.entries[:20]:
        files.read_entry(entry, FIRST)
    said = [str(len(files.entries)), ""]
except ProviderError as error:
    said = [error.sentence, error.next_step]
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps([*said, int(status["VmHWM"].split()[0])]))
"""
MILLIONS = 5_000_000
LOCAL = b"PK\x03\x04" + struct.pack("<5H3I2H", 20, 0x800, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc on this system")


class Look(NamedTuple):
    """What came of looking inside, and what it took: kB of memory, requests, bytes."""

    sentence: str
    step: str
    memory: int
    requests: int
    bytes: int


def record(*, name: bytes = b"a", comment: bytes = b"", size: int = 0) -> bytes:
    head = struct.pack("<2B5H3I", 20, 3, 20, 0x800, 0, 0, 0, 0, size, size)
    return b"PK\x01\x02" + head + struct.pack("<5H2I", len(name), 0, len(comment), 0, 0, 0, 0) + name + comment


def archive(records: Piece, count: int, *, claimed: int | None = None, after: tuple[Piece, ...] = ()) -> Blob:
    """One file, then a directory of ``records``, then end records that claim a number of them, or tell the truth."""
    length, start = piece_size(records), len(LOCAL)
    told = count if claimed is None else claimed
    end64 = b"PK\x06\x06" + struct.pack("<Q2H2I4Q", 44, 45, 45, 0, 0, told, told, length, start)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, start + length, 1)
    end = b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, start, 0)
    return Blob((LOCAL, records, end64 + locator + end, *after))


def many(one: bytes, count: int) -> Filler:
    return Filler(one, len(one) * count)


@contextmanager
def looked_into(blob: Blob) -> Iterator[Look]:
    server = RangeServer(blob)
    try:
        command = [sys.executable, "-c", LOOK, server.address, str(blob.size)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        sentence, step, memory = json.loads(done.stdout)
        yield Look(sentence, step, memory, server.requests, server.bytes)
    finally:
        server.close()


WAY_OUT = "A download keeps the artifact as it is."
AS_MANY_AS_FIT = LARGEST_DIRECTORY // len(record())
CASES: dict[str, tuple[Blob, str]] = {
    "5 million entries": (
        archive(many(record(), MILLIONS), MILLIONS),
        "it has 5,000,000 entries, more than the limit of 100,000",
    ),
    "5 million entries that are told to be 1,000": (
        archive(many(record(), MILLIONS), MILLIONS, claimed=1_000),
        "it has a table of contents of 235 MB, more than the limit of 16.8 MB",
    ),
    "as many entries as fit, told to be 90,000": (
        archive(many(record(), AS_MANY_AS_FIT), AS_MANY_AS_FIT, claimed=90_000),
        "it has a different number of entries than it declares",
    ),
    "a comment of 64 kB on each of 50,000 entries": (
        archive(many(record(comment=b"c" * 0xFFFF), 50_000), 50_000),
        "it has a table of contents of 3.3 GB, more than the limit of 16.8 MB",
    ),
    "a comment that goes on for 4 GB": (
        archive(record(), 1, after=(Filler(b"endless ", 4_000_000_000),)),
        "it is not a zip, or its end is missing",
    ),
    "a comment full of ends": (
        archive(record(), 1, after=(Filler(b"PK\x05\x06", 4_000_000),)),
        "it is not a zip, or its end is missing",
    ),
    "a file of 4 GB in no bytes": (
        archive(record(size=0xFFFFFFF0), 1),
        "'a' reaches into the table of contents",
    ),
    "a directory that is itself the file": (
        archive(many(record(size=1_000_000), 1000), 1000),
        "'a' reaches into the table of contents",
    ),
}


@pytest.mark.parametrize("case", slow_but(2, CASES))
def test_a_hostile_directory_ends_in_a_clear_sentence_for_little(case: str) -> None:
    blob, expected = CASES[case]
    with looked_into(blob) as look:
        assert look.sentence == f"Cannot open this archive: {expected}."
        assert look.step == WAY_OUT
        assert look.memory < MOST
        assert look.requests <= 4
        assert look.bytes <= LARGEST_DIRECTORY + 200_000


def test_the_largest_directory_that_is_read_takes_bounded_memory() -> None:
    """As many files as there may be, with names as long as the limit leaves room for."""
    names = [b"%0112d" % number for number in range(100_000)]
    table = b"".join(record(name=name) for name in names)
    assert 0.9 * LARGEST_DIRECTORY < len(table) <= LARGEST_DIRECTORY
    with looked_into(archive(table, len(names))) as look:
        assert "is not where the table of contents says" in look.sentence  # they all claim the one file's place
        assert look.memory < MOST
        assert look.requests <= 4


def test_names_that_try_to_escape_are_shown_as_text_and_go_nowhere() -> None:
    """Paths that climb, and bytes that steer a terminal: each is a row of its own, and none is obeyed."""
    names = ["../../etc/passwd", "/etc/shadow", "a/../../b", "C:\\x", "\x1b]0;owned\x07", "x\x1b[2J",
             "[@click=app.quit]y[/]",
             "\u202egnp.exe", "a\nb", "./.", "..", "//", "\x9b31m"]  # fmt: skip
    data = build(*(Part(name, b"1") for name in names))
    files = open_zip(lambda offset, length: data[offset : offset + length], len(data))
    shown = ContentsList(files.entries)
    shown_rows = [shown.row(node) for node in shown.select("")]
    rows = ["".join(str(column.cell(row)) for column in COLUMNS) for row in shown_rows]
    assert len(shown.tree.files) == len([name for name in names if not name.endswith("/")])
    assert all(row.isprintable() for row in rows)
    assert any("[@click=app.quit]y[" in row for row in rows)
