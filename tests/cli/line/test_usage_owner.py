"""``artifact-tui usage`` of all repositories of an owner."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec.structs import replace

from artifact_tui.cli.line.command import run_command
from artifact_tui.cli.line.table import NAMES
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.data import World
from artifact_tui.demo.fixed_clock import demo_clock
from artifact_tui.demo.messages import DemoAnswer, DemoRequest
from tests.cli.line.program import KESTREL, FakeTimer, Line, Ran, line_at
from tests.cli.line.test_get_endings import until
from tests.cli.line.test_schema import schema_of
from tests.double.faults import SECONDARY_LIMIT
from tests.pty_program import PROGRAM
from tests.slow_cases import slow_but
from tests.storage.owners import DAY, a_repository, an_artifact, owner_world
from tests.timeouts import TIMEOUT

COUNTS = [250, 0, 3, 101]
FORBIDDEN: dict[str, Any] = {
    "status": 403, "body": '{"message": "Resource not accessible by personal access token"}', "times": 9
}  # fmt: skip


def the_world() -> World:
    """An owner with four repositories, one of them private, and nobody's second-hand people."""
    world = owner_world(COUNTS)
    first, *others = world.repositories
    return World(world.people, [replace(first, private=True), *others], [], world.runs, world.artifacts)


