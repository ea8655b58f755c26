"""Downloads and deletes: the right bytes, and the token nowhere but at the API."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import httpx
import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.flavors import FLAVORS, GITHUB_2026, Flavor
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import Body, Offline, RateLimited, Refused, ServerTrouble
from artifact_tui.github.artifact_download import raw_file_name
from tests.double.server import FakeGitHub
from tests.double.transport import FakeTransport
from tests.github.stage import CORPUS, KESTREL, an_artifact, storage

ZIP = "GET */zip"
BLOB = "GET blob:*"


def read(server: FakeGitHub, *span: int, repository: RepositoryName = CORPUS, **options: Any) -> tuple[bytes, Body]:
    archive = storage(server).open(repository, an_artifact(server, repository))
    with archive.read(*span, **options) as body:
        return b"".join(body), body


@pytest.fixture
def server() -> FakeGitHub:
    return FakeGitHub(GITHUB_2026)


@pytest.mark.parametrize("flavor", FLAVORS, ids=lambda flavor: flavor.name)
def test_every_server_gives_the_whole_archive(flavor: Flavor) -> None:
    server = FakeGitHub(flavor)
    data, body = read(server)
    assert data.startswith(b"PK")
    assert body.start == 0
    assert body.file_name == ""
    if flavor.enterprise:
        assert (body.total, body.etag) == (None, "")
    else:
        assert body.total == len(data) == an_artifact(server, CORPUS).size_in_bytes
        assert f"sha256:{hashlib.sha256(data).hexdigest()}" == an_artifact(server, CORPUS).digest
    assert not any("authorization" in request.headers for request in server.requests if request.place == "blob")


def test_a_repository_is_seen_or_not(server: FakeGitHub) -> None:
    asked = storage(server)
    assert asked.sees(KESTREL)
    assert not asked.sees(RepositoryName("fernwood-labs", "nothing-of-that-name"))
    assert {request.method for request in server.requests} == {"GET"}


def test_the_storage_is_told_nothing_about_us(server: FakeGitHub) -> None:
    server.fault(ZIP, status=302, times=0)
    read(server)
    api = [request for request in server.requests if request.place == "api"]
    blob = [request for request in server.requests if request.place == "blob"]
    assert {request.headers["authorization"] for request in api} == {f"Bearer {DEMO_TOKEN}"}
    assert {request.headers["accept"] for request in api} == {"application/vnd.github+json"}
    assert len(blob) == 1
    sent = blob[0].headers
    assert set(sent) <= {"host", "accept", "accept-encoding", "connection", "user-agent"}
    assert (sent["accept-encoding"], sent["accept"]) == ("identity", "*/*")
    assert DEMO_TOKEN not in str(blob[0])


@pytest.mark.parametrize("span", [(0, 10), (1000, 1001), (5, 2000), (20_000,), (20_000, 10**9)])
def test_a_range_is_exactly_that_part(server: FakeGitHub, span: tuple[int, ...]) -> None:
    whole, _ = read(server)
    part, body = read(server, *span)
    assert part == whole[slice(*span) if len(span) == 2 else slice(span[0], None)]
    assert (body.start, body.total) == (span[0], len(whole))
    assert server.requests[-1].headers["range"] == f"bytes={span[0]}-{span[1] - 1 if len(span) == 2 else ''}"


def test_a_resumed_download_goes_on_while_the_blob_is_the_same(server: FakeGitHub) -> None:
    whole, first = read(server)
    assert first.etag
    part, body = read(server, 1000, etag=first.etag)
    assert (body.start, part) == (1000, whole[1000:])


@pytest.mark.parametrize("forgetful", [False, True])
def test_a_changed_blob_comes_from_its_start(server: FakeGitHub, forgetful: bool) -> None:
    whole, _ = read(server)
    if forgetful:  # a storage that does not know If-Match answers with the range of the new blob
        headers = {
            "ETag": '"new"',
            "Content-Range": f"bytes 1000-{len(whole) - 1}/{len(whole)}",
            "Content-Type": "application/zip",
        }
        server.fault(BLOB, status=206, headers=headers, body=whole[1000:])
    data, body = read(server, 1000, etag='"another"')
    assert (body.start, data) == (0, whole)


def test_a_range_past_the_end_gives_the_whole(server: FakeGitHub) -> None:
    whole, _ = read(server)
    data, body = read(server, len(whole) + 5)
    assert (body.start, data) == (0, whole)


def test_a_storage_without_ranges_gives_the_whole() -> None:
    server = FakeGitHub(flavors.GHES_3_10)
    whole, _ = read(server)
    data, body = read(server, 100, 200)
    assert (body.start, body.total, data) == (0, None, whole)


@pytest.mark.parametrize(
    "content_range",
    [
        "",
        "bytes 0-99/1000",
        "bytes 100-150/1000",
        "bytes 100-199/150",
        "items 100-199/1000",
        "bytes 100-999/1000",
        "bytes */1000",
    ],
)
def test_another_range_than_asked_for_is_not_taken_and_the_whole_comes_instead(
    server: FakeGitHub, content_range: str
) -> None:
    whole, _ = read(server)
    headers = {"Content-Range": content_range, "Content-Type": "application/zip"}
    server.fault(BLOB, status=206, headers=headers, body=b"x" * 100)
    data, body = read(server, 100, 200)
    assert (body.start, data) == (0, whole)


def test_a_part_that_was_not_asked_for_is_refused(server: FakeGitHub) -> None:
    server.fault(BLOB, status=206, headers={"Content-Range": "bytes 0-9/10"}, body=b"x" * 10)
    with pytest.raises(ServerTrouble):
        read(server)


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ({"status": 200, "body": "<html>Sign in</html>"}, "Received a web page instead of the artifact (status 200)."),
        ({"status": 200, "body": "<html><title>Sign in</title>"},
         "Received a web page instead of the artifact (status 200): “Sign in”."),
        ({"status": 403, "headers": {"Via": "1.1 filter"}, "body": "<html><title>Blocked</title>"},
         "Received a web page instead of the artifact (status 403): “Blocked”."),
        ({"status": 404, "body": "<html><title>Blocked</title>"},
         "Received a web page instead of the artifact (status 404): “Blocked”."),
        ({"status": 502, "body": "<html><title>Bad gateway</title>"},
         "Received a web page instead of the artifact (status 502): “Bad gateway”."),
        ({"status": 200, "headers": {"Content-Type": "application/zip"}, "body": b""},
         "Received an empty response (application/zip) instead of the artifact."),
        ({"status": 200, "headers": {"Content-Type": "application/zip", "Content-Encoding": "gzip"}, "body": b"x"},
         "The download arrived compressed, which was not requested."),
        ({"status": 503, "body": "<?xml?>"}, "The download host returned an error (status 503)."),
        ({"status": 302, "headers": {"Location": "https://api.github.com/user"}, "body": ""},
         "The download host redirects to another URL, which is not followed."),
        ({"status": 400, "body": ""}, "The download host refuses the artifact (status 400)."),
        ({"status": 408, "body": ""}, "The download host returned an error (status 408)."),
        ({"status": 407, "body": ""},
         "The proxy for results.blob.example requires a user name and password."),
    ],
)  # fmt: skip
def test_what_is_no_archive_is_refused(server: FakeGitHub, trouble: dict[str, Any], sentence: str) -> None:
    server.fault(BLOB, times=9, **trouble)
    with pytest.raises((ServerTrouble, Refused)) as error:
        read(server)
    assert error.value.sentence == sentence


@pytest.mark.parametrize("trouble", [{"cut_at": 5000}, {"reset_at": 5000}, {"cut_at": 0}, {"broken": "reset"}])
def test_bytes_that_end_early_are_not_taken_for_the_whole(server: FakeGitHub, trouble: dict[str, Any]) -> None:
    server.fault(BLOB, **trouble)
    with pytest.raises(Offline) as error:
        read(server)
    assert str(error.value) == "Connection to results.blob.example lost. Try again."


def test_fewer_bytes_than_announced_are_not_taken_for_the_whole(server: FakeGitHub) -> None:
    class Short(FakeTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = super().handle_request(request)
            if request.url.host == "results.blob.example":
                response.headers["Content-Length"] = str(int(response.headers["Content-Length"]) + 1)
            return response

    archive = storage(server, transport=Short(server)).open(CORPUS, an_artifact(server))
    with archive.read() as body, pytest.raises(Offline):
        list(body)


def test_an_address_that_is_no_longer_good_is_asked_for_again(server: FakeGitHub) -> None:
    whole, _ = read(server)
    before = len(server.requests)
    server.fault(BLOB, status=403, headers={"Content-Type": "application/xml"}, body="<?xml version='1.0'?><Error/>")
    data, _ = read(server)
    assert data == whole
    assert [request.place for request in server.requests[before:]] == ["api", "blob", "api", "blob"]
    server.fault(BLOB, times=2, status=403, headers={"Content-Type": "application/xml"}, body="<Error/>")
    with pytest.raises(Refused) as error:
        read(server)
    assert error.value.sentence == "The download host refuses even a new URL."


@pytest.mark.parametrize("status", [429, 503])
def test_a_storage_that_is_busy_says_how_long(server: FakeGitHub, status: int) -> None:
    server.fault(BLOB, status=status, headers={"Retry-After": "30"}, body="<?xml?>")
    with pytest.raises(RateLimited) as error:
        read(server)
    assert error.value.until == server.clock() + timedelta(seconds=30)


def test_an_address_keeps_its_secret(server: FakeGitHub) -> None:
    archive = storage(server).open(CORPUS, an_artifact(server))
    server.fault(BLOB, broken="reset")
    with pytest.raises(Offline) as error, archive.read() as body:
        list(body)
    assert "sig=" not in f"{error.value!r}{archive!r}{error.value.__cause__!r}"


LEADS_ASTRAY: list[str] = [
    "http://results.blob.example/x.zip",
    "https://user:pw@results.blob.example/x.zip",
    "file:///etc/passwd",
    "ftp://results.blob.example/x.zip",
    "http://127.0.0.1:9/x.zip",
    "https://127.0.0.1/x.zip",
    "https://localhost/x.zip",
    "https://[::1]/x.zip",
    "https://[::ffff:127.0.0.1]/x.zip",
    "https://169.254.169.254/x.zip",
    "https://10.0.0.7/x.zip",
    "https://results.blob.example:99999/x.zip",
    "https://results.blob.example\\@evil.example/x.zip",
    "",
]


@pytest.mark.parametrize("location", LEADS_ASTRAY)
def test_a_redirect_that_leads_astray_is_not_followed(server: FakeGitHub, location: str) -> None:
    server.fault(ZIP, status=302, headers={"Location": location}, body="")
    with pytest.raises(Refused):
        read(server)
    assert len(server.requests) == 1


def test_an_enterprise_server_may_keep_its_files_in_its_own_network() -> None:
    server = FakeGitHub(flavors.GHES_3_10)
    server.fault(ZIP, status=302, headers={"Location": "https://10.0.0.7/x.zip"}, body="")
    storage(server).open(CORPUS, an_artifact(server))
    server.fault(ZIP, status=302, headers={"Location": "https://127.0.0.1/x.zip"}, body="")
    with pytest.raises(Refused):
        storage(server).open(CORPUS, an_artifact(server))


def test_a_plain_file_comes_under_its_own_name(server: FakeGitHub) -> None:
    found = next(item for item in server.store.artifacts.values() if item.name == "kestrel-src-338.tar.gz")
    artifact = Artifact(id=found.id, name=found.name, size_in_bytes=found.size)
    with storage(server).open(KESTREL, artifact).read() as body:
        assert b"".join(body).startswith(b"\x1f\x8b")
        assert body.file_name == "kestrel-src-338.tar.gz"


@pytest.mark.parametrize(
    ("kind", "disposition", "path", "name"),
    [
        ("application/zip", 'attachment; filename="a.bin"', "/a", ""),
        ("application/octet-stream", 'attachment; filename="a.bin"', "/a.zip", ""),
        ("", "", "/signedartifactscontent", ""),
        ("application/octet-stream", 'attachment; filename="a.bin"', "/a", "a.bin"),
        ("text/html; charset=utf-8", "attachment; filename=report.html", "/a", "report.html"),
        ("text/plain", "attachment; filename=\"_.txt\"; filename*=UTF-8''%C3%A9.txt", "/a", "é.txt"),
        ("text/plain", "attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", "/a", "passwd"),
        ("text/plain", 'attachment; filename="..\\\\..\\\\evil.txt"', "/a", "evil.txt"),
        ("text/plain", 'attachment; filename=".."', "/a", "the artifact"),
        ("text/plain", "", "/a", "the artifact"),
    ],
)
def test_a_zip_is_told_from_a_file_as_the_toolkit_does(kind: str, disposition: str, path: str, name: str) -> None:
    headers = httpx.Headers({"Content-Type": kind, "Content-Disposition": disposition})
    assert raw_file_name(headers, f"https://blob.example{path}?sig=x.zip", "the artifact") == name


def test_cookies_are_neither_kept_nor_sent(server: FakeGitHub) -> None:
    class Baker(FakeTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = super().handle_request(request)
            response.headers["Set-Cookie"] = "crumb=1; Path=/"
            return response

    client = storage(server, transport=Baker(server))
    for _ in range(2):
        with client.open(CORPUS, an_artifact(server)).read() as body:
            assert b"".join(body)
    assert not any("cookie" in request.headers for request in server.requests)


def test_an_artifact_without_bytes_can_be_downloaded(server: FakeGitHub) -> None:
    artifact = Artifact(id=an_artifact(server).id, name="empty", size_in_bytes=0)
    server.fault(BLOB, status=200, headers={"Content-Type": "text/plain", "Content-Length": "0"}, body=b"")
    with storage(server).open(CORPUS, artifact).read() as body:
        assert (b"".join(body), body.total) == (b"", 0)
