"""Transfers through the real storage and real sockets, against the demo server and what can go wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.flavors import FLAVORS, GITHUB, Flavor
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Credential, Token
from artifact_tui.transfers.deletions.models import DeletePlan
from artifact_tui.transfers.models import DownloadOrder, Outcome, State, Transfer
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.engines import under_way
from tests.transfers.conftest import Desk

KESTREL = RepositoryName("fernwood-labs", "kestrel")
ZIP = "GET /repos/fernwood-labs/kestrel/actions/artifacts/*/zip"
BLOB = "GET blob:*"
DELETE = "DELETE /repos/fernwood-labs/kestrel/actions/artifacts/*"


class Site:
    """A demo server behind sockets, and the desk in front of it."""

    def __init__(self, desk: Desk, server: FakeGitHub) -> None:
        self.desk = desk
        self.server = server
        credential = Credential(Token(DEMO_TOKEN), "GH_TOKEN")
        self.storage = GitHubArtifactStore(ServerInfo(host_of_api(server.flavor.api)), credential, clock=server.clock)
        desk.storage = self.storage

    def artifacts(self, count: int, smallest: int = 20_000) -> list[Artifact]:
        repository = self.server.store.repository(str(KESTREL))
        assert repository is not None
        rows = self.server.store.repository_artifacts(repository.id)
        alive = [row for row in rows if not self.server.site.expired(row) and row.size >= smallest and not row.oddity]
        found = [self.storage.exists(KESTREL, row.id) for row in sorted(alive, key=lambda row: row.size)[:count]]
        self.server.requests.clear()
        return [artifact for artifact in found if artifact]

    def order(self, artifact: Artifact, *, unpack: bool = False) -> DownloadOrder:
        return DownloadOrder(repository=KESTREL, artifact=artifact, directory=self.desk.directory, unpack=unpack)

    def fetch(self, artifact: Artifact, *, unpack: bool = False) -> Transfer:
        (number,) = self.desk.engine.downloads.add([self.order(artifact, unpack=unpack)])
        self.desk.until(lambda: self.desk.look(number).finished)
        return self.desk.look(number)

    def delete(self, *artifacts: Artifact) -> list[Outcome | None]:
        numbers = self.desk.engine.deletions.add(DeletePlan.of(KESTREL, artifacts).confirm(len(artifacts)))
        self.desk.until(lambda: under_way(self.desk.engine) == 0)
        return [self.desk.look(number).outcome for number in numbers]

    def sent(self, method: str) -> list[int]:
        """The ids of the API requests with a method, in order."""
        api = [request for request in self.server.requests if request.method == method and request.place == "api"]
        return [int(request.path.split("/")[6]) for request in api]


@pytest.fixture
def open_site(make_desk: Callable[..., Desk]) -> Iterator[Callable[..., Site]]:
    with ExitStack() as stack:
        yield lambda flavor=GITHUB: Site(make_desk(), stack.enter_context(Loopback(FakeGitHub(flavor))).server)


@pytest.fixture
def site(open_site: Callable[..., Site]) -> Site:
    return open_site()


def is_intact(done: Transfer) -> bool:
    assert done.path is not None
    return f"sha256:{hashlib.sha256(done.path.read_bytes()).hexdigest()}" == done.artifact.digest


@pytest.mark.parametrize("flavor", FLAVORS, ids=lambda flavor: flavor.name)
def test_every_kind_of_server_serves_the_whole_journey(open_site: Callable[..., Site], flavor: Flavor) -> None:
    site = open_site(flavor)
    kept, unpacked, spared = site.artifacts(3)
    done = site.fetch(kept)
    assert (done.state, done.problem) == (State.DONE, "")
    assert done.verified is (True if kept.digest else None)
    done = site.fetch(unpacked, unpack=True)
    assert done.state is State.DONE
    assert done.path is not None
    assert any(path.is_file() for path in done.path.rglob("*"))
    assert site.delete(kept, unpacked) == [Outcome.DELETED] * 2
    assert site.sent("DELETE") == [kept.id, unpacked.id]
    assert site.storage.exists(KESTREL, spared.id) == spared


def test_the_token_is_never_seen_where_the_bytes_come_from(site: Site) -> None:
    site.fetch(site.artifacts(1)[0])
    headers = [request.headers for request in site.server.requests if request.place == "blob"]
    assert headers
    assert not any("authorization" in each or "cookie" in each for each in headers)


@pytest.mark.parametrize("trouble", ["cut_at", "reset_at"])
@pytest.mark.parametrize("at", [0, 1, 10_000])
def test_a_lost_connection_goes_on_where_it_was_at_a_fresh_address(site: Site, trouble: str, at: int) -> None:
    (artifact,) = site.artifacts(1)
    site.server.fault(BLOB, **{trouble: at})
    done = site.fetch(artifact)
    assert (done.state, done.verified, done.tries) == (State.DONE, True, 2)
    assert is_intact(done)
    assert site.sent("GET") == [artifact.id] * 2


def test_damage_once_is_repaired_and_damage_always_leaves_nothing(site: Site) -> None:
    (artifact,) = site.artifacts(1)
    site.server.fault(BLOB, corrupt_at=500)
    assert is_intact(site.fetch(artifact))
    site.server.fault(BLOB, corrupt_at=500, times=9)
    failed = site.fetch(artifact)
    assert (failed.state, failed.verified, failed.received) == (State.FAILED, False, 0)
    assert len(site.desk.names()) == 1


def test_a_stalled_download_is_cancelled_at_once_and_leaves_nothing(site: Site) -> None:
    (artifact,) = site.artifacts(1)
    site.server.fault(BLOB, stall_at=5000)
    (number,) = site.desk.engine.downloads.add([site.order(artifact)])
    site.desk.until(lambda: site.desk.look(number).received == 5000)
    assert site.desk.engine.cancel(number)
    assert site.desk.look(number).state is State.CANCELLED
    assert site.desk.engine.close(20)
    assert site.desk.names() == []


def test_a_page_instead_of_the_archive_and_an_expired_artifact_are_told_in_words(site: Site) -> None:
    first, second = site.artifacts(2)
    site.server.fault(BLOB, status=200, body="<html>Sign in</html>", times=99)
    failed = site.fetch(first)
    assert "web page" in failed.problem
    site.server.faults.clear()
    site.server.fault(ZIP, status=410, body='{"message": "Artifact has expired"}')
    failed = site.fetch(second)
    assert (failed.state, failed.tries) == (State.FAILED, 1)
    assert "expired" in failed.problem
    assert not site.desk.directory.exists() or site.desk.names() == []


def test_twenty_downloads_with_trouble_all_arrive(site: Site) -> None:
    artifacts = site.artifacts(20, smallest=1000)
    for skip in (1, 4, 9, 15):
        site.server.fault(BLOB, cut_at=700, skip=skip)
    site.desk.engine.downloads.add([site.order(artifact) for artifact in artifacts])
    transfers = site.desk.all_done()
    assert {each.state for each in transfers} == {State.DONE}
    assert all(is_intact(each) for each in transfers if each.artifact.digest)
    assert len(site.desk.names()) == len(artifacts)


def test_a_delete_whose_answer_fails_is_looked_at_before_it_is_sent_again(site: Site) -> None:
    first, second = site.artifacts(2)
    site.server.fault(DELETE, status=502, body="<html>")
    assert site.delete(first, second) == [Outcome.DELETED] * 2
    methods = [request.method for request in site.server.requests if request.path.endswith(str(first.id))]
    assert methods == ["GET", "DELETE", "GET", "DELETE"]


def test_a_missing_permission_stops_the_deletes_and_names_it(site: Site) -> None:
    artifacts = site.artifacts(4)
    body = '{"message": "Resource not accessible by personal access token"}'
    headers = {"X-Accepted-GitHub-Permissions": "actions=write"}
    site.server.fault(DELETE, status=403, body=body, headers=headers, skip=1, times=9)
    assert site.delete(*artifacts) == [Outcome.DELETED, Outcome.FAILED, Outcome.NOT_TRIED, Outcome.NOT_TRIED]
    failed = site.desk.engine.transfers()[1]
    assert "write" in f"{failed.problem} {failed.next_step}"
    assert site.sent("DELETE") == [artifact.id for artifact in artifacts[:2]]


def test_what_is_gone_already_is_found_by_looking(site: Site) -> None:
    first, second = site.artifacts(2)
    site.storage.delete(KESTREL, first.id)
    site.server.requests.clear()
    assert site.delete(first, second) == [Outcome.ALREADY_GONE, Outcome.DELETED]
    assert site.sent("DELETE") == [second.id]