@pytest.fixture
def acme(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Commands against a server with that owner, in an empty home directory."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with line_at(tmp_path, capsysbinary, world=the_world()) as commands:
        commands.github.accounts[DEMO_TOKEN] = replace_orgs(commands)
        yield commands


def replace_orgs(commands: Line) -> Any:
    from dataclasses import replace as with_fields

    return with_fields(commands.github.accounts[DEMO_TOKEN], orgs=("acme",))


def artifact_lists(line: Line) -> int:
    return sum(request.endswith("/actions/artifacts") for request in line.requests)


def sent(line: Line) -> list[str]:
    """The requests but the one for the release of the server."""
    return [request for request in line.requests if not request.endswith("/meta")]


def test_each_repository_is_a_row_and_the_totals_are_their_sum(acme: Line) -> None:
    ran = acme("usage", "acme", "--json")
    found = ran.document
    assert (ran.code, found["owner"], found["not_read"]) == (0, "acme", 0)
    assert (found["complete"], found["truncated"], found["requests"]) == (True, False, len(acme.requests))
    rows = {row["name"]: row for row in found["repositories"]}
    assert [row["artifacts"] for row in found["repositories"]] == [250, 101, 3, 0]
    assert [row["bytes"] for row in rows.values()] == sorted((row["bytes"] for row in rows.values()), reverse=True)
    assert {name: row["visibility"] for name, row in rows.items()} == {
        "repo-000": "private", "repo-001": "public", "repo-002": "public", "repo-003": "public",
    }  # fmt: skip
    totals = found["totals"]
    for field in ("artifacts", "bytes", "bytes_within_7d", "inflow_per_day", "levels_off_at"):
        assert totals[field] == pytest.approx(sum(row[field] or 0 for row in rows.values()), abs=4)
    assert rows["repo-000"]["inflow_per_day"] > 0
    assert rows["repo-001"]["inflow_per_day"] is None
    assert {row[field] for row in rows.values() for field in ("retention_days", "caches", "billed_net")} == {None}
    assert len(sent(acme)) == 1 + 3 + 1 + 1 + 2
    for row in [*rows.values(), {**totals, "visibility": "public"}]:
        jsonschema.validate(row, schema_of(NAMES["usage"], owner=True))


def test_a_sum_equals_that_of_each_repository_by_itself(acme: Line) -> None:
    rows = acme("usage", "acme", "--jsonl").rows
    for row in rows:
        alone = acme("usage", f"acme/{row['name']}", "--json").document["totals"]
        assert (row["bytes"], row["artifacts"]) == (alone["live_bytes"], alone["live_count"])


def test_again_it_takes_one_request_per_repository_and_none_with_a_maximum_age(acme: Line) -> None:
    first = acme("usage", "acme", "--json").document["repositories"]
    ran = acme("usage", "acme", "--json")
    assert ran.document["repositories"] == first
    assert (len(sent(acme)), artifact_lists(acme)) == (1 + 4, 4)
    acme.github.store.add(an_artifact(900, 2))
    aged = acme("usage", "acme", "--max-age", "1h", "--json")
    assert (aged.document["repositories"], aged.document["requests"], acme.requests) == (first, 0, [])
    newer = acme("usage", "acme", "--json")
    assert (newer.document["totals"]["artifacts"], artifact_lists(acme)) == (355, 4)


@pytest.mark.parametrize("by", ["family", "name", "branch", "run"])
def test_groups_cover_all_repositories(acme: Line, by: str) -> None:
    found = acme("usage", "acme", "--by", by, "--json").document
    assert found["totals"]["live_count"] == sum(group["live_count"] for group in found["groups"]) == sum(COUNTS)
    assert (found["owner"], found["not_read"], found["complete"]) == ("acme", 0, True)
    assert len(found["groups"]) == {"family": 1, "name": 3, "branch": 1, "run": 3}[by]


def test_the_table_has_lines_for_the_rest_and_ends_with_the_sum(acme: Line) -> None:
    acme.github.fault("GET /repos/acme/repo-000/actions/artifacts", **FORBIDDEN)
    acme.github.fault("GET /repos/acme/repo-003/actions/artifacts", status=404, body="{}", page=2, times=9)
    ran = acme("usage", "acme")
    keys = [row.split("  ")[0] for row in ran.lines[1:]]
    assert keys == ["repo-003", "repo-002", "1 empty", "1 not read (1 no permission)", "All"]
    assert "100+" in ran.lines[1]
    assert "103+" in ran.lines[-1]
    acme.github.faults.clear()
    head, *rows = acme("usage", "acme", "--top", "1").lines
    assert head.split() == ["KEY", "LIVE", "LIVE-COUNT", "EXPIRED", "EXPIRED-COUNT", "NEWEST"]
    assert [row.split("  ")[0] for row in rows] == ["repo-000", "(2 more)", "1 empty", "All"]


def test_for_programs_every_repository_is_a_row(acme: Line) -> None:
    assert acme("usage", "acme", "--names").lines == [f"acme/repo-{number:03}" for number in (0, 3, 2, 1)]
    assert acme("usage", "acme", "--ids").lines == ["1", "4", "3", "2"]
    tsv = acme("usage", "acme", "--tsv", "--top", "2")
    assert tsv.lines[0].split("\t") == list(NAMES["usage"].owner_fields)
    assert (len(tsv.lines), tsv.err) == (3, "artifact-tui: note: 2 repositories left out, because of --top.\n")
    picked = acme("usage", "acme", "--tsv", "--fields", "bytes,name", "--no-header").lines
    assert picked[-1] == "0\trepo-001"


def test_what_cannot_be_read_is_told_and_decides_the_exit_code(acme: Line) -> None:
    acme.github.fault("GET /repos/acme/repo-000/actions/artifacts", **FORBIDDEN)
    ran = acme("usage", "acme", "--json")
    row = ran.document["repositories"][-1]
    assert (ran.code, ran.error["kind"], ran.error["item"]) == (4, "forbidden", {"id": 1, "name": "acme/repo-000"})
    assert ran.error["message"] == "acme/repo-000: The token lacks a permission."
    assert (row["name"], row["bytes"], row["artifacts"]) == ("repo-000", None, None)
    assert row["problem"] == "The token lacks a permission."
    assert (ran.document["not_read"], ran.document["complete"], ran.document["truncated"]) == (1, False, True)
    acme.github.fault("GET /repos/acme/repo-003/actions/artifacts", status=404, body="{}", times=9)
    assert acme("usage", "acme").code == 1


def test_an_owner_that_does_not_exist_is_not_found(acme: Line) -> None:
    ran = acme("usage", "nobody", "--json")
    assert (ran.code, ran.out, ran.error["kind"]) == (3, b"", "not_found")


def test_a_rate_limit_stops_it_and_the_next_one_reads_the_rest(acme: Line) -> None:
    fault = acme.github.fault("GET /repos/*", **SECONDARY_LIMIT, skip=2, times=99)
    ran = acme("usage", "acme", "--json")
    read = [row["name"] for row in ran.document["repositories"] if row["problem"] == ""]
    assert (ran.code, ran.error["kind"], ran.document["truncated"]) == (6, "rate_limited", True)
    assert ran.document["not_read"] == 4 - len(read)
    fault.times = 0
    again = acme("usage", "acme", "--max-age", "1h", "--json")
    assert (again.code, again.document["not_read"]) == (0, 0)
    asked = {request.split("/")[3] for request in acme.requests if "/repos/acme/" in request}
    assert asked == {f"repo-{number:03}" for number in range(4)} - set(read)


def test_it_may_wait_for_a_rate_limit(acme: Line) -> None:
    acme.github.fault("GET /repos/*", **SECONDARY_LIMIT, skip=2)
    ran = acme("usage", "acme", "--rate-wait", "2m", "--json")
    assert (ran.code, ran.document["totals"]["artifacts"]) == (0, sum(COUNTS))
    assert acme.timer.sleeps == [60.0]


def test_few_requests_left_end_it_before_they_are_used_up(acme: Line) -> None:
    acme("repos", "acme")
    quota = next(iter(acme.github._quotas.values()))
    quota.used = quota.limit - 500
    ran = acme("usage", "acme", "--json")
    assert (ran.code, ran.document["not_read"]) == (6, 4)
    assert ran.error["message"] == "The scan leaves the last 500 of 5,000 requests per hour to other work."
    assert artifact_lists(acme) == 0


def test_a_budget_of_requests_ends_it(acme: Line) -> None:
    ran = acme("usage", "acme", "--max-requests", "4", "--json")
    assert (ran.code, ran.document["requests"], ran.document["not_read"] > 0) == (6, 4, True)
    assert len(acme.requests) <= 4


def test_caches_are_counted_apart(line: Line) -> None:
    ran = line("usage", "fernwood-labs", "--caches", "--json")
    rows = {row["name"]: row for row in ran.document["repositories"]}
    assert (rows["kestrel"]["caches"], rows["kestrel"]["cache_bytes"]) == (41, 8_699_999_987)
    assert (rows["sandbox"]["caches"], rows["sandbox"]["cache_bytes"]) == (0, 0)
    assert ran.document["totals"]["cache_bytes"] == sum(row["cache_bytes"] for row in rows.values())
    assert ran.document["totals"]["bytes"] == sum(row["bytes"] for row in rows.values())
    assert sum("cache" in request for request in line.requests) == 1
    aged = line("usage", "fernwood-labs", "--caches", "--max-age", "1h", "--json")
    assert (aged.document["repositories"], line.requests) == (ran.document["repositories"], [])
    assert line("usage", "fernwood-labs", "--caches").lines[0].endswith("CACHES")


def test_the_caches_of_a_user_are_requested_one_by_one(line: Line) -> None:
    ran = line("usage", "mira-holm", "--caches", "--json")
    number = len(ran.document["repositories"])
    assert [row["caches"] for row in ran.document["repositories"]] == [0] * number
    assert sum(request.endswith("/actions/cache/usage") for request in line.requests) == number


def test_caches_that_may_not_be_listed_are_unknown(line: Line) -> None:
    line.github.fault("GET /orgs/*/actions/cache/*", **FORBIDDEN)
    ran = line("usage", "fernwood-labs", "--caches", "--json")
    assert (ran.code, ran.document["totals"]["caches"]) == (0, None)
    assert ran.document["notes"][0].startswith("The caches are unknown: The token lacks a permission.")


def test_the_caches_of_one_repository(line: Line) -> None:
    ran = line("usage", KESTREL, "--caches", "--json")
    assert (ran.document["caches"], ran.document["cache_bytes"]) == (41, 8_699_999_987)
    assert line("usage", KESTREL, "--caches").lines[-1] == "Counted apart: 8.7 GB in 41 caches."
    assert line("usage", KESTREL, "--json").document["caches"] is None


def test_selectors_narrow_all_repositories(acme: Line) -> None:
    found = acme("usage", "acme", "logs-1", "--older", "10h", "--json").document
    assert found["totals"]["artifacts"] == sum(number % 3 == 1 for number in range(sum(COUNTS)))
    assert acme("usage", "acme", "--older", "2d", "--json").document["totals"]["artifacts"] == 0
    missing = acme("usage", "acme", "no-such-name")
    assert (missing.code, "No artifact is called 'no-such-name'." in missing.err) == (3, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["acme", "--latest"], "need a repository"),
        (["acme", "--by", "workflow"], "--by workflow needs a repository."),
        (["acme", "--by", "name", "--caches"], "--caches of an owner needs --by repository."),
        (["acme", "--jsonl", "--fields", "key"], "'key' is not a field with this --by."),
        (["acme", "--by", "name", "--jsonl", "--fields", "bytes"], "'bytes' is not a field with this --by."),
        (["acme/repo-000", "--max-age", "1h"], "--max-age needs an owner"),
        (["ghe.example/acme", "--host", "ghe.other"], "name different hosts"),
        (["https://evil.example/acme"], "evil.example is not a known host."),
        (["*"], "No repository."),
        (["12345"], "No repository."),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(acme: Line, arguments: list[str], said: str) -> None:
    ran = acme("usage", *arguments)
    assert (ran.code, ran.out) == (2, b"")
    assert said in ran.err


@pytest.mark.parametrize("form", ["{host}/acme", "http://{host}/acme", "http://{host}/orgs/acme/repositories"])
def test_an_owner_may_be_named_with_its_host(acme: Line, form: str) -> None:
    host = acme.api.partition("//")[2]
    ran: Ran = acme("usage", form.format(host=host), "--json")
    assert (ran.code, ran.document["owner"]) == (0, "acme")


def test_with_a_named_repository_words_are_artifacts(line: Line) -> None:
    assert line("usage", "-R", KESTREL, "coverage", "--json").document["repository"] == KESTREL


def test_a_stored_scan_of_another_account_is_not_used(acme: Line) -> None:
    acme("usage", "acme")
    other = {"GH_ENTERPRISE_TOKEN": "demo-token-of-an-outsider"}
    ran = acme("usage", "acme", "--max-age", "1h", "--json", environ=other)
    assert [row["name"] for row in ran.document["repositories"]] == ["repo-003", "repo-002", "repo-001"]
    assert ran.document["requests"] > 0


class HastyTimer(FakeTimer):
    """A minute passes each time that somebody looks."""

    def monotonic(self) -> float:
        self.now += 61.0
        return self.now


def test_what_was_read_is_stored_during_a_long_scan(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    stored: list[bool] = []

    def look(request: DemoRequest, answer: Callable[[], DemoAnswer]) -> DemoAnswer:
        stored.append(any(tmp_path.rglob("*.list")))
        return answer()

    with line_at(tmp_path, capsysbinary, world=owner_world([1] * 30)) as commands:
        commands.timer, commands.github._hook = HastyTimer(), look
        assert commands("usage", "acme", "-q").code == 0
    assert (stored[0], stored[-1]) == (False, True)


@pytest.mark.parametrize("number", slow_but(1, [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]))
def test_a_signal_keeps_what_was_read(acme: Line, tmp_path: Path, number: signal.Signals) -> None:
    fault = acme.github.fault("GET /repos/acme/repo-003/actions/artifacts", held=True, page=2, times=9)
    log = tmp_path / "log"
    command = [*PROGRAM, "usage", "acme", "--api-url", acme.api, "--json", "--log-file", str(log)]
    with subprocess.Popen(
        command, env=os.environ | acme.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        until(lambda: log.exists() and log.read_text().count("/actions/artifacts 200") == 6)
        program.send_signal(number)
        out, said = program.communicate(timeout=TIMEOUT)
    fault.held, fault.times = False, 0
    kept = b"read. With --max-age 1d, the next scan reads only the rest."
    assert (program.returncode, out, kept in said) == (-number, b"", True)
    before = len(acme.github.requests)
    again = subprocess.run([*command, "--max-age", "1d"], env=os.environ | acme.environ, stdout=subprocess.PIPE)
    lists = [one.path for one in acme.github.requests[before:] if one.path.endswith("/actions/artifacts")]
    assert json.loads(again.stdout)["totals"]["artifacts"] == sum(COUNTS)
    assert lists.count("/repos/acme/repo-003/actions/artifacts") == 2
    assert len(lists) < 7


@pytest.mark.slow
def test_a_timeout_keeps_what_was_read(acme: Line) -> None:
    fault = acme.github.fault("GET /repos/acme/repo-003/actions/artifacts", held=True, page=2, times=9)
    ran = acme("usage", "acme", "--json", "--timeout", "5s")
    fault.held = False
    rows = {row["name"]: row for row in ran.document["repositories"]}
    assert (ran.code, ran.error["kind"], ran.document["truncated"]) == (8, "timeout", True)
    assert (rows["repo-000"]["artifacts"], rows["repo-003"]["artifacts"]) == (250, 100)
    assert rows["repo-003"]["problem"] == "100 of 101 artifacts read."
    again = acme("usage", "acme", "--max-age", "1h", "--json")
    assert (again.code, again.document["totals"]["artifacts"], artifact_lists(acme)) == (0, sum(COUNTS), 2)


def test_expired_artifacts_are_not_among_the_live_ones(acme: Line) -> None:
    acme.github.change(lists_expired=True)
    acme.github.store.add(an_artifact(900, 3, expires_at=f"{demo_clock() - DAY:%Y-%m-%dT%H:%M:%SZ}"))
    rows = {row["name"]: row for row in acme("usage", "acme", "--json").document["repositories"]}
    assert (rows["repo-002"]["artifacts"], rows["repo-002"]["bytes_expired"]) == (3, 1900)
    assert a_repository(2).name == "repo-002"


def test_the_demo_has_a_larger_owner_on_request(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    known = {"HOME": str(tmp_path), "LANG": "C.UTF-8"}
    arguments = ["fernwood-labs", "--demo", "--json", "-q"]
    assert run_command("usage", arguments, known) == 0
    few = json.loads(capsysbinary.readouterr().out)
    assert run_command("usage", arguments, known | {"ARTIFACT_TUI_DEMO": "large"}) == 1
    many = json.loads(capsysbinary.readouterr().out)
    assert len(many["repositories"]) - len(few["repositories"]) == 120
    assert (few["not_read"], many["not_read"]) == (0, 3)
    assert list(tmp_path.iterdir()) == []
