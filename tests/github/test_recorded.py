"""Answers that GitHub really gave, played to the client."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from artifact_tui.domain.models import RepositoryName
from artifact_tui.domain.provider import RateLimited, SignedOut
from artifact_tui.github.provider import GitHubProvider
from tests.double.server import FakeGitHub
from tests.github.stage import everything, provider, storage

FOLDER = os.environ.get("ARTIFACT_TUI_EXAMPLES", "")
HOP = {"content-encoding", "transfer-encoding", "content-length"}

pytestmark = pytest.mark.skipif(not FOLDER, reason="ARTIFACT_TUI_EXAMPLES names no folder of recorded answers")


def recorded_answers(start: str) -> httpx.MockTransport:
    """Gives each request the next recorded answer; the last one stays."""
    path = next(Path(FOLDER).glob(f"{start}-*"))
    recorded: Any = json.loads(path.read_text())
    answers = list(recorded if isinstance(recorded, list) else [recorded])

    def answer(request: httpx.Request) -> httpx.Response:
        one = answers.pop(0) if len(answers) > 1 else answers[0]
        headers = [(name, value) for name, value in one.get("headers", []) if name.lower() not in HOP]
        headers += [] if "headers" in one else [("Content-Type", "application/json")]
        return httpx.Response(one.get("status", 200), headers=headers, json=one.get("body", one))

    return httpx.MockTransport(answer)


def playing(start: str) -> GitHubProvider:
    return provider(FakeGitHub(), transport=recorded_answers(start))


NAME = RepositoryName("acme", "tool")


async def test_repositories_of_long_ago() -> None:
    found = await everything(playing("13").repositories())
    assert found[0].full_name == "jacquev6/TestPyGithub"
    assert all(item.pushed_at for item in found)


async def test_a_repository_that_has_moved() -> None:
    assert (await playing("12").repository(NAME)).full_name


@pytest.mark.parametrize("start", ["16", "33"])
async def test_both_shapes_of_the_rate_limit(start: str) -> None:
    limit = await playing(start).rate_limit()
    assert limit is not None
    assert limit.limit == 5000


async def test_the_primary_limit_without_a_reset_time() -> None:
    with pytest.raises(RateLimited) as error:
        await playing("17").repository(NAME)
    assert error.value.until is None


async def test_the_secondary_limit() -> None:
    with pytest.raises(RateLimited) as error:
        await playing("18").repository(NAME)
    assert error.value.until is not None


async def test_bad_credentials() -> None:
    with pytest.raises(SignedOut):
        await playing("19").viewer()


@pytest.mark.parametrize("start", ["03", "22", "30", "31"])
async def test_artifacts_of_a_run_newest_first(start: str) -> None:
    found = await everything(playing(start).artifacts(NAME, 1))
    assert found
    assert [item.id for item in found] == sorted((item.id for item in found), reverse=True)


def test_an_artifact_before_and_after_its_end() -> None:
    client = storage(FakeGitHub(), transport=recorded_answers("05"))
    there = client.exists(NAME, 396724439)
    assert there is not None
    assert there.size_in_bytes == 0
    client.delete(NAME, 396724439)
    assert client.exists(NAME, 396724439) is None
