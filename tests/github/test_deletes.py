"""A delete is sent once, to the place that was meant, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from artifact_tui.demo.accounts import READ_ONLY_TOKEN
from artifact_tui.demo.flavors import GITHUB_2026
from artifact_tui.domain.provider import DeletesBlocked, Forbidden, NotFound, ProviderError, Refused
from tests.double.server import FakeGitHub
from tests.github.stage import CORPUS, KESTREL, an_artifact, storage


@pytest.fixture
def server() -> FakeGitHub:
    return FakeGitHub(GITHUB_2026)


def test_a_deleted_artifact_is_gone(server: FakeGitHub) -> None:
    artifact = an_artifact(server)
    client = storage(server)
    assert client.exists(CORPUS, artifact.id) is not None
    client.delete(CORPUS, artifact.id)
    assert client.exists(CORPUS, artifact.id) is None
    with pytest.raises(NotFound):
        client.delete(CORPUS, artifact.id)
    with pytest.raises(NotFound):
        client.open(CORPUS, artifact)


def requests_of(server: FakeGitHub, method: str) -> list[str]:
    return [request.path for request in server.requests if request.method == method]


@pytest.mark.parametrize(
    "trouble",
    [{"status": 502, "body": ""}, {"broken": "reset"}, {"status": 429, "headers": {"Retry-After": "1"}, "body": ""}],
)
def test_a_delete_is_never_sent_twice(server: FakeGitHub, trouble: dict[str, Any]) -> None:
    server.fault("DELETE *", **trouble)
    with pytest.raises(ProviderError):
        storage(server).delete(CORPUS, an_artifact(server).id)
    assert len(requests_of(server, "DELETE")) == 1


@pytest.mark.parametrize("status", [405, 501])
@pytest.mark.parametrize("body", ["", "{}", "<html><title>Method blocked</title></html>", "Not Implemented"])
def test_a_delete_that_a_proxy_does_not_let_through_is_refused_at_once(
    server: FakeGitHub, status: int, body: str
) -> None:
    server.fault("DELETE *", status=status, body=body, times=9)
    with pytest.raises(DeletesBlocked) as error:
        storage(server).delete(CORPUS, an_artifact(server).id)
    assert error.value.sentence == f"Deletes do not get through to github.com (status {status})."
    assert len(requests_of(server, "DELETE")) == 1


@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_delete_does_not_follow_a_moved_repository(server: FakeGitHub, status: int) -> None:
    location = {"Location": "https://api.github.com/repositories/1/actions/artifacts/2"}
    server.fault("DELETE *", status=status, headers=location, body="{}")
    with pytest.raises(Refused) as error:
        storage(server).delete(CORPUS, an_artifact(server).id)
    assert str(error.value) == "The repository has moved. Nothing was changed. Open it under its new name."
    assert len(server.requests) == 1


def test_a_session_that_only_reads_sends_no_delete(server: FakeGitHub) -> None:
    with pytest.raises(Refused):
        storage(server, read_only=True).delete(CORPUS, an_artifact(server).id)
    assert server.requests == []


def test_a_token_that_only_reads_is_told_what_it_lacks(server: FakeGitHub) -> None:
    with pytest.raises(Forbidden) as error:
        storage(server, token=READ_ONLY_TOKEN).delete(KESTREL, an_artifact(server, KESTREL).id)
    assert error.value.scope == "actions=write"
