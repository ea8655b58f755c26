"""Some files of an archive as a smaller zip: what Python reads of it is what it reads of the whole."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artifact_tui.archive.ranges import ArchiveUnreadable
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.selection import select
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.fixed_clock import DEMO_NOW
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_named
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Credential, Token
from tests.archive.test_remote_zip import CONTENTS, NAMES, FakeArchive, opened
from tests.archive.zips import STORED, Part, build, zipped
from tests.double.server import FakeGitHub
from tests.double.transport import FakeTransport
from tests.examples import examples


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(NAMES, CONTENTS, min_size=1, max_size=8),
    st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]),
    st.data(),
)
def test_any_choice_of_any_archive(files: dict[str, bytes], compression: int, data: st.DataObject) -> None:
    archive = FakeArchive(zipped(files, compression))
    remote = opened(archive)
    assert remote.start is not None
    chosen = data.draw(st.lists(st.sampled_from(remote.entries), min_size=1, unique_by=lambda entry: entry.offset))
    narrow = select(remote.entries, chosen, remote.start, remote.etag).narrow(archive)
    with narrow.read() as body:
        whole = b"".join(body)
    assert body.total == len(whole)
    with zipfile.ZipFile(io.BytesIO(whole)) as smaller:
        assert {name: smaller.read(name) for name in smaller.namelist()} == {
            entry.name: files[entry.name] for entry in chosen
        }
    start, end = sorted((data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, len(whole)))))
    if start < end:
        with narrow.read(start, end) as body:
            assert (body.start, body.end) == (start, end)
            assert b"".join(body) == whole[start:end]


@pytest.mark.parametrize("offset", [1 << 31, 200])
def test_an_entry_that_is_nowhere_is_refused(offset: int) -> None:
    archive = FakeArchive(build(Part("a", b"123"), Part("b", b"1", offset=offset)))
    remote = opened(archive)
    assert remote.start is not None
    with pytest.raises(ArchiveUnreadable, match="contradicts itself"):
        select(remote.entries, remote.entries, remote.start, remote.etag)


def test_entries_over_one_another_cost_no_more_than_the_archive() -> None:
    parts = [Part("a", b"1" * 50_000, method=STORED)] + [
        Part(f"b{n}", b"1" * 50_000, method=STORED, offset=0) for n in range(9)
    ]
    archive = FakeArchive(build(*parts))
    remote = opened(archive)
    assert remote.start is not None
    assert select(remote.entries, remote.entries, remote.start, remote.etag).packed <= len(archive.data)


def test_an_address_that_runs_out_between_two_files_is_replaced() -> None:
    now = [DEMO_NOW]
    server = FakeGitHub(clock=lambda: now[0])
    record, credential = ServerInfo(host_named("github.com")), Credential(Token(DEMO_TOKEN), "test")
    storage = GitHubArtifactStore(record, credential, transport=FakeTransport(server), clock=lambda: now[0])
    listed = next(
        one for one in server.store.artifacts.values() if one.kind == "logs" and 4_000_000 < one.size < 9_000_000
    )
    name = RepositoryName.parse(server.store.repositories[listed.repository].full_name)
    assert name is not None
    artifact = Artifact(id=listed.id, name=listed.name, size_in_bytes=listed.size)
    archive = storage.open(name, artifact)
    files = RemoteZip.open(archive, artifact.size_in_bytes)
    assert files.start is not None
    chosen = [entry for entry in files.entries if entry.name.endswith("setup.log")]
    selection = select(files.entries, chosen, files.start, files.etag)
    assert len(selection.spans) > 1
    received = bytearray()
    with selection.narrow(archive).read() as body:
        for chunk in body:
            received += chunk
            now[0] += timedelta(minutes=11)
    with zipfile.ZipFile(io.BytesIO(received)) as smaller:
        assert smaller.testzip() is None
        assert len(smaller.namelist()) == len(chosen)
    assert len([request for request in server.requests if request.path.endswith("/zip")]) == len(selection.spans)
    storage.close()
