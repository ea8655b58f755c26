"""``artifact-tui get --wait``: the runs end first, and only their artifacts are downloaded."""

from __future__ import annotations

from pathlib import Path

from tests.cli.line.program import KESTREL, Line
from tests.cli.line.test_wait import CI, GREEN, RED, at, settle


def test_the_artifacts_come_when_the_run_has_ended(line: Line, tmp_path: Path) -> None:
    settle(line, GREEN, None)
    at(line, s20=lambda: settle(line, GREEN))
    sha = line("runs", KESTREL, "--run", str(GREEN), "--jsonl").rows[0]["head_sha"]
    ran = line("get", KESTREL, "-c", sha, "-w", "ci.yml", "--wait", "-D", "dist", "--json")
    rows = ran.document["artifacts"]
    assert (ran.code, {row["run_id"] for row in rows}) == (0, {GREEN})
    assert line.timer.now >= 20
    assert {Path(row["path"]).parent for row in rows} == {tmp_path / "dist" / str(GREEN)}


def test_looking_back_goes_with_waiting(line: Line, tmp_path: Path) -> None:
    ran = line("get", KESTREL, "-w", "ci.yml", "--latest-good", "--look-back", "3", "--wait", "-D", "dist", "--json")
    assert (ran.code, ran.document["run"]["conclusion"]) == (0, "success")


def test_of_a_run_that_failed_nothing_is_downloaded_unless_that_is_allowed(line: Line, tmp_path: Path) -> None:
    ran = line("get", KESTREL, "--run", str(RED), "--wait", "--json")
    assert (ran.code, ran.out, ran.error["kind"]) == (7, b"", "run_failed")
    assert list(tmp_path.glob("*.json")) == []
    assert line("get", KESTREL, "--run", str(RED), "--wait", "--any-outcome").code == 0


def test_a_commit_without_a_run_is_waited_for_only_so_long(line: Line) -> None:
    ran = line("get", KESTREL, "-c", "a" * 40, "--wait", "--appear", "1m")
    assert (ran.code, ran.out) == (3, b"")
    assert 59 <= line.timer.now <= 61


def test_the_time_limit_ends_the_wait(line: Line) -> None:
    ran = line("get", KESTREL, "--run", str(CI), "--wait", "--timeout", "1h")
    assert (ran.code, ran.out) == (8, b"")
