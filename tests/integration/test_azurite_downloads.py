"""Downloads out of a real blob storage: proven whole, resumed by range, never mixed from two blobs."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from artifact_tui.transfers.models import State
from tests.engines import under_way
from tests.integration.azurite import LONG_AGO
from tests.integration.depot import Depot, archive

pytestmark = pytest.mark.integration

DATA = archive()
SIZE, HALF = len(DATA), len(DATA) // 2


def unpacked(data: bytes) -> bytes:
    """The file inside."""
    return data[30 + len("logs/build.log") :][:3_000_000]


def test_a_download_is_proven_by_its_digest_and_unpacked(depot: Depot) -> None:
    artifact = depot.artifact(DATA)
    depot.lead(artifact, depot.blobs.address(artifact.name))
    (done,) = depot.download(artifact)
    assert (done.state, done.verified, done.received, done.tries) == (State.DONE, True, SIZE, 1)
    assert done.path is not None
    assert (done.path / "logs/build.log").read_bytes() == unpacked(DATA)
    assert depot.names() == [done.path.name]


def test_a_broken_download_goes_on_where_it_ended(depot: Depot) -> None:
    artifact = depot.artifact(DATA)
    depot.lead(artifact, *[depot.blobs.address(artifact.name)] * 2)
    depot.wire.cut(HALF)
    (done,) = depot.download(artifact)
    assert (done.state, done.verified, done.received, done.tries) == (State.DONE, True, SIZE, 2)
    first, second = depot.fetched()
    assert (first.status, second.status) == (200, 206)
    assert second.headers["range"] == f"bytes={HALF}-{SIZE - 1}"
    assert second.headers["if-match"].startswith('"0x')
    assert depot.signed() == 2


def test_an_address_that_ends_on_the_way_is_asked_for_again(depot: Depot) -> None:
    artifact = depot.artifact(DATA)
    good, past = depot.blobs.address(artifact.name), depot.blobs.address(artifact.name, until=LONG_AGO)
    depot.lead(artifact, good, past, good)
    depot.wire.cut(HALF)
    (done,) = depot.download(artifact)
    assert (done.state, done.verified, done.received) == (State.DONE, True, SIZE)
    assert [exchange.status for exchange in depot.fetched()] == [200, 403, 206]
    assert depot.fetched()[-1].headers["range"] == f"bytes={HALF}-{SIZE - 1}"
    assert depot.signed() == 3


def test_a_blob_that_changes_on_the_way_is_fetched_from_its_start(depot: Depot) -> None:
    artifact = depot.artifact(DATA)
    name, earlier = artifact.name, archive(seed=2)
    depot.blobs.put(name, earlier)
    depot.lead(artifact, *[depot.blobs.address(name)] * 2)
    depot.wire.cut(HALF, then=lambda: depot.blobs.put(name, DATA))
    (done,) = depot.download(artifact)
    assert (done.state, done.verified, done.received) == (State.DONE, True, SIZE)
    assert [exchange.status for exchange in depot.fetched()] == [200, 412, 200]


def test_other_bytes_than_the_digest_says_are_not_kept(depot: Depot) -> None:
    artifact = depot.artifact(DATA)
    depot.blobs.put(artifact.name, archive(seed=2))
    depot.lead(artifact, *[depot.blobs.address(artifact.name)] * 2)
    (failed,) = depot.download(artifact)
    assert (failed.state, failed.verified) == (State.FAILED, False)
    assert failed.problem.startswith("Digest mismatch twice")
    assert depot.names() == []


def test_without_a_digest_the_checksums_inside_decide(depot: Depot) -> None:
    artifact = replace(depot.artifact(DATA), sha256=None)
    depot.lead(artifact, *[depot.blobs.address(artifact.name)] * 2)
    depot.wire.cut(HALF)
    (done,) = depot.download(artifact)
    assert (done.state, done.verified, done.received) == (State.DONE, None, SIZE)


def test_a_plain_file_is_kept_as_it_is_under_its_own_name(depot: Depot) -> None:
    artifact = depot.artifact(b"<html>", "upload", "application/octet-stream")
    address = depot.blobs.address(artifact.name, disposition='attachment; filename="report.html"', kind="text/html")
    depot.lead(artifact, address)
    (done,) = depot.download(artifact)
    assert (done.state, done.verified) == (State.DONE, True)
    assert depot.names() == ["report.html"]
    assert (depot.directory / "report.html").read_bytes() == b"<html>"


def test_several_at_once_each_get_their_own_bytes(depot: Depot) -> None:
    contents = [archive(seed=seed) for seed in range(6)]
    artifacts = [depot.artifact(data) for data in contents]
    for artifact in artifacts:
        depot.lead(artifact, *[depot.blobs.address(artifact.name)] * 2)
    for _ in artifacts:
        depot.wire.cut(HALF)
    done = depot.download(*artifacts)
    assert {(each.state, each.verified, each.tries) for each in done} <= {(State.DONE, True, n) for n in (1, 2, 3)}
    for each, data in zip(done, contents, strict=True):
        assert each.path is not None
        assert (each.path / "logs/build.log").read_bytes() == unpacked(data)
    assert not [exchange for exchange in depot.fetched() if exchange.with_token]


def test_the_next_program_fetches_only_what_is_missing(depot: Depot) -> None:
    artifact = depot.artifact(DATA)
    depot.lead(artifact, *[depot.blobs.address(artifact.name)] * 2)
    depot.wire.cut(HALF, then=lambda: depot.engine.downloads.pause(1))
    depot.begin(artifact)
    depot.until(lambda: depot.engine.transfers()[0].state is State.PAUSED)
    depot.begin_again()
    (left,) = depot.engine.downloads.unfinished()
    assert (left.received, left.total) == (HALF, SIZE)
    assert depot.engine.downloads.resume_unfinished() == (1,)
    depot.until(lambda: not under_way(depot.engine))
    assert (depot.engine.transfers()[0].state, depot.engine.transfers()[0].verified) == (State.DONE, True)
    first, second = depot.fetched()
    assert (first.status, second.status) == (200, 206)
    assert second.headers["range"] == f"bytes={HALF}-{SIZE - 1}"


def test_a_big_archive_comes_in_several_ranges_of_one_blob(depot: Depot) -> None:
    data = archive(40_000_000)
    artifact = depot.artifact(data)
    depot.lead(artifact, depot.blobs.address(artifact.name))
    (done,) = depot.download(artifact)
    assert (done.state, done.verified, done.received, done.tries) == (State.DONE, True, len(data), 1)
    ranges = [exchange.headers["range"].removeprefix("bytes=").split("-") for exchange in depot.fetched()]
    spans = sorted((int(start), int(last) + 1) for start, last in ranges)
    assert len(spans) > 4
    assert [start for start, _ in spans[1:]] == [end for _, end in spans[:-1]]
    assert (spans[0][0], spans[-1][1]) == (0, len(data))
    assert depot.signed() == 1
