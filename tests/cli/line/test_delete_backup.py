"""``artifact-tui delete --backup``: only what was downloaded and verified is deleted."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.cli.line.deleting import ARTIFACTS, RECORDER, deletes, planned, write_settings
from tests.cli.line.program import Line

PROTECTED = ("--include-protected", "newest-success,tag,in-progress")


@pytest.fixture(autouse=True)
def settings(tmp_path: Path) -> None:
    write_settings(tmp_path)


@pytest.fixture
def small(line: Line) -> list[dict[str, Any]]:
    """Three small live artifacts, the newest first."""
    found = planned(line, "--live", "--smaller", "100k", *PROTECTED)[:3]
    assert len(found) == 3
    return found


def delete(line: Line, rows: list[dict[str, Any]], place: Path, *more: str) -> Any:
    ids = [str(row["id"]) for row in rows]
    return line("delete", RECORDER, *ids, *PROTECTED, "--backup", str(place), "--yes", str(len(ids)), "--jsonl", *more)


def test_what_is_deleted_is_on_the_disk_as_it_was_on_the_server(
    line: Line, small: list[dict[str, Any]], tmp_path: Path
) -> None:
    ran = delete(line, small, tmp_path / "kept")
    assert (ran.code, sorted(deletes(line))) == (0, sorted(row["id"] for row in small))
    assert "Downloading 3 artifacts into" in ran.err
    for row in small:
        place = tmp_path / "kept" / str(row["workflow_run"]["id"])
        sums = {f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in place.iterdir()}
        assert row["digest"] in sums


def test_what_could_not_be_saved_is_not_deleted(line: Line, small: list[dict[str, Any]], tmp_path: Path) -> None:
    lost, *others = small
    line.github.fault(f"GET {ARTIFACTS}/{lost['id']}/zip", status=410, body='{"message": "Artifact has expired"}')
    ran = delete(line, small, tmp_path / "kept")
    assert (ran.code, sorted(deletes(line))) == (3, sorted(row["id"] for row in others))
    assert {row["id"]: row["result"] for row in ran.rows}[lost["id"]] == "skipped"
    assert ran.err.count('"event":"error"') == 1


def test_a_rate_limit_ends_a_download_and_its_artifact_stays(
    line: Line, small: list[dict[str, Any]], tmp_path: Path
) -> None:
    late, *others = small
    line.github.fault(f"GET {ARTIFACTS}/{late['id']}/zip", status=429, headers={"Retry-After": "900"}, body="{}")
    ran = delete(line, small, tmp_path / "kept")
    assert (ran.code, sorted(deletes(line))) == (6, sorted(row["id"] for row in others))


def test_a_wait_before_the_plan_counts_towards_the_time_for_rate_limits(
    line: Line, small: list[dict[str, Any]], tmp_path: Path
) -> None:
    late, *others = small
    limited: dict[str, Any] = {"status": 429, "headers": {"Retry-After": "600"}, "body": "{}"}
    line.github.fault(f"GET {ARTIFACTS}/{late['id']}", **limited)
    line.github.fault(f"GET {ARTIFACTS}/{late['id']}/zip", **limited)
    ran = delete(line, small, tmp_path / "kept", "--rate-wait", "15m")
    assert (ran.code, sorted(deletes(line))) == (6, sorted(row["id"] for row in others))
    assert len(line.timer.sleeps) == 1


def test_an_expired_artifact_cannot_be_saved_and_stays(line: Line, tmp_path: Path) -> None:
    expired = planned(line, "--expired", *PROTECTED)[:1]
    assert expired
    ran = delete(line, expired, tmp_path / "kept")
    assert (ran.code, deletes(line), [row["result"] for row in ran.rows]) == (1, [], ["skipped"])
