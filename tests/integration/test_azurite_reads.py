"""Reading an artifact's bytes out of a real blob storage: whole, in ranges, at addresses that end."""

from __future__ import annotations

import pytest

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.domain.models import Artifact
from artifact_tui.domain.provider import NotFound, Refused
from tests.github.stage import CORPUS
from tests.integration.azurite import BLOCK, LONG_AGO
from tests.integration.depot import Depot, archive

pytestmark = pytest.mark.integration

DATA = archive(2 * BLOCK + 5)
SIZE = len(DATA)


@pytest.fixture
def stored(depot: Depot) -> Artifact:
    artifact = depot.artifact(DATA)
    depot.lead(artifact, depot.blobs.address(artifact.name))
    return artifact


def test_the_whole_is_what_was_uploaded(depot: Depot, stored: Artifact) -> None:
    with depot.storage.open(CORPUS, stored).read() as body:
        assert (body.start, body.total, body.file_name) == (0, SIZE, "")
        assert body.etag.startswith('"0x')
        assert b"".join(body) == DATA
    assert "range" not in depot.fetched()[0].headers


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 1), (0, SIZE), (1, None), (BLOCK - 1, BLOCK + 1), (SIZE - 22, None), (SIZE - 1, SIZE), (SIZE - 5, SIZE + 50)],
)
def test_a_range_is_that_part_of_the_whole(depot: Depot, stored: Artifact, start: int, end: int | None) -> None:
    with depot.storage.open(CORPUS, stored).read(start, end) as body:
        assert (body.start, body.total) == (start, SIZE)
        assert b"".join(body) == DATA[start:end]
    assert depot.fetched()[0].status == 206


def test_ranges_of_one_archive_need_one_address(depot: Depot, stored: Artifact) -> None:
    opened = depot.storage.open(CORPUS, stored)
    with opened.read(SIZE - 22) as body:
        end, etag = b"".join(body), body.etag
    with opened.read(0, 30, etag=etag) as body:
        start = b"".join(body)
    assert (start, end) == (DATA[:30], DATA[-22:])
    assert [exchange.status for exchange in depot.fetched()] == [206, 206]
    assert depot.signed() == 1


def test_a_blob_that_has_changed_comes_from_its_start(depot: Depot, stored: Artifact) -> None:
    opened = depot.storage.open(CORPUS, stored)
    with opened.read(0, 1) as body:
        etag = body.etag
    changed = archive(2 * BLOCK, seed=2)
    depot.blobs.put(stored.name, changed)
    with opened.read(BLOCK, etag=etag) as body:
        assert body.start == 0
        assert body.etag != etag
        assert b"".join(body) == changed
    assert [exchange.status for exchange in depot.fetched()] == [206, 412, 200]


def test_a_blob_that_has_become_shorter_comes_from_its_start(depot: Depot, stored: Artifact) -> None:
    opened = depot.storage.open(CORPUS, stored)
    shorter = archive(100)
    depot.blobs.put(stored.name, shorter)
    with opened.read(SIZE - 1) as body:
        assert body.start == 0
        assert b"".join(body) == shorter
    assert [exchange.status for exchange in depot.fetched()] == [416, 200]


def test_an_address_whose_time_is_over_is_replaced_once(depot: Depot) -> None:
    artifact = depot.artifact(DATA)
    past, good = depot.blobs.address(artifact.name, until=LONG_AGO), depot.blobs.address(artifact.name)
    depot.lead(artifact, past, good)
    opened = depot.storage.open(CORPUS, artifact)
    for span in ((0, 10), (10, 20)):
        with opened.read(*span) as body:
            assert b"".join(body) == DATA[slice(*span)]
    assert [exchange.status for exchange in depot.fetched()] == [403, 206, 206]
    assert depot.signed() == 2


def test_a_fresh_address_that_is_refused_too_is_said_so(depot: Depot, stored: Artifact) -> None:
    bad = depot.blobs.address(stored.name).replace("sp=r", "sp=rw")
    depot.lead(stored, bad, bad)
    with pytest.raises(Refused, match="even a new URL"), depot.storage.open(CORPUS, stored).read():
        pass


def test_a_blob_that_is_gone_is_said_so(depot: Depot, stored: Artifact) -> None:
    depot.blobs.remove(stored.name)
    with pytest.raises(NotFound, match="no longer has the artifact's files"), depot.storage.open(CORPUS, stored).read():
        pass


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [
        ('attachment; filename="report 1.html"', "report 1.html"),
        ("attachment; filename=\"r_sum_.html\"; filename*=UTF-8''r%C3%A9sum%C3%A9.html", "résumé.html"),
        ("", ""),
    ],
)
def test_a_plain_file_has_a_name(depot: Depot, disposition: str, expected: str) -> None:
    artifact = depot.artifact(b"<html>", "report.html", "application/octet-stream")
    depot.lead(artifact, depot.blobs.address(artifact.name, disposition=disposition, kind="text/plain"))
    with depot.storage.open(CORPUS, artifact).read() as body:
        assert body.file_name == (expected or artifact.name)
        assert b"".join(body) == b"<html>"


def test_the_token_goes_to_the_api_alone(depot: Depot, stored: Artifact) -> None:
    with depot.storage.open(CORPUS, stored).read() as body:
        assert b"".join(body) == DATA
    (signing,) = [request for request in depot.server.requests if request.path.endswith("/zip")]
    assert signing.headers["authorization"] == f"Bearer {DEMO_TOKEN}"
    (fetched,) = depot.fetched()
    assert not fetched.with_token
    (written_down,) = depot.blobs.requests(stored.name)
    assert '"host":"127.0.0.1' in written_down
    assert "authorization" not in written_down.lower()
    assert "x-github" not in written_down.lower()
    assert DEMO_TOKEN not in depot.blobs.log.read_text(errors="replace")
