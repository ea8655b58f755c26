"""``artifact-tui usage`` of a repository."""

from __future__ import annotations

import json

import pytest

from artifact_tui.cli.line.command import run_command
from artifact_tui.demo.fixed_clock import demo_clock
from tests.cli.line.program import KESTREL, Line
from tests.slow_cases import slow_but


@pytest.mark.parametrize("by", slow_but(3, ["family", "workflow", "run", "branch", "name", "repository"]))
def test_the_groups_add_up_to_the_list(line: Line, by: str) -> None:
    line.github.change(lists_expired=True)
    rows = line("list", KESTREL, "--all", "--jsonl").rows
    found = line("usage", KESTREL, "--by", by, "--json").document
    live = sum(row["size_in_bytes"] for row in rows if not row["expired"])
    assert (found["totals"]["live_bytes"], sum(group["live_bytes"] for group in found["groups"])) == (live, live)
    assert sum(group["live_count"] + group["expired_count"] for group in found["groups"]) == len(rows)
    assert (found["complete"], found["truncated"], found["requests"]) == (True, False, len(line.requests))


def test_a_limit_of_runs_is_said_in_the_document(line: Line) -> None:
    found = line("usage", KESTREL, "-w", "ci.yml", "--runs", "3", "--json").document
    assert (found["complete"], found["truncated"]) == (False, True)


def test_github_lists_no_expired_artifacts_so_their_number_is_unknown(
    line: Line, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run_command("usage", ["--demo", "-R", KESTREL, "--json"], line.environ, demo_clock) == 0
    totals = json.loads(capsysbinary.readouterr().out)["totals"]
    assert (totals["live_count"], totals["expired_count"], totals["expired_bytes"]) == (706, None, None)
    assert run_command("usage", ["--demo", "-R", KESTREL], line.environ, demo_clock) == 0
    assert capsysbinary.readouterr().out.split(b"\n")[0].split() == [b"KEY", b"LIVE", b"LIVE-COUNT", b"NEWEST"]


def test_requests_are_those_of_the_list(line: Line) -> None:
    line("usage", KESTREL)
    assert sum(request.endswith("/actions/artifacts") for request in line.requests) == 8
    assert len(line.requests) <= 10


def test_the_table_ends_with_the_sum_and_the_rest_is_one_line(line: Line) -> None:
    ran = line("usage", KESTREL, "--by", "family", "--top", "3")
    head, *rows = ran.lines
    assert head.split() == ["KEY", "LIVE", "LIVE-COUNT", "EXPIRED", "EXPIRED-COUNT", "NEWEST"]
    assert len(rows) == 5
    assert rows[0].startswith("logs-integration-*")
    assert rows[3].startswith("(")
    assert "more)" in rows[3]
    assert rows[4].startswith("All ")


def test_for_programs_the_rest_is_no_group_and_the_totals_have_it(line: Line) -> None:
    whole = line("usage", KESTREL, "--json").document
    keys = [group["key"] for group in whole["groups"]]
    note = f"{len(keys) - 2} smaller groups left out, because of --top."
    ran = line("usage", KESTREL, "--top", "2", "--json")
    assert (ran.document["groups"], ran.document["totals"]) == (whole["groups"][:2], whole["totals"])
    assert ran.document["notes"] == [note]
    names = line("usage", KESTREL, "--top", "2", "--names")
    assert (names.lines, names.err) == (keys[:2], f"artifact-tui: note: {note}\n")


def test_selectors_narrow_it(line: Line) -> None:
    found = line("usage", KESTREL, "wheel-*", "--older", "10d", "--json").document
    assert found["groups"]
    assert all(group["key"].startswith("wheel-") for group in found["groups"])
    of_runs = line("usage", KESTREL, "-w", "release.yml", "--by", "workflow", "--jsonl").rows
    assert {row["key"] for row in of_runs} == {"release.yml"}


def test_run_options_read_both_lists_once_whatever_the_number_of_runs(line: Line) -> None:
    chosen = {row["id"] for row in line("runs", KESTREL, "-b", "main", "--limit", "9999", "--jsonl", "-q").rows}
    runs = line.requests.count(f"GET /repos/{KESTREL}/actions/runs")
    assert len(chosen) > 20
    rows = line("list", KESTREL, "--all", "--jsonl").rows
    wanted = [row for row in rows if row["workflow_run"]["id"] in chosen and not row["expired"]]
    found = line("usage", KESTREL, "-b", "main", "--all-attempts", "--by", "workflow", "--json").document
    assert (found["totals"]["live_count"], found["totals"]["live_bytes"]) == (
        len(wanted),
        sum(row["size_in_bytes"] for row in wanted),
    )
    assert line.requests.count(f"GET /repos/{KESTREL}/actions/artifacts") == 8
    assert line.requests.count(f"GET /repos/{KESTREL}/actions/runs") <= runs + 1
    assert not any("/runs/" in request for request in line.requests)


def test_an_exact_name_is_added_up_in_all_its_artifacts(line: Line) -> None:
    rows = line("list", KESTREL, "coverage", "--all-matches", "--all", "--jsonl").rows
    totals = line("usage", KESTREL, "coverage", "--json").document["totals"]
    assert totals["live_count"] + totals["expired_count"] == len(rows) > 1


def test_it_refuses_an_option_without_effect(line: Line) -> None:
    ran = line("usage", KESTREL, "coverage", "--all-matches")
    assert (ran.code, line.requests) == (2, [])


def test_without_a_list_there_is_no_sum(line: Line) -> None:
    for arguments, code in ((["octo/nowhere"], 3), (["fernwood-*"], 2)):
        ran = line("usage", *arguments)
        assert (ran.code, ran.out) == (code, b"")


def test_a_list_that_breaks_off_is_not_complete(line: Line) -> None:
    line.github.fault("GET /repos/*/actions/artifacts", status=404, body="{}", page=3, times=9)
    ran = line("usage", KESTREL, "--json")
    assert (ran.code, ran.document["complete"], ran.document["truncated"]) == (3, False, True)
    assert ran.document["totals"]["live_count"] > 0
