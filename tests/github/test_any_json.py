"""Nothing in the JSON of a server ends the program: an odd value costs its field, or the row, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from artifact_tui.cache.list_cache import LastLists, Saved
from artifact_tui.demo.fixed_clock import DEMO_NOW
from artifact_tui.domain.artifact_record import ArtifactRecord, artifact_of
from artifact_tui.domain.models import Artifact, Repository, RepositoryName, RunFilter, WorkflowRun
from artifact_tui.domain.provider import ProviderError
from artifact_tui.github.decode import decode_one
from artifact_tui.screens.artifact_columns import COLUMNS, ArtifactRow
from artifact_tui.screens.artifact_details import artifact_fields
from tests.examples import examples
from tests.github.any_server import AnyServer, provider_of
from tests.github.stage import KESTREL, everything

MOMENTS = [
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59-23:59",
    "2026-01-01T00:00:00+02:00", "2026-13-01T00:00:00Z", "2026-02-30T25:61:61Z", "1970-01-01T00:00:00Z", "soon", "",
]  # fmt: skip
RAW_NUMBERS = ["-1", "7.0", "7.5", "1e30", "1e999", "-1e999", "9" * 40, "9" * 5000, "-" + "9" * 40, str(2**63), "NaN"]
ODD = st.one_of(
    st.sampled_from([json.dumps(moment) for moment in MOMENTS]),
    st.sampled_from(RAW_NUMBERS),
    st.sampled_from(
        ['"\\ud800"', '"a\\u0000b"', '"\\u202e"', "null", "true", "[]", "{}", "[" * 200 + "]" * 200, '"7"']
    ),
    st.text(max_size=20).map(json.dumps),
    st.dictionaries(st.sampled_from(["id", "login", "head_branch"]), st.integers() | st.none(), max_size=2).map(
        json.dumps
    ),
)
URLS = {"web_url": "https://github.com", "api_url": "https://api.github.com"}
ARTIFACT: dict[str, Any] = {
    "id": 7, "name": "wheel", "size_in_bytes": 10, "created_at": "2026-01-02T03:04:05Z", "digest": "sha256:" + "0" * 64,
    "expires_at": "2026-12-02T03:04:05Z", "updated_at": None, "expired": False, "workflow_run": {"id": 3}, "url": "",
}  # fmt: skip
RUN: dict[str, Any] = {
    "id": 3, "name": "ci", "run_number": 4, "run_attempt": 2, "run_started_at": "2026-01-02T03:04:05Z",
    "created_at": "2026-01-02T03:04:05Z", "actor": {"login": "mira"}, "workflow_id": 8, "status": "completed",
}  # fmt: skip
REPOSITORY: dict[str, Any] = {"id": 1, "full_name": "a/b", "private": False, "pushed_at": "2026-01-02T03:04:05Z"}


def with_odd(thing: dict[str, Any], key: str, raw: str) -> bytes:
    """A page of two: one with ``raw`` JSON in a field, one that is right."""
    odd = json.dumps({**thing, key: "\x01odd"}).replace('"\\u0001odd"', raw)
    return f"[{odd}, {json.dumps({**thing, 'id': 99})}]".encode()


async def rows(key: str, page: bytes, total: str = "2") -> tuple[Any, ...]:
    body = page if not key else b'{"total_count": %s, "%s": %s}' % (total.encode(), key.encode(), page)
    server = AnyServer(lambda method, url: (200, [(b"Content-Type", b"application/json")], body))
    client = provider_of(server)
    if not key:
        return tuple(await everything(client.repositories()))
    if key == "workflow_runs":
        return tuple(await everything(client.runs(KESTREL, RunFilter())))
    return tuple(await everything(client.artifacts(KESTREL)))


@given(st.sampled_from(sorted(ARTIFACT)), ODD, ODD)
@example("expires_at", '"9999-12-31T23:59:59-23:59"', "2")
@example("size_in_bytes", "9" * 5000, "2")
@example("id", "9" * 40, "-5")
@settings(max_examples=examples(150))
async def test_an_odd_field_of_an_artifact_costs_no_more_than_its_row(field: str, raw: str, total: str) -> None:
    found = await rows("artifacts", with_odd(ARTIFACT, field, raw), total)
    assert 99 in {one.id for one in found}
    run = msgspec.convert(RUN, WorkflowRun)
    for artifact in found:
        assert artifact.id < 2**63
        assert 0 <= artifact.size_in_bytes < 2**63
        row = ArtifactRow(artifact, run, DEMO_NOW)
        assert all(column.cell(row) for column in COLUMNS)
        artifact_fields(artifact, KESTREL, run, DEMO_NOW, **URLS)


@given(st.sampled_from(sorted(RUN)), ODD)
@settings(max_examples=examples(100))
async def test_an_odd_field_of_a_workflow_run_costs_no_more_than_its_row(field: str, raw: str) -> None:
    found = await rows("workflow_runs", with_odd(RUN, field, raw))
    assert 99 in {one.id for one in found}
    for run in found:
        artifact_fields(artifact_of(msgspec.convert(ARTIFACT, ArtifactRecord)), KESTREL, run, DEMO_NOW, **URLS)


@given(st.sampled_from(sorted(REPOSITORY)), ODD)
@settings(max_examples=examples(100))
async def test_an_odd_field_of_a_repository_costs_no_more_than_its_row(field: str, raw: str) -> None:
    found = await rows("", with_odd(REPOSITORY, field, raw))
    assert 99 in {one.id for one in found}
    assert all(isinstance(one.name, RepositoryName) for one in found)


@pytest.mark.parametrize("raw", ['{"resources": {"core": {"limit": %s, "remaining": %s, "reset": %s}}}' % ((raw,) * 3)
                                 for raw in (*RAW_NUMBERS, '"1"', "null", "{}")])  # fmt: skip
async def test_an_odd_rate_limit_costs_itself(raw: str) -> None:
    client = provider_of(AnyServer(lambda method, url: (200, [(b"Content-Type", b"application/json")], raw.encode())))
    try:
        limit = await client.rate_limit()
    except ProviderError:
        limit = None
    assert limit is None or datetime.fromtimestamp(limit.reset, UTC) <= datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize("field", ["created_at", "updated_at", "expires_at"])
@pytest.mark.parametrize("zero", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00+01:00"])
async def test_the_zero_time_of_go_means_none(field: str, zero: str) -> None:
    found = await rows("artifacts", with_odd(ARTIFACT, field, json.dumps(zero)))
    assert getattr(found[-1], field) is None


async def test_the_zero_time_of_a_run_or_a_repository_means_none() -> None:
    zero = '"0001-01-01T00:00:00Z"'
    for key, field, thing in (("workflow_runs", "run_started_at", RUN), ("", "pushed_at", REPOSITORY)):
        assert None in [getattr(one, field) for one in await rows(key, with_odd(thing, field, zero))]
    assert decode_one(b'{"id": 1, "full_name": "a/b", "pushed_at": %s}' % zero.encode(), Repository).pushed_at is None


async def test_a_time_with_an_offset_is_shown_in_utc() -> None:
    (_, one) = await rows("artifacts", with_odd(ARTIFACT, "id", "7").replace(b"03:04:05Z", b"03:04:05+02:00"))
    assert one.created_at == datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)
    shown = dict(artifact_fields(one, KESTREL, None, DEMO_NOW, **URLS))
    assert str(shown["Created"]).startswith("2026-01-02 01:04:05 UTC")


async def test_whatever_was_listed_can_be_kept_for_the_next_start(tmp_path: Path) -> None:
    for raw in RAW_NUMBERS:
        found = await rows("artifacts", with_odd(ARTIFACT, "size_in_bytes", raw))
        lists = LastLists(tmp_path, "x", lambda key: "")
        lists.write("list", Saved(DEMO_NOW, found))
        kept = lists.read("list", Artifact, DEMO_NOW)
        assert kept is not None
        assert kept.items == found
