"""Whatever the server says, people read one plain sentence and what to do next."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from artifact_tui.demo.flavors import GHES_3_10
from artifact_tui.domain.provider import (
    ArtifactExpired,
    Forbidden,
    NotFound,
    Offline,
    ProviderError,
    RateLimited,
    Refused,
    ServerTrouble,
    SignedOut,
    SsoRequired,
    TimedOut,
    Unprocessable,
    Withheld,
)
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.http.non_api_response import IN_BETWEEN
from tests.double import faults
from tests.double.server import FakeGitHub
from tests.github.stage import CORPUS, KESTREL, an_artifact, everything, provider, storage

REPOSITORY = "GET /repos/fernwood-labs/kestrel"


def says(message: str, **more: object) -> str:
    return json.dumps({"message": message, **more})


SIGN_IN = "Sign in (S, or artifact-tui auth login), or set GH_TOKEN."
AGAIN = "Try again in a minute."
ODD = "Invalid response from the server"

ROWS: list[tuple[dict[str, Any], type[ProviderError], str]] = [
    (
        {"status": 401, "body": says("Bad credentials")},
        SignedOut,
        "github.com does not accept the token in GH_TOKEN. It is wrong, expired or revoked: set another in GH_TOKEN,"
        " or sign in until you quit (S).",
    ),
    (
        {
            "status": 403,
            "body": says("Resource not accessible by personal access token"),
            "headers": {"X-Accepted-GitHub-Permissions": "actions=write"},
        },
        Forbidden,
        "The token lacks a permission. It needs the permission actions=write.",
    ),
    (
        {
            "status": 403,
            "body": says("Resource not accessible by integration"),
            "headers": {"X-OAuth-Scopes": "gist", "X-Accepted-OAuth-Scopes": "repo, public_repo"},
        },
        Forbidden,
        "The token lacks a permission. It needs the permission repo or public_repo.",
    ),
    (
        {"status": 403, "body": says("Must have admin rights to \x1b[31mRepository.")},
        Forbidden,
        "github.com denied access. The server says: “Must have admin rights to ␛[31mRepository.”",
    ),
    (
        {
            "status": 403,
            "body": "{}",
            "headers": {"X-GitHub-SSO": "required; url=https://github.com/orgs/acme/sso?x=1"},
        },
        SsoRequired,
        "This organization requires single sign-on. Authorize the token at https://github.com/orgs/acme/sso?x=1",
    ),
    (
        {"status": 403, "body": "{}", "headers": {"X-GitHub-SSO": "required; url=https://evil.example/sso"}},
        SsoRequired,
        "This organization requires single sign-on. Authorize it in your token settings.",
    ),
    (
        {"status": 404, "body": says("Not Found")},
        NotFound,
        "The repository was not found, or this account cannot access it."
        " Check the name, or sign in with another token.",
    ),
    (
        {
            "status": 410,
            "body": says("This API version was retired"),
            "headers": {"Sunset": "Wed, 11 Nov 2026 23:59:59 GMT"},
        },
        Refused,
        "github.com no longer supports this API version. Update artifact-tui.",
    ),
    (
        {"status": 415, "body": ""},
        Refused,
        "The server does not offer the requested format. Update artifact-tui.",
    ),
    (
        {"status": 422, "body": says("Validation Failed", errors="q is bad")},
        Unprocessable,
        "The server does not accept these words or filters. The server says: “Validation Failed q is bad”",
    ),
    ({"status": 451, "body": "{}"}, Withheld, "This is not available for legal reasons."),
    (
        {"status": 400, "body": says("Problems parsing JSON")},
        Refused,
        "The server did not understand the request. The server says: “Problems parsing JSON”",
    ),
    ({"status": 500, "body": "{}"}, ServerTrouble, f"github.com returned an error (status 500). {AGAIN}"),
    (faults.UNICORN, ServerTrouble, f"github.com returned an error (status 502). {AGAIN}"),
    (
        {"status": 200, "body": "<html>Please sign in</html>"},
        ServerTrouble,
        f"Received a web page instead of an answer from github.com (status 200). {IN_BETWEEN}",
    ),
    ({"status": 418, "body": "{}"}, ServerTrouble, f"{ODD} (status 418). {AGAIN}"),
    ({"status": 304}, ServerTrouble, f"{ODD} (status 304). {AGAIN}"),
    (
        {"broken": "connect-timeout"},
        Offline,
        "github.com did not answer within 10 seconds. Check the network connection.",
    ),
    ({"broken": "read-timeout"}, TimedOut, "github.com stopped answering for 30 seconds. Try again."),
    ({"broken": "reset"}, Offline, "Connection to github.com lost. Try again."),
    ({"broken": "cut"}, Offline, "Connection to github.com lost. Try again."),
    (
        {"broken": "proxy"},
        Offline,
        "The proxy for github.com refused to connect. Check the proxy settings of this machine.",
    ),
]


@pytest.mark.parametrize(("trouble", "kind", "sentence"), ROWS)
async def test_each_trouble_has_its_class_and_sentence(
    trouble: dict[str, Any], kind: type[ProviderError], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    server = FakeGitHub()
    server.fault(REPOSITORY, times=9, **trouble)
    with pytest.raises(ProviderError) as error:
        await provider(server).repository(KESTREL)
    assert type(error.value) is kind or kind is Offline
    assert isinstance(error.value, kind)
    assert str(error.value) == sentence


async def test_without_a_token_the_next_step_is_to_set_one() -> None:
    server = FakeGitHub()
    server.fault(REPOSITORY, status=404, body="{}")
    with pytest.raises(NotFound) as missing:
        await provider(server, token="").repository(KESTREL)
    assert missing.value.next_step == "If it is private, sign in (S, or artifact-tui auth login), or set GH_TOKEN."
    server.fault(REPOSITORY, status=401, body="{}")
    with pytest.raises(SignedOut) as wanted:
        await provider(server, token="").repository(KESTREL)
    assert str(wanted.value) == f"github.com requires a token for this. {SIGN_IN}"
    with pytest.raises(Forbidden) as refused:
        storage(server, token="").open(CORPUS, an_artifact(server))
    assert str(refused.value) == f"The download needs a token, even for public data. {SIGN_IN}"


def test_an_enterprise_server_has_its_own_variable() -> None:
    server = FakeGitHub(GHES_3_10)
    with pytest.raises(Forbidden) as refused:
        storage(server, token="").open(CORPUS, an_artifact(server))
    login = f"artifact-tui auth login --host {host_of_api(GHES_3_10.api).name}"
    assert refused.value.next_step == f"Sign in (S, or {login}), or set GH_ENTERPRISE_TOKEN."


def test_an_expired_artifact_is_told_from_a_retired_version() -> None:
    server = FakeGitHub()
    artifact = an_artifact(server, KESTREL, expired=True)
    with pytest.raises(ArtifactExpired) as expired:
        storage(server).open(KESTREL, artifact)
    assert (
        str(expired.value)
        == "The artifact has expired and can no longer be downloaded. Re-run its workflow to recreate it."
    )
    server.fault("GET */zip", status=410, headers={"Deprecation": "true"}, body=says("Gone"))
    with pytest.raises(Refused):
        storage(server).open(KESTREL, artifact)


@pytest.mark.parametrize("status", [403, 429])
async def test_the_primary_rate_limit_ends_at_its_reset(status: int) -> None:
    server = FakeGitHub()
    ends = int(server.clock().timestamp()) + 1800
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-limit": "5000", "x-ratelimit-reset": str(ends)}
    server.fault(REPOSITORY, status=status, headers=headers, body=says("API rate limit exceeded for mira-holm."))
    with pytest.raises(RateLimited) as limited:
        await provider(server).repository(KESTREL)
    assert limited.value.until == datetime.fromtimestamp(ends, UTC)
    assert limited.value.sentence == "Rate limit reached."
    assert limited.value.next_step


@pytest.mark.parametrize(
    ("trouble", "seconds"),
    [
        (
            {"status": 403, "headers": {"Retry-After": "90"}, "body": says("You have exceeded a secondary rate limit")},
            90,
        ),
        ({"status": 429, "headers": {"Retry-After": "75"}, "body": ""}, 75),
        ({"status": 403, "body": says("You have triggered an abuse detection mechanism.")}, 60),
        ({"status": 403, "body": says("x", documentation_url="https://docs.github.com/x#secondary-rate-limits")}, 60),
        ({"status": 429, "body": ""}, 60),
        ({"status": 429, "headers": {"Retry-After": "{date}"}, "body": ""}, 120),
    ],
)
async def test_secondary_limits_are_waited_for_as_told(trouble: dict[str, Any], seconds: int) -> None:
    server = FakeGitHub()
    if trouble.get("headers", {}).get("Retry-After") == "{date}":
        moment = server.clock() + timedelta(seconds=120)
        trouble = {**trouble, "headers": {"Retry-After": moment.strftime("%a, %d %b %Y %H:%M:%S GMT")}}
    server.fault(REPOSITORY, **trouble)
    with pytest.raises(RateLimited) as limited:
        await provider(server).repository(KESTREL)
    assert limited.value.until is not None
    assert abs(limited.value.until - server.clock() - timedelta(seconds=seconds)) < timedelta(seconds=1)
    assert len(server.requests) == 1


async def test_a_short_wait_that_the_server_asks_for_is_just_taken() -> None:
    server = FakeGitHub()
    server.fault(REPOSITORY, status=429, headers={"Retry-After": "2"}, body="")
    assert (await provider(server).repository(KESTREL)).name == KESTREL


@pytest.mark.parametrize("trouble", [{"status": 502, "body": "<html>"}, {"broken": "reset"}])
async def test_trouble_that_passes_is_not_even_seen(trouble: dict[str, Any]) -> None:
    server = FakeGitHub()
    server.fault(REPOSITORY, times=2, **trouble)
    assert (await provider(server).repository(KESTREL)).name == KESTREL
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "trouble", [{"status": 401, "body": "{}"}, {"status": 404, "body": "{}"}, {"broken": "connect-timeout"}]
)
async def test_what_will_not_pass_is_asked_once(trouble: dict[str, Any]) -> None:
    server = FakeGitHub()
    server.fault(REPOSITORY, **trouble)
    with pytest.raises(ProviderError):
        await provider(server).repository(KESTREL)
    assert len(server.requests) == 1


async def test_the_longest_answer_is_bounded() -> None:
    server = FakeGitHub()
    server.fault(REPOSITORY, status=200, headers={"Content-Type": "application/json"}, body=b" " * (65 * 1024 * 1024))
    with pytest.raises(ServerTrouble) as error:
        await provider(server).repository(KESTREL)
    assert error.value.sentence == "Invalid response: too long for GitHub's API."


async def test_after_closing_there_is_no_request() -> None:
    server = FakeGitHub()
    client = provider(server)
    await client.close()
    with pytest.raises(Offline):
        await client.repository(KESTREL)
    with pytest.raises(Offline):
        await everything(client.artifacts(KESTREL))
    assert server.requests == []
