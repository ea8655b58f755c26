"""``artifact-tui usage`` of a repository."""

from __future__ import annotations

import pytest

from tests.cli.line.program import KESTREL, Line


@pytest.mark.parametrize("by", ["repository", "family", "name", "branch", "run", "workflow"])
def test_the_groups_add_up_to_the_list(line: Line, by: str) -> None:
    rows = line("list", KESTREL, "--all", "--jsonl").rows
    found = line("usage", KESTREL, "--by", by, "--json").document
    live = sum(row["size_in_bytes"] for row in rows if not row["expired"])
    assert (found["totals"]["live_bytes"], sum(group["live_bytes"] for group in found["groups"])) == (live, live)
    assert sum(group["live_count"] + group["expired_count"] for group in found["groups"]) == len(rows)
    assert (found["complete"], found["truncated"], found["requests"]) == (True, False, len(line.requests))


def test_requests_are_those_of_the_list(line: Line) -> None:
    line("usage", KESTREL)
    assert sum(request.endswith("/actions/artifacts") for request in line.requests) == 9
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


def test_selectors_narrow_it(line: Line) -> None:
    found = line("usage", KESTREL, "wheel-*", "--older", "10d", "--json").document
    assert found["groups"]
    assert all(group["key"].startswith("wheel-") for group in found["groups"])
    of_runs = line("usage", KESTREL, "-w", "release.yml", "--by", "workflow", "--jsonl").rows
    assert {row["key"] for row in of_runs} == {"release.yml"}


def test_a_list_that_breaks_off_is_not_complete(line: Line) -> None:
    line.github.fault("GET /repos/*/actions/artifacts", status=404, body="{}", page=3, times=9)
    ran = line("usage", KESTREL, "--json")
    assert (ran.code, ran.document["complete"], ran.document["truncated"]) == (3, False, True)
    assert ran.document["totals"]["live_count"] > 0
