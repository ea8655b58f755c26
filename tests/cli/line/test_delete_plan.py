"""``artifact-tui delete`` without consent: what it selects, keeps and protects, and what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from artifact_tui.archive.selection import ByteSpan, Selection
from artifact_tui.cli.line.command import run_command
from artifact_tui.cli.line.table import NAMES
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.github.hosts import host_of_api
from artifact_tui.transfers.downloads.selection_order import SelectionOrder
from artifact_tui.transfers.journals import Journals
from artifact_tui.transfers.models import DownloadOrder
from tests.cli.line.deleting import ARTIFACTS, RECORDER, deletes, planned, write_settings
from tests.cli.line.program import KESTREL, Line


@pytest.fixture(autouse=True)
def settings(tmp_path: Path) -> None:
    write_settings(tmp_path)


def rows(line: Line, *arguments: str) -> list[dict[str, Any]]:
    return line("list", RECORDER, "--all", *arguments, "--jsonl", "-q").rows


def ids(found: list[dict[str, Any]]) -> list[int]:
    return [row["id"] for row in found]


def test_without_consent_the_plan_is_shown_and_nothing_is_sent_but_get(line: Line) -> None:
    ran = line("delete", RECORDER, "--older", "20d")
    head, *shown = ran.lines
    assert ran.code == 0
    assert head.split() == ["ID", "NAME", "SIZE", "AGE", "EXPIRES", "BRANCH", "RUN"]
    assert all(request.startswith("GET ") for request in line.requests)
    number = len(shown)
    assert f"{number} artifacts, " in ran.err
    command = f"artifact-tui delete --yes {number} --api-url "
    assert f"Nothing was deleted. To delete: {command}" in ran.err
    assert ran.err.rstrip().endswith(f"{RECORDER} --older 20d")
    assert line("delete", RECORDER, "--older", "20d", "--ids", "-q").lines == [row.split()[0] for row in shown]


def test_the_document_has_the_plan_and_its_digest(line: Line) -> None:
    found = line("delete", RECORDER, "--older", "20d", "--json").document
    artifacts = found["artifacts"]
    assert (found["repository"], found["count"], found["requests"]) == (RECORDER, len(artifacts), 2 * len(artifacts))
    assert found["bytes"] == sum(row["size_in_bytes"] for row in artifacts if not row["expired"])
    assert {row["result"] for row in artifacts} == {None}
    assert (found["counts"], found["bytes_freed"]) == (None, None)
    assert found["left_out"]["protected"] == len(found["protected"])
    assert found["digest_of_plan"].startswith("sha256:")
    by_id = line("delete", RECORDER, *map(str, reversed(ids(artifacts))), "--json").document
    assert by_id["digest_of_plan"] == found["digest_of_plan"]
    fewer = line("delete", RECORDER, "--older", "31d", "--json").document
    assert fewer["digest_of_plan"] != found["digest_of_plan"]


def test_a_dry_run_sends_no_more_requests_than_promised(line: Line) -> None:
    line("delete", RECORDER, "--all")
    sent = [request for request in line.requests if not request.endswith("/meta")]
    runs = f"GET /repos/{RECORDER}/actions/runs"
    assert sent.count(f"GET {ARTIFACTS}") == 1
    assert sent.count(f"GET /repos/{RECORDER}") == 1
    assert sent.count(runs) <= 6
    workflows = sum("/actions/workflows" in request for request in sent)
    assert len(sent) <= 1 + 7 + workflows + 1
    line("delete", RECORDER, "no-such-artifact-*")
    assert len([request for request in line.requests if not request.endswith("/meta")]) == 1


def test_the_scope_is_what_keep_newest_counts_in_and_other_options_narrow_it(line: Line) -> None:
    live = [row for row in rows(line) if not row["expired"]]
    name = max({row["name"] for row in live}, key=lambda name: sum(row["name"] == name for row in live))
    series = ids([row for row in live if row["name"] == name])
    assert len(series) > 4
    everything = ("--include-protected", "in-progress,newest-success,tag")
    assert ids(planned(line, name, "--keep-newest", "2", *everything)) == series[2:]
    old = {row["id"] for row in rows(line, name, "--older", "20d")}
    narrowed = ids(planned(line, name, "--keep-newest", "2", "--older", "20d", *everything))
    assert narrowed == [number for number in series[2:] if number in old]
    branches = {row["workflow_run"]["head_branch"] for row in live if row["name"] == name}
    per_branch = ids(planned(line, name, "--keep-newest", "1", "--per", "name+branch", *everything))
    assert len(per_branch) == len(series) - len(branches)


def test_the_expired_artifacts_that_keep_newest_leaves_out_are_counted(line: Line) -> None:
    live = next(row for row in rows(line) if not row["expired"])
    body = json.dumps({"total_count": 2, "artifacts": [live, {**live, "id": 7, "expired": True}]})
    line.github.fault(f"GET {ARTIFACTS}", status=200, body=body, times=9)
    ran = line("delete", RECORDER, "--keep-newest", "1", "--json")
    assert ran.document["left_out"]["expired"] == 1
    assert "--keep-newest: 1 expired artifact left out. Use --expired alone for those." in ran.err


def test_run_options_read_both_lists_once_whatever_the_number_of_runs(line: Line) -> None:
    chosen = {row["id"] for row in line("runs", RECORDER, "-b", "trunk", "--limit", "999", "--jsonl", "-q").rows}
    assert len(chosen) > 10
    found = planned(line, "-b", "trunk", "--all-attempts", "--include-protected", "in-progress,newest-success,tag")
    assert ids(found) == [row["id"] for row in rows(line) if row["workflow_run"]["id"] in chosen]
    assert found
    planned(line, "-b", "trunk")
    asked = [request for request in line.requests if request.endswith("/artifacts")]
    assert asked == [f"GET {ARTIFACTS}"]


def test_the_runs_may_be_few_or_one(line: Line) -> None:
    run = str(planned(line, "--all", "--include-protected", "tag")[0]["workflow_run"]["id"])
    for arguments in (["--run", run], ["--latest", "--look-back", "9"]):
        found = line("delete", RECORDER, *arguments, "--json")
        assert found.code == 0
        assert any(request.endswith("/artifacts") and "/runs/" in request for request in line.requests)
    assert line("delete", RECORDER, "--run", "123", "--ids").code == 3


def test_a_number_of_runs_costs_no_more_than_the_list(line: Line) -> None:
    found = ids(planned(line, "--runs", "3", "--include-protected", "in-progress,newest-success,tag"))
    assert [request for request in line.requests if request.endswith("/artifacts")] == [f"GET {ARTIFACTS}"]
    runs = [row["id"] for row in line("runs", RECORDER, "--limit", "3", "--jsonl", "-q").rows]
    listed = [row["id"] for run in runs for row in line("list", RECORDER, "--run", str(run), "--jsonl", "-q").rows]
    assert sorted(found) == sorted(listed)
    long = line("delete", KESTREL, "--runs", "1", "--ids")
    assert long.code == 0
    asked = [request for request in line.requests if request.endswith("/artifacts")]
    assert len(asked) == 2
    assert "/runs/" in asked[1]


@pytest.mark.parametrize(
    ("fault", "arguments", "code"),
    [
        ({"match": "GET /repos/*/actions/artifacts", "status": 502, "body": "{}"}, [], 5),
        ({"match": "GET /repos/*/actions/runs", "status": 502, "body": "{}"}, ["-b", "main"], 5),
        ({"match": "GET /repos/*/tags", "status": 502, "body": "{}"}, [], 5),
        ({"match": "GET /repos/*/actions/artifacts", "status": 429, "headers": {"Retry-After": "900"}}, [], 6),
        (None, ["--max-requests", "3"], 6),
    ],
    ids=["broken list", "broken runs", "broken tags", "rate limit", "limit of requests"],
)
def test_a_plan_from_parts_of_lists_is_none(line: Line, fault: Any, arguments: list[str], code: int) -> None:
    if fault:
        line.github.fault(times=9, **fault)
    ran = line("delete", RECORDER, "--older", "1d", *arguments, "--at-most", "999", "--jsonl")
    assert (ran.code, ran.out, deletes(line)) == (code, b"", [])


def test_a_list_with_unreadable_rows_is_no_whole_list(line: Line) -> None:
    line.github.fault(
        f"GET {ARTIFACTS}", status=200, body='{"total_count": 2, "artifacts": [{"id": "x"}, {"id": 7, "name": "a"}]}',
        times=9,
    )  # fmt: skip
    ran = line("delete", RECORDER, "--all", "--at-most", "9")
    assert (ran.code, ran.out, deletes(line)) == (5, b"", [])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Nothing is selected."),
        (["--yes", "3"], "Nothing is selected."),
        (["--all", "--yes", "3", "--at-most", "3"], "--yes and --at-most exclude each other."),
        (["--all", "--per", "name"], "--per needs --keep-newest."),
        (["--expired", "--keep-newest", "3"], "--keep-newest and --expired exclude each other."),
        (["--all", "--include-protected", "all"], "'all' is not a reason"),
        (["--all", "--include-protected", "downloading"], "'downloading' is not a reason"),
        (["--all", "--include-protected", "tags"], "Did you mean tag?"),
        (["--all", "--grace", "soon"], "'soon' is not a number of seconds from 0 to 3600"),
        (["--policy", "odl"], "Unknown policy: odl. Did you mean old?"),
        (["--policy", "old", "--older", "3d"], "--older is also in policy old."),
        (["--policy", "old", "other"], "Policy old names artifacts itself."),
        (["--plan", "x", "--older", "3d"], "--plan selects the artifacts of its file."),
        (["--plan", "x", "7"], "--plan selects the artifacts of its file."),
        (["--plan", "x", "--at-most", "7"], "--at-most and --plan exclude each other."),
        (["--plan", "missing"], "Cannot read missing: No such file"),
        (["--all", "--ids", "--yes", "7"], "--ids and --names are for plans."),
        (["--all", "--attempt", "2"], "--attempt needs an option that selects runs"),
        (["-f", "size>big"], "--filter: 'big' is not valid; use a number with a unit, such as 10M"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_mistakes_send_nothing(line: Line, tmp_path: Path, arguments: list[str], sentence: str) -> None:
    write_settings(tmp_path, '[policies.old]\npattern = ["log-*"]\nolder = "20d"\n')
    ran = line("delete", RECORDER, *arguments)
    assert (ran.code, ran.out, line.requests) == (2, b"", [])
    assert sentence in ran.err


def test_a_policy_is_its_options(line: Line, tmp_path: Path) -> None:
    options = ["--pattern", "*[a-z]*", "--older", "10d", "--keep-newest", "2", "--per", "name+branch", "--live"]
    write_settings(
        tmp_path,
        '[policies.old]\npattern = ["*[a-z]*"]\nolder = "10d"\nkeep-newest = 2\nper = "name+branch"\nlive = true\n',
    )
    by_options = planned(line, *options)
    assert planned(line, "--policy", "old") == by_options
    assert by_options
    smaller = planned(line, "--policy", "old", "--smaller", "1M")
    assert smaller == [row for row in by_options if row["size_in_bytes"] < 1_000_000]


@pytest.mark.parametrize(
    ("arguments", "sentence"), [(("--policy", "old"), "Nothing is selected."), (("-f", " "), "the value is empty.")]
)
def test_a_policy_or_filter_without_a_condition_selects_nothing(
    line: Line, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    write_settings(tmp_path, '[policies.old]\n# older = "20d"\n')
    ran = line("delete", RECORDER, *arguments, "--at-most", "500")
    assert (ran.code, line.requests) == (2, [])
    assert sentence in ran.err


@pytest.mark.parametrize("option", ["--demo", "--no-config"])
def test_an_unknown_policy_says_that_the_settings_were_not_read(
    tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_settings(tmp_path, '[policies.old]\nolder = "20d"\n')
    assert run_command("delete", ["-R", RECORDER, option, "--policy", "old"], {"HOME": str(tmp_path)}) == 2
    assert capsys.readouterr().err == f"artifact-tui: Unknown policy: old. {option} ignores config.toml.\n"


def test_the_demo_says_that_it_reads_no_variable_and_no_clone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command("list", ["--demo"], {"GH_REPO": RECORDER, "GITHUB_REPOSITORY": RECORDER}) == 2
    assert "The demo reads neither variables nor the clone" in capsys.readouterr().err


def test_protected_artifacts_are_counted_by_reason_and_come_back_only_by_that_reason(
    line: Line, tmp_path: Path
) -> None:
    write_settings(tmp_path, 'pinned = ["*"]\n')
    found = line("delete", RECORDER, "--all", "--json")
    protected = found.document["protected"]
    assert found.document["count"] == 0
    assert {"pinned"} <= {reason for one in protected for reason in one["reasons"]}
    pinned_alone = [one["id"] for one in protected if one["reasons"] == ["pinned"]]
    assert f"{len(protected)} protected artifacts left out" in found.err
    assert f"{len(protected)} pinned" in found.err
    back = planned(line, "--all", "--include-protected", "pinned")
    assert sorted(ids(back)) == sorted(pinned_alone)
    assert len(pinned_alone) < len(protected)


@pytest.mark.parametrize("is_part", [False, True])
def test_what_another_program_downloads_is_protected_without_exception(
    line: Line, tmp_path: Path, is_part: bool
) -> None:
    first, second = planned(line, "--all")[:2]
    state = tmp_path / ".local" / "state" / "artifact-tui" / "transfers.sqlite"
    journals = Journals(state)
    order = DownloadOrder(
        repository=RepositoryName("fernwood-labs", "flight-recorder"),
        artifact=Artifact(id=first["id"], name=first["name"]),
        directory=tmp_path,
    )
    part = SelectionOrder.of(order, Selection((), (ByteSpan(0, 1),), "")) if is_part else order
    journals.downloads.add(host_of_api(line.github.flavor.api).name, [part])
    every = "in-progress,newest-success,tag,pinned,unknown-run"
    arguments = [str(first["id"]), str(second["id"]), "--include-protected", every]
    found = line("delete", RECORDER, *arguments, "--json").document
    assert ids(found["artifacts"]) == [second["id"]]
    assert found["protected"] == [{"id": first["id"], "name": first["name"], "reasons": ["downloading"]}]
    journals.close()
    assert len(planned(line, *arguments)) == 2


def test_a_journal_that_cannot_be_read_is_said_and_stops_no_dry_run(line: Line, tmp_path: Path) -> None:
    state = tmp_path / ".local" / "state" / "artifact-tui"
    state.mkdir(parents=True)
    (state / "transfers.sqlite").write_bytes(b"not a database" * 100)
    ran = line("delete", RECORDER, "--older", "20d")
    assert ran.code == 0
    assert "Downloads of other programs are unknown" in ran.err


def vectors() -> Iterator[st.SearchStrategy[list[str]]]:
    """Each option but consent, with values that it may take and some that it may not."""
    values = st.sampled_from(
        ["1", "3", "0", "20d", "10M", "main", "tag", "name", "old", "ok", "HEAD", "/dev/null", "-", "", "*", "7"]
    )
    for option in NAMES["delete"].options:
        if {"yes", "at_most", "rate_wait", "timeout", "from", "save_plan", "log_file"} & {option.key}:
            continue
        if option.key in {"help", "host", "api_url", "ca_file", "repo"}:
            continue
        name = st.sampled_from(option.names)
        yield st.tuples(name, values).map(list) if option.value else name.map(lambda one: [one])


@hypothesis.settings(max_examples=25, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(
    parts=st.lists(st.one_of(*vectors()), max_size=5),
    words=st.lists(st.sampled_from(["log-*", "coverage", "1", "*", "--", "delete", "yes", "-y", "--y"]), max_size=3),
)
def test_no_arguments_without_consent_send_anything_but_get(
    line: Line, parts: list[list[str]], words: list[str]
) -> None:
    line("delete", RECORDER, *(each for part in parts for each in part), *words)
    assert all(request.startswith("GET ") for request in line.requests)
