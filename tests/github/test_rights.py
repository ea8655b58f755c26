"""Who may what: each refusal that is about a token, an account or an organization has its exact sentence."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from artifact_tui.demo.accounts import NO_SCOPE_TOKEN, OUTSIDER_TOKEN, READ_ONLY_TOKEN
from artifact_tui.domain.models import Account, RepositoryName
from artifact_tui.domain.provider import ProviderError
from artifact_tui.domain.sign_in import right_line, rights_of
from artifact_tui.github.server_info import ServerInfo, read_expiry
from tests.double.server import FakeGitHub
from tests.github.stage import CORPUS, KESTREL, an_artifact, everything, provider, storage

PRIVATE = RepositoryName("fernwood-labs", "infrastructure")
ARTIFACTS = "GET /repos/*/actions/artifacts*"
SIGN_IN = "Sign in (S, or artifact-tui auth login), or set GH_TOKEN."
SSO = {"X-GitHub-SSO": "required; url=https://github.com/orgs/acme/sso?authorization_request=A1"}


def refused(status: int, message: str, **headers: str) -> dict[str, Any]:
    return {"status": status, "headers": headers, "body": json.dumps({"message": message})}


LISTING: dict[str, tuple[dict[str, Any], str, str]] = {
    "single sign-on": (
        {"status": 403, "headers": SSO, "body": "{}"},
        "classic",
        "This organization requires single sign-on."
        " Authorize the token at https://github.com/orgs/acme/sso?authorization_request=A1",
    ),
    "fine-grained permission": (
        refused(403, "Resource not accessible", **{"X-Accepted-GitHub-Permissions": "actions=read"}),
        "classic",
        "The token lacks a permission. It needs the permission actions=read.",
    ),
    "classic scope": (
        refused(
            403,
            "Resource not accessible by integration",
            **{"X-OAuth-Scopes": "gist", "X-Accepted-OAuth-Scopes": "repo"},
        ),
        "classic",
        "The token lacks a permission. It needs the permission repo.",
    ),
    "revoked": (
        refused(401, "Bad credentials"),
        "classic",
        "github.com does not accept the token in GH_TOKEN. It is wrong, expired or revoked: set another in GH_TOKEN,"
        " or sign in until you quit (S).",
    ),
    "not there or no access": (
        refused(404, "Not Found"),
        "classic",
        "The repository was not found, or this account cannot access it."
        " Check the name, or sign in with another token.",
    ),
    "not there or no access, without a token": (
        refused(404, "Not Found"),
        "",
        "The repository was not found, or this account cannot access it. If it is private, sign in (S, or"
        " artifact-tui auth login), or set GH_TOKEN.",
    ),
    "private, without a token": (
        refused(401, "Requires authentication"),
        "",
        f"github.com requires a token for this. {SIGN_IN}",
    ),
}


@pytest.mark.parametrize(("trouble", "kind", "sentence"), LISTING.values(), ids=LISTING.keys())
async def test_a_list_that_is_refused_says_why(trouble: dict[str, Any], kind: str, sentence: str) -> None:
    server = FakeGitHub()
    server.fault(ARTIFACTS, times=9, **trouble)
    client = provider(server) if kind else provider(server, token="")
    with pytest.raises(ProviderError) as error:
        await everything(client.artifacts(KESTREL))
    assert str(error.value) == sentence


async def test_a_private_repository_of_others_is_not_there_or_not_for_this_account() -> None:
    with pytest.raises(ProviderError) as error:
        await everything(provider(FakeGitHub(), token=OUTSIDER_TOKEN).artifacts(PRIVATE))
    assert error.value.sentence == "The repository was not found, or this account cannot access it."


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("", f"The download needs a token, even for public data. {SIGN_IN}"),
        (NO_SCOPE_TOKEN, "The token lacks a permission. It needs the permission actions=read."),
    ],
)
def test_a_download_that_is_refused_says_what_it_needs(token: str, sentence: str) -> None:
    server = FakeGitHub()
    with pytest.raises(ProviderError) as error:
        storage(server, token=token).open(CORPUS, an_artifact(server))
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("", f"Deleting needs a token with write access. {SIGN_IN}"),
        (READ_ONLY_TOKEN, "The token lacks a permission. It needs the permission actions=write."),
    ],
)
def test_a_delete_that_is_refused_says_what_it_needs(token: str, sentence: str) -> None:
    server = FakeGitHub()
    with pytest.raises(ProviderError) as error:
        storage(server, token=token).delete(CORPUS, an_artifact(server).id)
    assert str(error.value) == sentence


async def test_without_a_token_public_repositories_are_listed() -> None:
    server = FakeGitHub()
    assert await everything(provider(server, token="").artifacts(KESTREL))
    assert not [request for request in server.requests if "authorization" in request.headers]


async def test_organizations_that_a_list_leaves_out_are_counted() -> None:
    """Until a later list has them all."""
    server = FakeGitHub()
    header = {"X-GitHub-SSO": "partial-results; organizations=21955855,20582480", "Content-Type": "application/json"}
    server.fault("GET /user/repos", status=200, headers=header, body="[]")
    client = provider(server)
    await everything(client.repositories())
    assert client.connection.hidden_organizations == 2
    await everything(client.repositories())
    assert client.connection.hidden_organizations == 0


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-28 15:34:58 UTC", datetime(2026, 6, 28, 15, 34, 58, tzinfo=UTC)),
        ("2026-06-28 17:34:58 +0200", datetime(2026, 6, 28, 15, 34, 58, tzinfo=UTC)),
        ("soon", None),
        ("", None),
    ],
)
def test_when_a_token_ends(text: str, moment: datetime | None) -> None:
    assert read_expiry({"github-authentication-token-expiration": text}) == moment


async def test_what_is_known_of_one_token_is_not_said_of_the_next() -> None:
    server = FakeGitHub()
    server.expiry = (server.clock() + timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S UTC")
    client = provider(server)
    await client.viewer()
    assert client.connection.token_expires is not None
    record: ServerInfo = client._record
    record.wants_token("A token is wanted.")
    record.signed_by("keyring")
    assert (record.connection.token_expires, record.connection.token_wanted) == (None, "")


@pytest.mark.parametrize(
    ("account", "lines"),
    [
        (
            Account(login="a", scopes="gist, repo", classic=True),
            ["✓ list      yes: all you can reach", "✓ download  yes", "✓ delete    yes"],
        ),
        (
            Account(login="a", scopes="public_repo", classic=True),
            [
                "✓ list      yes: public repositories; others need the scope repo",
                "✓ download  yes: in public repositories; others need the scope repo",
                "✓ delete    yes: in public repositories; others need the scope repo",
            ],
        ),
        (
            Account(login="a", scopes="gist", classic=True),
            [
                "✓ list      yes: public repositories; others need the scope repo",
                "✗ download  no: needs the scope repo",
                "✗ delete    no: needs the scope repo",
            ],
        ),
        (
            Account(login="a"),
            [
                "? list      unknown: private repositories need the permission Actions: read",
                "? download  unknown: needs the permission Actions: read",
                "? delete    unknown: needs the permission Actions: write",
            ],
        ),
    ],
)
def test_what_a_token_may_do_in_words(account: Account, lines: list[str]) -> None:
    assert [right_line(right) for right in rights_of(account)] == lines
