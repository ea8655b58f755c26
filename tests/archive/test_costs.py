"""Looking inside over real sockets: requests, bytes and connections stay within what a slow line bears."""

from __future__ import annotations

import threading

from artifact_tui.archive.files import streamed
from artifact_tui.archive.ranges import TAIL
from artifact_tui.archive.remote_zip import RemoteZip
from tests.archive.range_server import measure, served


def test_an_archive_of_200_mb_and_2000_files() -> None:
    with served(2_000, 200_000_000) as (server, archive):
        costs = measure(server, archive)
        assert server.connections == 1
    listed, one, preview = costs.values()
    assert listed.requests == 1
    assert listed.bytes <= 200_000
    assert (one.requests, preview.requests) == (1, 1)
    assert one.bytes <= 150_000
    assert preview.bytes <= 300_000


def test_an_archive_of_2_gb_and_10000_files() -> None:
    """The first request covers its table of contents: 46 bytes and a name for each file."""
    with served(10_000, 2_000_000_000) as (server, archive):
        costs = measure(server, archive)
    listed, one, _ = costs.values()
    assert listed.requests == 1
    assert listed.bytes <= 1_000_000
    assert one.bytes <= 150_000


def test_files_that_are_read_at_once_share_connections() -> None:
    with served(200, 40_000_000) as (server, archive):
        files = RemoteZip.open(archive, server.blob.size)
        wanted = [entry for entry in files.entries if entry.name.startswith("shard-0")]
        assert len(wanted) > 20
        read: list[int] = []

        def read_some(first: int) -> None:
            read.extend(len(files.read_entry(entry, entry.size)) for entry in wanted[first::4])

        threads = [threading.Thread(target=read_some, args=(first,)) for first in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert read == [wanted[0].size] * len(wanted)
        assert server.connections <= 4


def test_a_short_tail_reads_a_long_list_to_the_byte_with_two_requests() -> None:
    with served(10_000, 2_000_000_000) as (server, archive):
        files = RemoteZip.open(archive, server.blob.size, tail=TAIL)
        entry = next(entry for entry in files.entries if entry.name == "results/junit.xml")
        with files.in_order(entry) as in_order:
            assert sum(map(len, streamed(in_order, entry, 65_536))) == entry.size
    assert server.requests == 3
    assert server.bytes <= 900_000
