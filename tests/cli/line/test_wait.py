"""``artifact-tui wait``: which runs it follows, how often it asks, and how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.data import DemoRun
from tests.cli.line.contents import started
from tests.cli.line.program import KESTREL, Line

RUNS = f"GET /repos/{KESTREL}/actions/runs"
CI, OTHER, GREEN, RED, APPROVAL = 27676219105, 27676218025, 27675688771, 27675452125, 27676221265
"""Two runs in progress, a successful one, a failed one, and one that waits for approval."""
HOUR = 3600.0


def settle(line: Line, number: int, conclusion: str | None = "success", **more: Any) -> DemoRun:
    """End a run, or change it otherwise; return it as it was."""
    before = line.github.store.runs[number]
    status = "completed" if conclusion else "in_progress"
    line.github.store.runs[number] = replace(before, status=status, conclusion=conclusion, **more)
    return before


def at(line: Line, **events: Callable[[], object]) -> None:
    """Let something happen at the first sleep that reaches a second, such as ``s20=...``."""
    left = {float(name[1:]): event for name, event in events.items()}

    def after(now: float) -> None:
        for second in [second for second in left if second <= now]:
            left.pop(second)()

    line.timer.after = after


def polls(line: Line) -> list[str]:
    return [request for request in line.requests if not request.endswith("/meta")]


def charged(line: Line) -> int:
    """The requests that counted against the rate limit, which a 304 does not."""
    return sum(quota.used for quota in line.github._quotas.values())


def test_a_run_that_has_ended_takes_one_request_and_no_time(line: Line) -> None:
    ran = line("wait", KESTREL, "--run", str(GREEN), "--json")
    assert (ran.code, ran.err, line.timer.sleeps) == (0, "", [])
    assert polls(line) == [f"{RUNS}/{GREEN}"]
    address = f"https://github.com/{KESTREL}/actions/runs/{GREEN}"
    assert line("wait", KESTREL, "--run", address, "--ids").lines == [str(GREEN)]
    (row,) = ran.document["workflow_runs"]
    assert (row["id"], row["outcome"], row["waited_seconds"]) == (GREEN, "good", 0)
    assert {key: ran.document[key] for key in ("schema", "repository", "total_count", "truncated")} == {
        "schema": 1, "repository": KESTREL, "total_count": 1, "truncated": False,
    }  # fmt: skip


def test_a_failed_run_is_written_and_ends_with_seven(line: Line) -> None:
    ran = line("watch", KESTREL, "--run", str(RED), "--jsonl")
    assert (ran.code, [row["outcome"] for row in ran.rows]) == (7, ["bad"])
    assert (ran.error["kind"], ran.error["exit_code"]) == ("run_failed", 7)
    assert ran.error["message"] == f"Run {RED} (CI #2037) did not succeed: failure."
    assert ran.error["next_step"].endswith(f"/{KESTREL}/actions/runs/{RED}")


@pytest.mark.parametrize(("conclusion", "code"), [("skipped", 0), ("neutral", 0), ("cancelled", 7), ("timed_out", 7)])
def test_the_exit_code_is_the_outcome(line: Line, conclusion: str, code: int) -> None:
    settle(line, CI, conclusion)
    assert line("wait", KESTREL, "--run", str(CI), "-q").code == code


def test_the_run_is_written_once_when_it_ends(line: Line) -> None:
    at(line, s20=lambda: settle(line, CI))
    ran = line("wait", KESTREL, "--run", str(CI))
    assert ran.code == 0
    assert line.timer.sleeps == [5, 7.5, 11.25]
    head, row = ran.lines
    assert head.split()[:3] == ["ID", "STATE", "WORKFLOW"]
    assert row.split()[:2] == [str(CI), "success"]
    assert ran.err.splitlines() == [
        f"artifact-tui: Run {CI} (CI #2041): in_progress", f"artifact-tui: Run {CI} (CI #2041): success",
    ]  # fmt: skip


def test_polls_without_news_slow_down_and_do_not_count(line: Line) -> None:
    at(line, s600=lambda: settle(line, CI))
    line("wait", KESTREL, "--run", str(CI), "-q", "--jsonl")
    assert 20 < len(polls(line)) < 27  # the rest of an hour takes at most 120 more, as tests/domain has it
    assert charged(line) <= 3  # the release, the first answer and the last
    assert max(line.timer.sleeps) == 30


def test_many_runs_share_one_request_per_poll(line: Line) -> None:
    at(line, s20=lambda: settle(line, CI), s60=lambda: settle(line, OTHER, "failure"))
    ran = line("wait", KESTREL, "--run", str(OTHER), "--run", str(CI), "--json")
    assert ran.code == 7
    assert [row["id"] for row in ran.document["workflow_runs"]] == [CI, OTHER]  # newest first, as in lists
    assert {row["id"]: row["outcome"] for row in ran.document["workflow_runs"]} == {CI: "good", OTHER: "bad"}
    waited = {row["id"]: row["waited_seconds"] for row in ran.document["workflow_runs"]}
    assert 20 <= waited[CI] < 40 <= waited[OTHER] < 80
    lists = f"GET /repos/{KESTREL}/actions/workflows/87314905/runs"
    assert polls(line) == [f"{RUNS}/{OTHER}", f"{RUNS}/{CI}", *[lists] * len(line.timer.sleeps)]
    assert ran.error["message"] == "1 of 2 runs did not succeed."


def test_runs_that_no_list_has_are_requested_one_by_one(line: Line) -> None:
    line.github.fault("GET /repos/*/actions/workflows/*/runs", status=404, body='{"message": "Not Found"}', times=99)
    at(line, s20=lambda: settle(line, CI), s40=lambda: settle(line, OTHER))
    assert line("wait", KESTREL, "--run", str(CI), "--run", str(OTHER), "-q").code == 0


def test_an_attempt_that_begins_again_is_waited_for(line: Line) -> None:
    at(
        line,
        s5=lambda: settle(line, CI, "failure"),
        s20=lambda: settle(line, CI, None, attempt=2),
        s40=lambda: settle(line, CI),
        s60=lambda: settle(line, OTHER),
    )
    ran = line("wait", KESTREL, "--run", str(CI), "--run", str(OTHER), "--jsonl")
    assert ran.code == 0
    assert [(row["id"], row["run_attempt"], row["outcome"]) for row in ran.rows] == [
        (CI, 2, "good"),
        (OTHER, 1, "good"),
    ]
    assert ran.rows[0]["waited_seconds"] >= 40


def test_a_run_that_needs_approval_is_noted_at_once_and_once(line: Line) -> None:
    at(line, s60=lambda: settle(line, APPROVAL))
    ran = line("wait", KESTREL, "--run", str(APPROVAL))
    notes = [text for text in ran.err.splitlines() if "approval" in text]
    assert len(notes) == 1
    assert notes[0].startswith(f"artifact-tui: note: Run {APPROVAL} (")
    assert notes[0].endswith(f"is waiting for approval: https://github.com/{KESTREL}/actions/runs/{APPROVAL}")
    assert ran.err.startswith(notes[0])
    settle(line, CI, "action_required")
    refused = line("wait", KESTREL, "--run", str(CI))
    assert refused.code == 7
    assert "is waiting for approval" in refused.err


def test_with_a_commit_it_waits_for_a_first_run_and_for_all_of_them(line: Line) -> None:
    sha = line.github.store.runs[CI].sha
    other = replace(line.github.store.runs[OTHER], sha=sha)
    first = line.github.store.runs.pop(CI)
    at(
        line,
        s10=lambda: line.github.store.runs.update({CI: first}),
        s30=lambda: line.github.store.runs.update({OTHER: other}),
        s60=lambda: settle(line, CI),
        s90=lambda: settle(line, OTHER),
    )
    ran = line("wait", KESTREL, "-c", sha, "--jsonl")
    assert (ran.code, {row["id"] for row in ran.rows}) == (0, {CI, OTHER})
    assert set(polls(line)) == {RUNS}
    assert ran.err.count("No run yet. Waiting 2:00 for one (--appear).") == 1


def test_a_commit_without_a_run_ends_with_three(line: Line) -> None:
    ran = line("wait", KESTREL, "-c", "f" * 40, "--appear", "30s", "--json")
    assert (ran.code, ran.error["kind"], sum(line.timer.sleeps)) == (3, "not_found", 30)
    at_once = line("wait", KESTREL, "-b", "no-such-branch", "--latest")
    assert (at_once.code, line.timer.now) == (3, 30)


def test_the_timeout_writes_the_runs_as_they_are(line: Line) -> None:
    ran = line("wait", KESTREL, "--run", str(CI), "--run", str(GREEN), "--timeout", "50s", "--jsonl")
    assert (ran.code, ran.error["kind"]) == (8, "timeout")
    assert {row["id"]: (row["outcome"], row["waited_seconds"]) for row in ran.rows} == {
        CI: ("timeout", 50), GREEN: ("good", 0),
    }  # fmt: skip
    assert line.timer.now == 50


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_wait_at_once(line: Line, number: signal.Signals) -> None:
    process = started(line, "wait", "--run", str(CI), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stderr is not None
    assert process.stderr.readline() == f"artifact-tui: Run {CI} (CI #2041): in_progress\n".encode()
    process.send_signal(number)
    assert process.communicate()[0] == b""
    assert process.returncode == -number


@pytest.mark.slow
def test_a_request_that_hangs_ends_with_the_timeout_too(line: Line) -> None:
    held = line.github.fault(f"GET /repos/*/actions/runs/{CI}", status=200, body="{}", held=True, skip=1, times=9)
    ran = line("wait", KESTREL, "--run", str(CI), "--timeout", "1s", "--interval", "3s", "--jsonl")
    held.held = False
    assert (ran.code, [row["outcome"] for row in ran.rows]) == (8, ["timeout"])


def test_the_interval_is_the_shortest_wait(line: Line) -> None:
    at(line, s100=lambda: settle(line, CI))
    line("wait", KESTREL, "--run", str(CI), "--interval", "60s")
    assert line.timer.sleeps == [60, 60]


def test_the_newest_run_is_followed_even_if_a_newer_one_begins(line: Line) -> None:
    newer = line.github.store.runs.pop(27676222345)
    settle(line, 27676223425, branch="elsewhere")
    settle(line, 27676220185, None)
    at(
        line,
        s5=lambda: line.github.store.runs.update({newer.id: newer}),
        s20=lambda: settle(line, 27676220185),
    )
    ran = line("wait", KESTREL, "-w", "ci.yml", "-e", "pull_request", "-s", "running", "--latest", "--ids")
    assert (ran.code, ran.lines) == (0, ["27676220185"])


def test_a_short_outage_is_noted_once_and_outlived(line: Line) -> None:
    line.github.fault(f"GET /repos/*/actions/runs/{CI}", status=200, body="{}", skip=1, times=3)
    at(line, s60=lambda: settle(line, CI))
    ran = line("wait", KESTREL, "--run", str(CI))
    assert ran.code == 0
    assert ran.err.count("Polling again.") == 1


@pytest.mark.parametrize(
    ("fault", "code", "kind"),
    [
        ({"status": 200, "body": "{}"}, 5, "server_trouble"),
        ({"status": 401, "body": '{"message": "Bad credentials"}'}, 4, "signed_out"),
        ({"status": 404, "body": '{"message": "Not Found"}'}, 3, "not_found"),
        ({"status": 403, "headers": {"Retry-After": "900"}, "body": "{}"}, 6, "rate_limited"),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)
@pytest.mark.parametrize("skip", [0, 2])
def test_each_fault_has_its_code(line: Line, fault: dict[str, object], code: int, kind: str, skip: int) -> None:
    line.github.fault("GET /repos/*/actions/runs/*", **fault, skip=skip, times=99)
    ran = line("wait", KESTREL, "--run", str(CI), "--json")
    assert (ran.code, ran.error["kind"]) == (code, kind)
    assert DEMO_TOKEN not in ran.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "No run is selected. Use --run, --commit HEAD, or --latest with --workflow."),
        (["--run", "7", "--interval", "2s"], "--interval must be at least 3s."),
        (["--run", "7", "--appear", "2"], "'2' is not a valid duration."),
    ],
)  # fmt: skip
def test_mistakes_of_wait_send_nothing(line: Line, arguments: list[str], sentence: str) -> None:
    ran = line("wait", KESTREL, *arguments)
    assert (ran.code, line.requests) == (2, [])
    assert sentence in ran.err


def test_progress_is_lines_json_or_nothing(line: Line) -> None:
    for form in ("lines", "json", "none"):
        before = settle(line, CI, None)
        line.timer.now = 0.0
        at(line, s100=lambda: settle(line, CI))
        said = line("wait", KESTREL, "--run", str(CI), "--progress", form, "--ids").err
        line.github.store.runs[CI] = before
        if form == "lines":
            assert f"artifact-tui: Run {CI} (CI #2041): in_progress\nartifact-tui: Waiting for 1 run, 0:" in said
        elif form == "json":
            events = [json.loads(text) for text in said.splitlines()]
            assert {event["event"] for event in events} == {"state"}
            assert [event["state"] for event in events if "state" in event] == ["in_progress", "success"]
        else:
            assert said == ""
