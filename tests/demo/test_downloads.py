"""Downloads from the demo server: signed addresses, ranges, conditions, raw files, zips made on the fly."""

import hashlib
import io
import zipfile
from datetime import timedelta
from email.message import Message

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.fixed_clock import DEMO_NOW
from tests.demo.asking import KESTREL, api_client, blob_client, signed_address, smallest
from tests.double.server import FakeGitHub


@pytest.fixture
def server() -> FakeGitHub:
    return FakeGitHub()


def test_a_download_has_the_size_and_digest_that_the_list_states(server: FakeGitHub) -> None:
    artifact = smallest(api_client(server))
    answer = blob_client(server).get(signed_address(api_client(server), artifact))
    assert int(answer.headers["content-length"]) == len(answer.content) == artifact["size_in_bytes"]
    assert "sha256:" + hashlib.sha256(answer.content).hexdigest() == artifact["digest"]
    assert answer.headers["content-disposition"] == 'attachment; filename="coverage.zip"'


def test_a_part_can_be_asked_for_and_is_the_same_part(server: FakeGitHub) -> None:
    artifact = smallest(api_client(server))
    address, client = signed_address(api_client(server), artifact), blob_client(server)
    whole, size = client.get(address), artifact["size_in_bytes"]
    assert whole.headers["accept-ranges"] == "bytes"
    part = client.get(address, headers={"Range": "bytes=100-", "If-Match": whole.headers["etag"]})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 100-{size - 1}/{size}"
    assert part.content == whole.content[100:]
    assert client.get(address, headers={"Range": "bytes=10-19"}).content == whole.content[10:20]
    beyond = client.get(address, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")


def test_conditions_guard_against_another_file(server: FakeGitHub) -> None:
    address, client = signed_address(api_client(server), smallest(api_client(server))), blob_client(server)
    assert client.get(address, headers={"If-Match": '"other"'}).status_code == 412
    whole = client.get(address, headers={"Range": "bytes=5-", "If-Range": '"other"'})
    assert whole.status_code == 200


def test_two_gigabytes_need_not_be_read_to_see_their_end(server: FakeGitHub) -> None:
    client = api_client(server)
    found = client.get(f"{KESTREL}/artifacts?name=logs-integration-2026-11-20").json()["artifacts"][0]
    size = found["size_in_bytes"]
    tail = blob_client(server).get(signed_address(client, found), headers={"Range": f"bytes={size - 22}-"})
    assert tail.content[:4] == b"PK\x05\x06"


def test_an_address_is_signed_for_ten_minutes() -> None:
    now = [DEMO_NOW]
    server = FakeGitHub(clock=lambda: now[0])
    address, client = signed_address(api_client(server), smallest(api_client(server))), blob_client(server)
    now[0] += timedelta(minutes=9, seconds=59)
    assert client.get(address).status_code == 200
    now[0] += timedelta(seconds=1)
    late = client.get(address)
    assert (late.status_code, late.headers["content-type"]) == (403, "application/xml")
    assert client.get(address.replace("sig=", "sig=0")).status_code == 403


def test_the_storage_refuses_a_request_that_carries_the_token(server: FakeGitHub) -> None:
    address = signed_address(api_client(server), smallest(api_client(server)))
    assert api_client(server).get(address).status_code == 403
    assert server.requests[-1].place == "blob"
    assert "authorization" in server.requests[-1].headers


@pytest.mark.parametrize(("name", "kind"), [("clippy.log", "text/plain"), ("flamegraph.png", "image/png")])
def test_a_raw_file_comes_as_it_is(server: FakeGitHub, name: str, kind: str) -> None:
    client = api_client(server)
    answer = blob_client(server).get(signed_address(client, smallest(client, name)))
    assert answer.headers["content-type"] == kind
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert not answer.content.startswith(b"PK")


@pytest.mark.parametrize("flavor", [flavors.GHES_3_8, flavors.GHES_3_10], ids=lambda f: f.name)
def test_enterprise_server_zips_while_it_sends(flavor: flavors.Flavor) -> None:
    server = FakeGitHub(flavor)
    client = api_client(server)
    target = f"{flavor.api}{KESTREL}/artifacts"
    for name in ("clippy.log", "coverage"):
        artifact = client.get(target, params={"name": name}).json()["artifacts"][0]
        address = client.get(f"{target}/{artifact['id']}/zip").headers["location"]
        answer = blob_client(server).get(address, headers={"Range": "bytes=100-"})
        assert answer.status_code == 200
        assert not {"content-length", "etag", "accept-ranges"} & set(answer.headers)
        with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
            assert sum(member.file_size for member in opened.infolist()) == artifact["size_in_bytes"]


def test_every_hostile_name_can_be_downloaded(server: FakeGitHub) -> None:
    client = api_client(server)
    rows = client.get("/repos/fernwood-labs/fuzz-corpus/actions/artifacts?per_page=100").json()["artifacts"]
    for row in rows:
        address = client.get(row["archive_download_url"]).headers["location"]
        answer = blob_client(server).get(address, headers={"Range": "bytes=0-9"} if row["size_in_bytes"] else {})
        assert answer.status_code in (200, 206)
        header = Message()
        header["content-disposition"] = answer.headers["content-disposition"]
        assert header.get_content_disposition() == "attachment"
