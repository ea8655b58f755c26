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
        assert row["digest"] in map(digest_of, place.iterdir())


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


def test_what_is_present_and_has_the_digest_is_not_downloaded_again(
    line: Line, small: list[dict[str, Any]], tmp_path: Path
) -> None:
    first, second, third = small
    kept = {row["id"]: tmp_path / "kept" / str(row["workflow_run"]["id"]) for row in small}
    for row in small:
        line("get", RECORDER, str(row["id"]), "--zip", "-D", str(kept[row["id"]]))
    changed = next(path for path in kept[third["id"]].iterdir() if digest_of(path) == third["digest"])
    changed.write_bytes(bytes(reversed(changed.read_bytes())))
    line.github.fault(f"GET {ARTIFACTS}/{third['id']}/zip", status=410, body='{"message": "Artifact has expired"}')
    alone = delete(line, [first], tmp_path / "kept")
    assert (alone.code, deletes(line), "Downloading" in alone.err) == (0, [first["id"]], False)
    ran = delete(line, [second, third], tmp_path / "kept")
    assert (ran.code, deletes(line)) == (3, [second["id"]])
    assert "1 artifact is in" in ran.err
    assert [request for request in line.requests if request.endswith("/zip")] == [f"GET {ARTIFACTS}/{third['id']}/zip"]


def test_expired_artifacts_are_refused_before_anything_is_downloaded(line: Line, tmp_path: Path) -> None:
    line.github.change(lists_expired=True)
    expired = planned(line, "--expired", *PROTECTED)[:1]
    assert expired
    ran = delete(line, expired, tmp_path / "kept")
    assert (ran.code, deletes(line), ran.rows) == (9, [], [])
    assert "1 artifact of the plan has expired and cannot be downloaded. Nothing was deleted." in ran.err
    assert line("resume", "--jsonl").rows == []


def digest_of(path: Path) -> str:
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
