"""What the server sends becomes the model, and what is wrong in it costs no more than itself."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.artifact_record import ArtifactRecord, artifact_of, record_of
from artifact_tui.domain.models import Repository, RunOfArtifact
from artifact_tui.domain.provider import ServerTrouble
from artifact_tui.github.decode import convert_leniently, decode_listing, decode_one

GOOD: dict[str, Any] = {
    "id": 7,
    "name": "wheel",
    "size_in_bytes": 10,
    "expired": False,
    "created_at": "2026-01-02T03:04:05Z",
    "digest": "sha256:" + "0" * 64,
    "workflow_run": {"id": 3, "head_branch": "main"},
    "some_new_key": {"x": [1]},
}


def listing(*items: object) -> bytes:
    return json.dumps({"total_count": len(items), "artifacts": items}).encode()


@pytest.mark.parametrize(
    ("key", "value", "default"),
    [
        ("created_at", "yesterday", None),
        ("created_at", "2026-01-02T03:04:05", None),
        ("created_at", 12, None),
        ("expires_at", {}, None),
        ("name", None, ""),
        ("name", 5, ""),
        ("size_in_bytes", "10", 0),
        ("expired", None, False),
        ("digest", ["sha256"], None),
        ("workflow_run", [], None),
        ("workflow_run", None, None),
    ],
)
def test_a_wrong_field_costs_only_itself(key: str, value: object, default: object) -> None:
    page = decode_listing(listing({**GOOD, key: value}, GOOD), ArtifactRecord, "artifacts")
    broken, good = page.items
    assert getattr(broken, key) == default
    assert good.created_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert all(getattr(broken, other) == getattr(good, other) for other in ("id", "updated_at", "expires_at"))


def test_a_wrong_field_inside_costs_only_itself() -> None:
    run = {"id": "x", "head_branch": "main", "repository_id": 1}
    page = decode_listing(listing({**GOOD, "workflow_run": run}), ArtifactRecord, "artifacts")
    assert page.items[0].workflow_run == RunOfArtifact(head_branch="main", repository_id=1)


@pytest.mark.parametrize("bad", [{"name": "no id"}, {"id": "7"}, {"id": None}, {"id": True}, None, 5, []])
def test_a_thing_without_its_id_is_left_out(bad: object) -> None:
    page = decode_listing(listing(bad, GOOD), ArtifactRecord, "artifacts")
    assert [item.id for item in page.items] == [7]
    assert page.total == 2


def test_text_that_is_not_unicode_does_not_cost_the_page() -> None:
    surrogate = listing({**GOOD, "name": "x\ud800y"})
    assert decode_listing(surrogate, ArtifactRecord, "artifacts").items[0].name == "x\ud800y"
    latin = listing({**GOOD, "name": "caf#"}).replace(b"#", b"\xe9")
    assert decode_listing(latin, ArtifactRecord, "artifacts").items[0].name == "caf\ufffd"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"artifacts": null}', b"null", b"[" * 100_000, b'{"message":"x"}', b"\xff"]
)
def test_what_is_no_listing_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ServerTrouble):
        decode_listing(body, ArtifactRecord, "artifacts")


def test_a_bare_array_is_a_listing_too() -> None:
    page = decode_listing(b'[{"id": 1, "full_name": "a/b", "private": null}]', Repository)
    assert (page.items[0].full_name, page.items[0].private, page.total) == ("a/b", False, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = [field for field in ArtifactRecord.__struct_fields__ if field != "id"]


@given(st.dictionaries(st.sampled_from(KEYS), JSON), st.integers(1, 2**60))
def test_whatever_stands_in_optional_fields_the_artifact_is_there(fields: dict[str, Any], number: int) -> None:
    artifact = decode_one(json.dumps({"id": number, **fields}).encode(), ArtifactRecord)
    assert artifact.id == number
    alone = convert_leniently({"id": number}, ArtifactRecord)
    assert msgspec.json.decode(msgspec.json.encode(alone), type=ArtifactRecord) == alone


@given(st.dictionaries(st.sampled_from(KEYS), JSON), st.integers(1, 2**60))
def test_the_lenient_reading_agrees_with_the_typed_one_where_that_succeeds(fields: dict[str, Any], number: int) -> None:
    value = {"id": number, **fields}
    try:
        typed = msgspec.json.decode(json.dumps(value), type=ArtifactRecord)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return
    assert convert_leniently(json.loads(json.dumps(value)), ArtifactRecord) == typed


def test_the_last_microsecond_of_dates_is_one() -> None:
    artifact = artifact_of(decode_one(b'{"id": 1, "expires_at": "9999-12-31T23:59:59.999999Z"}', ArtifactRecord))
    assert record_of(artifact).expires_at == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(body: bytes) -> None:
    try:
        page = decode_listing(body, ArtifactRecord, "artifacts")
    except ServerTrouble:
        return
    assert isinstance(page.items, tuple)


EXAMPLES = os.environ.get("ARTIFACT_TUI_EXAMPLES", "")


@pytest.mark.skipif(not EXAMPLES, reason="ARTIFACT_TUI_EXAMPLES names no folder of recorded answers")
def test_recorded_artifacts_parse_without_any_loss() -> None:
    count = 0
    for path in sorted(Path(EXAMPLES).glob("*artifact*.json")):
        recorded = json.loads(path.read_text())
        for one in recorded if isinstance(recorded, list) else [recorded]:
            body = one.get("body", one)
            if not isinstance(body, dict) or "artifacts" not in body:
                continue
            page = decode_listing(json.dumps(body).encode(), ArtifactRecord, "artifacts")
            assert page.total == body["total_count"]
            assert [item.id for item in page.items] == [item["id"] for item in body["artifacts"]]
            assert all(item.created_at and item.name for item in page.items)
            count += len(page.items)
    assert count > 5
