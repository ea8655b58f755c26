"""Looking inside an artifact where it lies: the right files and bytes, for few requests, whatever the archive is."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artifact_tui.archive.errors import Limits
from artifact_tui.archive.ranges import TAIL, ArchiveUnreadable
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.fixed_clock import DEMO_NOW
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import Offline, ProviderError
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_named
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Credential, Token
from tests.archive.zips import STORED, Part, build, zipped
from tests.double.server import FakeGitHub
from tests.double.transport import FakeTransport
from tests.examples import examples

ALL = 1 << 30


@dataclass
class FakeBody:
    data: bytes
    start: int
    total: int | None
    etag: str
    file_name: str
    read: Callable[[int], None]

    @property
    def end(self) -> int:
        return self.start + len(self.data)

    def __iter__(self) -> Iterator[bytes]:
        for at in range(0, len(self.data), 10_000):
            chunk = self.data[at : at + 10_000]
            self.read(len(chunk))
            yield chunk

    def close(self) -> None:
        pass


@dataclass
class FakeArchive:
    """A storage that counts; what it can do less than the real one is set by its fields."""

    data: bytes
    etag: str = '"1"'
    file_name: str = ""
    has_ranges: bool = True
    says_size: bool = True
    requests: list[tuple[int, int | None]] = field(default_factory=list)
    sent: int = 0

    @contextmanager
    def read(self, start: int = 0, end: int | None = None, *, etag: str = "") -> Iterator[FakeBody]:
        self.requests.append((start, end))
        in_range = self.has_ranges and (start < len(self.data) or not start) and etag in ("", self.etag)
        first, last = (start, end) if in_range else (0, None)
        total = len(self.data) if self.says_size else None
        yield FakeBody(self.data[first:last], first, total, self.etag, self.file_name, self._count)

    def _count(self, length: int) -> None:
        self.sent += length


def opened(archive: FakeArchive, size: int | None = None) -> RemoteZip:
    return RemoteZip.open(archive, len(archive.data) if size is None else size)


def by_name(files: RemoteZip, name: str, limit: int = ALL) -> bytes:
    return files.read_entry(next(entry for entry in files.entries if entry.name == name), limit)


NAMES = st.text(st.characters(exclude_characters="\0/\\", exclude_categories=["Cs"]), min_size=1, max_size=20)
CONTENTS = st.one_of(
    st.binary(max_size=3000),
    st.builds(lambda line, times: line * times, st.binary(min_size=1, max_size=50), st.integers(0, 8000)),
    st.builds(lambda seed, length: random.Random(seed).randbytes(length), st.integers(), st.integers(0, 200_000)),
)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(NAMES, CONTENTS, max_size=8),
    st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]),
    st.binary(max_size=30).filter(lambda comment: b"PK" not in comment),
    st.integers(0, 300_000),
    st.integers(0, 150_000),
)
def test_every_file_is_what_python_reads_of_the_whole_archive(
    files: dict[str, bytes], compression: int, comment: bytes, wrong_size: int, limit: int
) -> None:
    packed = io.BytesIO(zipped(files, compression))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.comment = comment
        archive.mkdir("a folder")
    remote = opened(FakeArchive(packed.getvalue()), wrong_size)
    with zipfile.ZipFile(packed) as archive:
        assert [entry.name for entry in remote.entries] == archive.namelist()
        for entry, info in zip(remote.entries, archive.infolist(), strict=True):
            whole = archive.read(info)
            assert remote.read_entry(entry, ALL) == whole
            assert remote.read_entry(entry, limit) == whole[:limit]
            assert (entry.size, entry.compressed, entry.crc) == (info.file_size, info.compress_size, info.CRC)
            assert entry.is_directory == info.is_dir()
            assert entry.modified == datetime(*info.date_time, tzinfo=UTC)


def test_a_date_that_is_none_is_none() -> None:
    assert opened(FakeArchive(build(Part("a", b"1")))).entries[0].modified is None


def test_a_small_archive_costs_one_request_for_list_and_files() -> None:
    archive = FakeArchive(zipped({f"{number}.log": b"line\n" * 100 for number in range(50)}))
    files = opened(archive)
    assert by_name(files, "7.log") == b"line\n" * 100
    assert archive.requests == [(0, len(archive.data))]


def test_ten_thousand_files_are_listed_with_two_requests_and_one_is_read_with_one_more() -> None:
    noise = random.Random(1).randbytes(100_000)
    names = {f"reports/module-{number:05}/TEST-org.example.Case{number:05}.xml": b"" for number in range(9_999)}
    archive = FakeArchive(zipped({"first": noise, **names}, zipfile.ZIP_STORED))
    files = opened(archive)
    assert len(files.entries) == 10_000
    assert len(archive.requests) == 2
    assert archive.sent < 1_500_000
    before = archive.sent
    assert by_name(files, "first") == noise
    assert len(archive.requests) == 3
    assert archive.sent - before < 101_000


def test_only_the_start_of_a_large_file_is_fetched() -> None:
    log = b"".join(b"%08d something happened here\n" % number for number in range(200_000))
    archive = FakeArchive(zipped({"big.log": log, "other": random.Random(2).randbytes(300_000)}))
    files = opened(archive)
    before = archive.sent
    assert by_name(files, "big.log", 100_000) == log[:100_000]
    assert archive.sent - before < 100_000
    assert len(archive.requests) == 2


def test_every_request_is_a_closed_range() -> None:
    archive = FakeArchive(zipped({"a": random.Random(3).randbytes(500_000), "b": b"2"}))
    files = opened(archive)
    assert len(by_name(files, "a")) == 500_000
    assert len(archive.requests) == 2
    assert all(end is not None and 0 <= start < end <= len(archive.data) for start, end in archive.requests)


def test_a_file_that_is_no_zip_is_its_own_only_entry() -> None:
    data = random.Random(4).randbytes(200_000)
    files = opened(FakeArchive(data, file_name="core.dump"))
    assert [(entry.name, entry.size) for entry in files.entries] == [("core.dump", 200_000)]
    assert by_name(files, "core.dump", 1000) == data[:1000]


def test_an_artifact_of_no_bytes_holds_no_files() -> None:
    assert opened(FakeArchive(b"")).entries == ()


def test_a_plain_file_of_no_bytes_is_one_nevertheless() -> None:
    assert by_name(opened(FakeArchive(b"", file_name="empty")), "empty") == b""


def test_an_archive_that_is_made_while_it_is_sent_has_no_parts() -> None:
    archive = FakeArchive(zipped({"a": b"1"}), has_ranges=False, says_size=False, etag="")
    with pytest.raises(ArchiveUnreadable, match="while sending it"):
        opened(archive)
    assert archive.sent == 0


def test_a_server_without_ranges_is_told_from_one_with() -> None:
    archive = FakeArchive(zipped({"a": random.Random(5).randbytes(2 * TAIL)}), has_ranges=False)
    with pytest.raises(ArchiveUnreadable, match="only as a whole"):
        opened(archive)
    assert archive.sent == 0


def test_an_archive_that_was_replaced_is_noticed() -> None:
    archive = FakeArchive(zipped({"a": random.Random(6).randbytes(2 * TAIL)}))
    files = opened(archive)
    archive.etag = '"2"'
    with pytest.raises(ArchiveUnreadable, match="replaced"):
        by_name(files, "a")


def test_a_read_that_nobody_waits_for_ends_at_the_next_chunk() -> None:
    archive = FakeArchive(zipped({"a": random.Random(7).randbytes(2 * TAIL)}))
    with pytest.raises(Offline):
        RemoteZip.open(archive, len(archive.data), is_wanted=lambda: archive.sent < 20_000)
    assert archive.sent == 20_000


class Raw(Part):
    """An entry whose packed bytes are given."""

    def packed(self) -> bytes:
        return self.packed_more


FAR = 1 << 31
HOSTILE = {
    "not a zip": (b"<html>" * 1000, "not a zip"),
    "cut": (build(Part("a", b"1" * 1000))[:-30], "not a zip"),
    "more entries than it says": (build(Part("a"), Part("b"), count=1), "number of entries"),
    "bytes before": (build(Part("a", b"1"), before=b"MZ" * 50), "at the wrong offset"),
    "encrypted": (build(Part("a", b"1", flags=0x801)), "encrypted"),
    "unknown method": (build(Part("a", b"1", method=99)), "not supported"),
    "wrong CRC": (build(Part("a", b"123", crc=1)), "checksum"),
    "holds fewer": (build(Part("a", b"123", size=20)), "fewer"),
    "holds more": (build(Part("a", b"123" * 50, size=20)), "more"),
    "claims a terabyte": (build(Part("a", b"1", size=0xFFFFFFF0)), "more bytes than it can hold"),
    "nothing in much": (build(Raw("a", b"123", packed_more=b"\0\0\0\xff\xff" * 100_000)), "far more"),
    "not deflated": (build(Raw("a", b"123", packed_more=b"\xff" * 9)), "cannot be unpacked"),
    "longer than the archive": (build(Part("a", b"1", compressed=FAR)), "reaches into"),
    "reaches into the directory": (build(Part("a", b"12345", method=STORED, size=40, compressed=40)), "reaches into"),
    "far away": (build(Part("a", b"1", offset=FAR)), "ends too early"),
    "another's header": (build(Part("a", b"1"), Part("b", b"2", offset=0)), "not where"),
    "another name there": (build(Part("a", b"1", local_name=b"b")), "not where"),
}


@pytest.mark.parametrize(("data", "why"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_archive_ends_in_one_sentence(data: bytes, why: str) -> None:
    archive = FakeArchive(data)

    def read_all() -> None:
        files = opened(archive)
        for entry in files.entries:
            files.read_entry(entry, 1000)

    with pytest.raises(ArchiveUnreadable, match=why) as found:
        read_all()
    assert found.value.next_step
    assert archive.sent < 500_000


@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_a_damaged_archive_is_read_right_or_refused(data: st.DataObject) -> None:
    whole = zipped({"a.txt": b"hello" * 100, "dir/b": bytes(range(256)), "c": b""})
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] = data.draw(st.sampled_from([0, 1, 0x7F, 0xFF, damaged[at] ^ 1]))
    try:
        files = opened(FakeArchive(bytes(damaged)))
    except ProviderError:
        return
    for entry in files.entries:
        try:
            read = files.read_entry(entry, 5000)
        except ArchiveUnreadable:
            continue
        assert len(read) == entry.size or len(read) == 5000


def test_more_entries_than_anybody_can_look_at_are_refused_before_they_are_fetched() -> None:
    archive = FakeArchive(zipped({f"{number:0100}": b"" for number in range(5000)}, zipfile.ZIP_STORED))
    with pytest.raises(ArchiveUnreadable, match="5,000 entries"):
        RemoteZip.open(archive, len(archive.data), limits=Limits(entries=4999))
    assert archive.sent == TAIL


def test_an_address_that_has_run_out_is_replaced_while_looking() -> None:
    now = [DEMO_NOW]
    server = FakeGitHub(clock=lambda: now[0])
    record, credential = ServerInfo(host_named("github.com")), Credential(Token(DEMO_TOKEN), "test")
    storage = GitHubArtifactStore(record, credential, transport=FakeTransport(server), clock=lambda: now[0])
    pages = [one for one in server.store.artifacts.values() if one.name == "github-pages" and one.size > 5_000_000]
    listed = max(pages, key=lambda one: one.created_at)
    repository = server.store.repositories[listed.repository]
    name = RepositoryName.parse(repository.full_name)
    assert name is not None
    artifact = Artifact(id=listed.id, name=listed.name, size_in_bytes=listed.size)
    files = RemoteZip.open(storage.open(name, artifact), artifact.size_in_bytes)
    now[0] += timedelta(minutes=11)
    page = by_name(files, "index.html")
    assert b"<html" in page.lower()
    signed = [request for request in server.requests if request.path.endswith("/zip")]
    assert len(signed) == 2
    storage.close()
