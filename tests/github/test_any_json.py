"""Nothing in the JSON of a server ends the program: an odd value costs its field, or the row, and nothing else."""

from __future__ import annotations

import json
from contextlib import suppress
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
from artifact_tui.domain.run_names import file_of
from artifact_tui.domain.sign_in import SignInError
from artifact_tui.github.decode import decode_one
from artifact_tui.github.device_flow import DeviceFlow
from artifact_tui.github.hosts import host_named
from artifact_tui.github.provider import GitHubProvider
from artifact_tui.screens.artifact_columns import COLUMNS, ArtifactRow
from artifact_tui.screens.artifact_details import artifact_fields
from artifact_tui.text import printable
from tests.examples import examples
from tests.github.any_server import AnyServer, Made, provider_of
from tests.github.stage import KESTREL, everything, no_sleep

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


async def runs_of(client: GitHubProvider, only: RunFilter) -> list[WorkflowRun]:
    """What a name from the server is used for."""
    return await everything(client.runs(KESTREL, only))


async def look_up(client: GitHubProvider, endpoint: str) -> object:
    """Request one endpoint, and use what it gave as the program does."""
    if endpoint == "user":
        return f"{printable((await client.viewer()).login)}".encode()
    if endpoint == "repository":
        return str((await client.repository(KESTREL)).name)
    if endpoint == "workflows":
        return [await runs_of(client, RunFilter(workflow=file_of(one))) for one in await client.workflows(KESTREL)]
    if endpoint == "tags":
        return await client.tags(KESTREL)
    if endpoint in {"run", "attempt"}:
        run = await (client.run(KESTREL, 3) if endpoint == "run" else client.attempt(KESTREL, 3, 2))
        return artifact_fields(artifact_of(msgspec.convert(ARTIFACT, ArtifactRecord)), KESTREL, run, DEMO_NOW, **URLS)
    if endpoint == "search":
        return [str(one.name) for one in await everything(client.search("a"))]
    if endpoint == "artifact":
        return artifact_fields(await client.artifact(KESTREL, 7), KESTREL, None, DEMO_NOW, **URLS)
    sha = await (client.commit(KESTREL, "main") if endpoint == "commit" else client.pull_request_head(KESTREL, 4))
    return await runs_of(client, RunFilter(commit=sha))


WORKFLOW: dict[str, Any] = {"id": 8, "name": "ci", "path": ".github/workflows/ci.yml", "state": "active"}
ANSWERS: dict[str, dict[str, Any]] = {
    "user": {"login": "mira", "id": 1},
    "repository": {**REPOSITORY, "default_branch": "main", "archived": False, "fork": True},
    "workflows": {"total_count": 1, "workflows": [WORKFLOW], **WORKFLOW},
    "tags": {"name": "v1"},
    "run": RUN,
    "attempt": RUN,
    "search": {"total_count": 1, "incomplete_results": False, "items": [REPOSITORY], **REPOSITORY},
    "artifact": ARTIFACT,
    "commit": {"sha": "a" * 40},
    "pull": {"head": {"sha": "a" * 40}, "sha": "a" * 40},
}
"""The answer of each endpoint; after the keys of an envelope come those of the row in it."""
LISTS = {"workflows": "workflows", "search": "items", "tags": "", "pull": "head"}


def odd_answer(endpoint: str, field: str, raw: str) -> bytes:
    """The answer with ``raw`` JSON in a field of it, or of the row in it."""
    answer, inner = dict(ANSWERS[endpoint]), LISTS.get(endpoint)
    within = answer[inner] if inner else None
    row = within[0] if isinstance(within, list) else within
    if row is not None and field in row:
        odd = {**row, field: "\x01odd"}
        answer |= {inner or "": [odd] if isinstance(within, list) else odd}
    else:
        answer[field] = "\x01odd"
    text = json.dumps([answer] if inner == "" else answer).replace('"\\u0001odd"', raw)
    return text.encode()


@pytest.mark.parametrize("endpoint", ANSWERS)
@given(st.data())
@settings(max_examples=examples(60))
async def test_an_odd_field_of_any_other_answer_gives_a_sentence_or_nothing(endpoint: str, data: st.DataObject) -> None:
    body = odd_answer(endpoint, data.draw(st.sampled_from(sorted(ANSWERS[endpoint]))), data.draw(ODD))
    client = provider_of(AnyServer(lambda method, url: (200, [(b"Content-Type", b"application/json")], body)))
    with suppress(ProviderError):
        await look_up(client, endpoint)


BEGUN: dict[str, Any] = {
    "device_code": "d" * 40, "user_code": "ABCD-1234", "verification_uri": "https://github.com/login/device",
    "expires_in": 60, "interval": 5, "error": "",
}  # fmt: skip


@given(st.sampled_from(sorted(BEGUN)), st.sampled_from(["access_token", "error", "interval"]), ODD, ODD)
@example("expires_in", "interval", "1e999", "1e999")
@settings(max_examples=examples(100))
async def test_an_odd_field_of_the_sign_in_by_code_gives_a_sentence_or_a_token(
    begun: str, answered: str, first: str, second: str
) -> None:
    def answer(method: str, url: str) -> Made:
        known = {**BEGUN, begun: "\x01odd"} if url.endswith("/code") else {"error": "slow_down", answered: "\x01odd"}
        raw = first if url.endswith("/code") else second
        return 200, [], json.dumps(known).replace('"\\u0001odd"', raw).encode()

    flow = DeviceFlow(host_named("github.com"), "app", transport=AnyServer(answer), sleep=no_sleep)
    with suppress(SignInError):
        code = await flow.begin()
        assert 1 <= code.interval <= 60
        assert (await flow.finish(code, lambda: None)).reveal()


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
