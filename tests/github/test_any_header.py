"""No header of a server ends the program: an odd one costs what it was about, or the request, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from artifact_tui.demo.fixed_clock import DEMO_NOW
from artifact_tui.domain.models import Artifact
from artifact_tui.domain.provider import ProviderError, RateLimited
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.widgets.status_bar import rate_line
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.examples import examples
from tests.github.any_server import AnyServer, Headers, Made, provider_of, storage_of
from tests.github.stage import KESTREL, credential, everything
from tests.github.test_sockets import PROXIES

ARTIFACT = Artifact(id=7, name="wheel", size_in_bytes=10)
LISTED = json.dumps({"total_count": 1, "artifacts": [{"id": 7, "name": "wheel"}]}).encode()
BLOB = "https://blobs.example/7.zip"

NUMBERS = st.one_of(
    st.integers(-(10**30), 10**30).map(str),
    st.sampled_from(["", "-1", "+1", "1.5", "1e9", "0x10", "NaN", "Infinity", "١٢", "9" * 5000, "-0", " 7 ", "7, 8"]),
    st.sampled_from([1_795_000_000, 1_795_000_000_000, 10**11, 10**12 - 1, 253402300800, 2**63, 2**64]).map(str),
)
DATES = st.one_of(
    st.sampled_from(
        [
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Mon, 01 Jan 0001 00:00:00 +2359",
            "Fri, 31 Dec 9999 23:59:59 -2359",
            "Fri, 31 Dec 99999 23:59:59 GMT",
            "Mon, 32 Feb 2026 25:61:61 +9999",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "0001-01-01 00:00:00 +2359",
            "9999-12-31 23:59:59 -2359",
            "2026-13-45 99:99:99 UTC",
        ]
    ),
    st.datetimes().map(lambda moment: moment.strftime("%a, %d %b %Y %H:%M:%S GMT")),
    st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S UTC")),
)
ADDRESSES = st.one_of(
    st.sampled_from(
        [
            "https://[", "https://[::1", "https://" + "a" * 64 + ".example/x", "https://a..b/", "https://xn--a/",
            "https://blobs.example:99999/", "https://blobs.example:0/", "https://\u2100.example/", "//", "..", "?",
            "https://%zz/", "javascript:1", "file:///etc/passwd", "https://b.example/\ud7ff",
            "https://" + "x" * 300,
        ]
    ),
    st.text(max_size=20).map(lambda text: f"https://{text}/"),
)  # fmt: skip
WORDS = st.one_of(st.text(max_size=40), st.binary(max_size=40).map(lambda data: data.decode("latin-1")))
LINKS = st.one_of(
    ADDRESSES.map(lambda address: f'<{address}>; rel="next"'),
    NUMBERS.map(lambda number: f'<https://api.github.com/x?page={number}>; rel="next"'),
)  # fmt: skip
SSO = ADDRESSES.map(lambda address: f"required; url={address}")
VALUE = st.one_of(NUMBERS, DATES, ADDRESSES, WORDS, LINKS, SSO)
LIMITED = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795000000"}
PLACES = st.sampled_from(
    [
        *((status, LIMITED, name) for status in (200, 403, 429) for name in LIMITED),
        *((status, {}, "Retry-After") for status in (403, 429, 503)),
        *((200, {}, name) for name in ("Link", "ETag", "Date", "Content-Type", "Content-Encoding", "X-OAuth-Scopes")),
        (200, {}, "GitHub-Authentication-Token-Expiration"),
        (200, {}, "X-GitHub-Enterprise-Version"),
        (200, {}, "X-GitHub-Api-Version-Selected"),
        (200, LIMITED, "X-RateLimit-Resource"),
        *((status, {}, "X-GitHub-SSO") for status in (200, 403)),
        (403, {}, "X-Accepted-GitHub-Permissions"),
        (403, {"X-OAuth-Scopes": "gist"}, "X-Accepted-OAuth-Scopes"),
        (403, {"X-Accepted-OAuth-Scopes": "repo"}, "X-OAuth-Scopes"),
        *((status, {}, "Location") for status in (301, 302, 303, 307, 308)),
        *((status, {}, name) for status in (410, 500, 502) for name in ("Deprecation", "Sunset", "Server", "Via")),
        *((status, {}, "Content-Type") for status in (400, 401, 404, 405, 407, 418, 422, 451, 501, 511, 599, 999)),
    ]
)
BLOB_PLACES = st.sampled_from(
    [
        *((status, {}, "Retry-After") for status in (403, 429, 503)),
        *((200, {}, name) for name in ("ETag", "Content-Type", "Content-Encoding", "Content-Length", "Date")),
        *((200, {"Content-Type": kind}, "Content-Disposition") for kind in ("text/html", "application/x-tar")),
        *((206, {"ETag": '"a"'}, name) for name in ("Content-Range", "Content-Length", "Content-Type")),
        (206, {"Content-Range": "bytes 3-8/10"}, "ETag"),
        *((status, {}, "Location") for status in (301, 302, 304, 307)),
        *((status, {}, name) for status in (401, 404, 407, 412, 416, 418, 500) for name in ("Server", "Content-Type")),
    ]
)
BODY = st.sampled_from(
    [
        LISTED,
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"message": "Resource not accessible by integration", "documentation_url": 7}',
        b'{"message": {"a": []}, "url": "https://[", "errors": [{}]}',
        b"<html><title>\xff&#x110000;Blocked",
        b"\xff\xfe<\x00h\x00",
        b"[" * 5000,
    ]
)


def made(headers: dict[str, str]) -> Headers:
    """The values as bytes; a header cannot hold line breaks."""
    sent = [(b"Content-Type", b"application/json")]
    for name, value in headers.items():
        sent = [(other, data) for other, data in sent if other != name.encode()]
        sent.append((name.encode(), value.encode("utf-8", "replace").replace(b"\r", b"").replace(b"\n", b"")))
    return sent


@given(PLACES, VALUE, BODY)
@example((200, LIMITED, "X-RateLimit-Reset"), "1795000000000", LISTED)
@example((200, LIMITED, "X-RateLimit-Reset"), "9" * 15, LISTED)
@example((403, {}, "X-GitHub-SSO"), "required; url=https://[", b"{}")
@settings(max_examples=examples(200))
async def test_a_list_comes_or_is_refused_in_words(
    place: tuple[int, dict[str, str], str], value: str, body: bytes
) -> None:
    status, others, name = place
    server = AnyServer(lambda method, url: (status, made(others | {name: value}), body))
    for host in ("github.com", "ghe.acme.example"):
        client = provider_of(server, host)
        with refused_in_words():
            await everything(client.repositories())
        with refused_in_words():
            await everything(client.artifacts(KESTREL))
        for look in (client.viewer, client.rate_limit):
            for _ in range(2):  # the second look has an answer to compare with
                with refused_in_words():
                    await look()
        limit = client.connection.rate_limit
        assert limit is None or rate_line(limit, DEMO_NOW)


@given(PLACES, BLOB_PLACES, VALUE, BODY)
@settings(max_examples=examples(200))
def test_a_download_comes_or_is_refused_in_words(
    place: tuple[int, dict[str, str], str], blob_place: tuple[int, dict[str, str], str], value: str, body: bytes
) -> None:
    """The odd value stands in an answer of the API first, then in one of the storage."""

    def api_answer(method: str, url: str) -> Made:
        status, others, name = place
        return status, made(others | {name: value}), body

    def blob_answer(method: str, url: str) -> Made:
        status, others, name = blob_place
        if url.startswith("https://api.github.com/"):
            return 302, made({"Location": BLOB}), b""
        return status, made(others | {name: value}), body

    for answer in (api_answer, blob_answer):
        storage = storage_of(AnyServer(answer))
        for start, end in ((0, None), (3, 9)):
            with refused_in_words():
                read(storage, start, end)
        with refused_in_words():
            storage.exists(KESTREL, 7)
        with refused_in_words():
            storage.delete(KESTREL, 7)


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "xn--a.example", "a..example", "-.example", "a" * 300])
def test_a_host_name_that_cannot_be_one_is_refused_before_it_is_looked_up(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over real sockets: the name goes to the resolver's own codec."""
    for variable in PROXIES:
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)
    with Loopback(FakeGitHub()) as loopback:
        loopback.server.fault("GET */zip", times=9, status=302, headers={"Location": f"https://{name}/7.zip"})
        storage = GitHubArtifactStore(ServerInfo(host_of_api(loopback.api)), credential())
        with pytest.raises(ProviderError) as error:
            read(storage, 0, None)
        storage.close()
    assert error.value.sentence


def read(storage: GitHubArtifactStore, start: int, end: int | None) -> None:
    with storage.open(KESTREL, ARTIFACT).read(start, end, etag='"a"' if start else "") as body:
        assert body.start in {0, start}
        assert body.file_name == body.file_name.replace("/", "")
        b"".join(body)


@contextmanager
def refused_in_words() -> Iterator[None]:
    """Whatever is raised is an error for people, and no wait is longer than a day."""
    error: ProviderError | None = None
    try:
        yield
    except ProviderError as raised:
        error = raised
    assert error is None or error.sentence
    if isinstance(error, RateLimited) and error.until is not None:
        assert timedelta(0) < error.until - DEMO_NOW <= timedelta(days=1)
