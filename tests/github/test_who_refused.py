"""A refusal is explained by who spoke: the server's own sentence, or the page of something on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from artifact_tui.domain.provider import (
    DeletesBlocked,
    Forbidden,
    NotFound,
    ProviderError,
    RateLimited,
    Refused,
    ServerTrouble,
    SsoRequired,
)
from artifact_tui.github.http.non_api_response import IN_BETWEEN, read_foreign
from tests.double.server import FakeGitHub
from tests.github.stage import CORPUS, KESTREL, an_artifact, provider, storage

REPOSITORY = "GET /repos/fernwood-labs/kestrel"
ON_200_TOO = {"X-Accepted-GitHub-Permissions": "actions=read"}
DOCS = "https://docs.github.com/articles/why"
POLICIES = {
    "token lifetime": "The 'acme' organization forbids access via a fine-grained personal access tokens if the token's"
    " lifetime is greater than 366 days. Please adjust your token's lifetime at the following URL:"
    " https://github.com/settings/personal-access-tokens/1234567",
    "classic forbidden": "`acme` forbids access via a personal access token (classic). Please use a GitHub App, OAuth"
    " App, or a personal access token with fine-grained permissions.",
    "fine-grained forbidden": "The 'acme' enterprise forbids access via a fine-grained personal access token.",
    "IP allow list": "Although you appear to have the correct authorization credentials, the `acme` organization has an"
    " IP allow list enabled, and your IP address is not permitted to access this resource.",
    "archived": "Repository was archived so is read-only.",
    "suspended": "Sorry. Your account was suspended.",
    "SAML": "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to"
    " this organization.",
}


def refusal(message: str, **headers: str) -> dict[str, Any]:
    body = json.dumps({"message": message, "documentation_url": DOCS, "status": "403"})
    return {"status": 403, "headers": {**ON_200_TOO, **headers}, "body": body}


async def refused(**trouble: Any) -> ProviderError:
    server = FakeGitHub()
    server.fault(REPOSITORY, times=9, **trouble)
    with pytest.raises(ProviderError) as error:
        await provider(server).repository(KESTREL)
    return error.value


@pytest.mark.parametrize("message", POLICIES.values(), ids=POLICIES.keys())
async def test_a_policy_is_told_in_the_servers_words_with_its_page(message: str) -> None:
    error = await refused(**refusal(message))
    assert type(error) is Forbidden
    assert error.sentence == "github.com denied access."
    assert error.next_step == f"The server says: “{message}” See {DOCS}"
    assert error.by_rule
    assert error.is_archived is (message == POLICIES["archived"])
    assert "permission actions" not in str(error)


async def test_only_the_generic_sentence_names_the_permission() -> None:
    for who in ("integration", "personal access token"):
        error = await refused(**refusal(f"Resource not accessible by {who}"))
        assert str(error) == "The token lacks a permission. It needs the permission actions=read."


async def test_single_sign_on_keeps_the_servers_words_too() -> None:
    url = "https://github.com/orgs/acme/sso?authorization_request=A1"
    error = await refused(**refusal(POLICIES["SAML"], **{"X-GitHub-SSO": f"required; url={url}"}))
    assert isinstance(error, SsoRequired)
    assert error.url == url
    assert POLICIES["SAML"] in error.next_step


def test_a_policy_met_by_a_delete_or_a_download_is_told_alike() -> None:
    server = FakeGitHub()
    message = POLICIES["archived"]
    server.fault("DELETE *", **refusal(message))
    server.fault("GET */zip", **refusal(message))
    artifact = an_artifact(server)
    with pytest.raises(Forbidden, match=message):
        storage(server).delete(CORPUS, artifact.id)
    with pytest.raises(Forbidden, match=message):
        storage(server).open(CORPUS, artifact)


async def test_a_policy_that_meets_no_token_at_all_is_told_alike() -> None:
    server = FakeGitHub()
    server.fault(REPOSITORY, times=9, **refusal(POLICIES["IP allow list"]))
    with pytest.raises(Forbidden) as error:
        await provider(server, token="").repository(KESTREL)
    assert POLICIES["IP allow list"] in str(error.value)


PAGE = "<!DOCTYPE html>\n<html><head><title>\n Blocked &amp; logged\u200b</title></head><body>No.</body></html>"
SAID = "Received a web page instead of an answer from github.com (status {}): “Blocked & logged\\u200b”."


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 410, 422, 451, 502, 503])
async def test_a_web_page_is_said_to_be_one_whatever_its_status(status: int) -> None:
    error = await refused(status=status, headers={"Server": "squid/5.7", "Via": "1.1 proxy.acme"}, body=PAGE)
    assert error.sentence == SAID.format(status)
    assert error.next_step.startswith("Sent by squid/5.7, via 1.1 proxy.acme.")
    assert type(error) is (Refused if 300 <= status < 500 else ServerTrouble)


async def test_a_filters_page_that_asks_for_patience_is_waited_for_and_named() -> None:
    error = await refused(status=429, headers={"Retry-After": "90"}, body=PAGE)
    assert isinstance(error, RateLimited)
    assert error.sentence == SAID.format(429)


async def test_plain_text_of_a_proxy_is_quoted() -> None:
    error = await refused(status=403, headers={"Content-Type": "text/plain", "Server": "envoy"}, body="RBAC: denied\n")
    assert str(error) == (
        "Received plain text instead of an answer from github.com (status 403): “RBAC: denied”."
        f" Sent by envoy. {IN_BETWEEN}"
    )


async def test_plain_text_is_how_some_servers_say_that_nothing_is_there() -> None:
    error = await refused(status=404, headers={"Content-Type": "text/plain"}, body="404 page not found")
    assert isinstance(error, NotFound)


@pytest.mark.parametrize("status", [302, 303, 400, 401, 403, 404, 405, 406, 409, 418, 421, 423, 451, 501])
def test_a_page_that_meets_a_delete_says_that_deletes_do_not_get_through(status: int) -> None:
    """One request, and a kind of error that says that the next would fare no better."""
    server = FakeGitHub()
    server.fault("DELETE *", times=9, status=status, headers={"Server": "ZscalerProxy"}, body=PAGE)
    with pytest.raises(DeletesBlocked) as error:
        storage(server).delete(CORPUS, an_artifact(server).id)
    assert "ZscalerProxy" in str(error.value)
    assert [request.method for request in server.requests] == ["DELETE"]


@pytest.mark.parametrize("status", [302, 406, 409, 413, 418, 421, 423, 431])
def test_a_delete_that_is_refused_in_json_is_refused_for_good(status: int) -> None:
    server = FakeGitHub()
    server.fault("DELETE *", times=9, status=status, body='{"message": "Locked"}')
    with pytest.raises(Refused, match="Locked"):
        storage(server).delete(CORPUS, an_artifact(server).id)


@pytest.mark.parametrize("path", ["GET /user", "GET /user/repos*"])
@pytest.mark.parametrize("body", ['{"message": "Not Found"}', PAGE, ""])
async def test_a_server_without_an_account_has_no_api_there(path: str, body: str) -> None:
    server = FakeGitHub()
    server.fault(path, status=404, body=body)
    client = provider(server)
    with pytest.raises(Refused) as error:
        await (client.viewer() if path == "GET /user" else anext(client.repositories()))
    assert str(error.value) == "No GitHub API found at https://api.github.com. Check the host, or use --api-url."


@pytest.mark.parametrize(
    ("kind", "body", "title"),
    [
        ("text/html; charset=utf-8", b"<html><head><TITLE lang=en>Sign&nbsp;in</TITLE>", "Sign in"),
        ("text/html", b"<html><h1>Access <b>Denied</b></h1>", "Access Denied"),
        ("application/json", b"\xef\xbb\xbf<!-- x --><!DOCTYPE HTML><title>Portal", "Portal"),
        ("", b"<?xml version='1.0'?><html xmlns='x'><title>X</title>", "X"),
        ("text/html; charset=iso-8859-1", b"<html><title>gesperrt f\xfcr", "gesperrt für"),
        ("text/html; charset=rot13", b"<html><title>a", "a"),
        ("text/html; charset=hex", b"<html><title>a", "a"),
        ("text/html; charset=no-such", b"<html><title>a", "a"),
        ("text/html; charset=utf-16", "<html><title>wide</title>".encode("utf-16"), "wide"),
        ("text/html", b"<html><title>" + b"long " * 100 + b"</title>", "long " * 15 + "long " + "…"),
        ("text/html", b"<html><title>  </title>", ""),
    ],
)
def test_the_title_of_a_page_is_read_whatever_the_page_is(kind: str, body: bytes, title: str) -> None:
    found = read_foreign({"content-type": kind}, body)
    assert found is not None
    assert found.title == title


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", b"{}"), ("text/html", b""), ("text/html", b'{"message": "x"}'), ("text/plain", b'{"a": 1}')],
)
def test_json_is_no_page_whatever_its_type(kind: str, body: bytes) -> None:
    assert read_foreign({"content-type": kind}, body) is None
