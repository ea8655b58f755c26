"""``artifact-tui list``, ``runs`` and ``repos``: what they select and how they write it."""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from artifact_tui.cli.line.command import run_command
from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.fixed_clock import demo_clock
from tests.cli.line.program import KESTREL, Line, line_at

ARTIFACTS = f"GET /repos/{KESTREL}/actions/artifacts"


def api(line: Line) -> list[str]:
    """The requests of the last command but the one for the server's release."""
    return [request for request in line.requests if not request.endswith("/meta")]


def test_the_table_has_aligned_columns_and_ends_are_never_cut_in_a_pipe(line: Line) -> None:
    ran = line("list", KESTREL, "--limit", "3")
    assert ran.code == 0
    head, *rows = ran.lines
    assert head.split() == ["ID", "NAME", "SIZE", "AGE", "EXPIRES", "BRANCH", "RUN"]
    assert len(rows) == 3
    assert all(row[head.index("NAME") - 1] == " " for row in rows)
    assert ran.err == "artifact-tui: note: Only the newest 3 of 706 artifacts were read. Use --all to read all.\n"


@pytest.mark.parametrize("limit", [99, 100, 101, 200, 706, 1000])
def test_a_limit_at_the_end_of_a_page_is_no_error(line: Line, limit: int) -> None:
    ran = line("list", KESTREL, "--limit", str(limit), "--ids")
    assert ran.code == 0
    assert len(ran.lines) == min(limit, 706)
    assert ("were read" in ran.err) is (limit < 706)
    assert "The server listed" not in ran.err


def test_the_release_of_an_enterprise_server_is_requested_once_a_day(
    line: Line, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    with line_at(tmp_path, capsysbinary, flavors.GHES_3_19) as enterprise:
        enterprise("list", KESTREL, "--limit", "1", "--ids")
        assert enterprise.requests == ["GET /meta", ARTIFACTS]
        enterprise("list", KESTREL, "--limit", "1", "--ids")
        assert enterprise.requests == [ARTIFACTS]


def test_json_has_the_fields_of_the_api_and_says_what_was_left_out(line: Line) -> None:
    found = line("list", KESTREL, "--limit", "2", "--json").document
    assert {key: found[key] for key in ("schema", "repository", "run", "total_count", "truncated")} == {
        "schema": 1, "repository": KESTREL, "run": None, "total_count": 706, "truncated": True,
    }  # fmt: skip
    assert found["left_out"]["over_limit"] == 704
    first = found["artifacts"][0]
    assert first["url"].endswith(f"/repos/{KESTREL}/actions/artifacts/{first['id']}")
    assert first["archive_download_url"] == f"{first['url']}/zip"
    assert first["workflow_run"].keys() == {"id", "head_branch", "head_sha", "repository_id", "head_repository_id"}
    assert first["created_at"].endswith("Z")
    assert first["attempt"] is None


@pytest.mark.parametrize(
    ("arguments", "over"),
    [
        (["list", "-w", "ci.yml"], None),
        (["list", "--runs", "3"], None),
        (["list", "-b", "main", "--limit", "1"], None),
        (["list", "--run", "27674836804", "--limit", "3"], 5),
        (["delete", "-w", "ci.yml", "--runs", "3"], None),
        (["runs", "--limit", "2"], 503),
        (["wait", "-s", "ok", "--runs", "2"], None),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_json_says_that_limits_left_out_runs(line: Line, arguments: list[str], over: int | None) -> None:
    found = line(*arguments[:1], KESTREL, *arguments[1:], "--json").document
    assert (found["truncated"], found["left_out"]["over_limit"]) == (True, over)


def test_the_newest_run_is_no_part_of_a_list(line: Line) -> None:
    found = line("list", KESTREL, "--latest", "--json").document
    assert (found["truncated"], found["left_out"]["over_limit"]) == (False, 0)


def test_the_forms_agree(line: Line) -> None:
    document = line("list", KESTREL, "--limit", "5", "--json").document["artifacts"]
    assert line("list", KESTREL, "--limit", "5", "--jsonl").rows == document
    ids = [str(row["id"]) for row in document]
    assert line("list", KESTREL, "--limit", "5", "--ids").lines == ids
    assert line("list", KESTREL, "--limit", "5", "--ids", "-0").out == b"".join(f"{each}\0".encode() for each in ids)
    assert line("list", KESTREL, "--limit", "5", "--names").lines == [row["name"] for row in document]
    table = line("list", KESTREL, "--limit", "5", "--tsv", "--fields", "id,workflow_run.head_branch").out.decode()
    rows = list(csv.reader(io.StringIO(table), delimiter="\t"))
    assert rows[0] == ["id", "workflow_run.head_branch"]
    assert rows[1:] == [[str(row["id"]), row["workflow_run"]["head_branch"]] for row in document]
    chosen = line("list", KESTREL, "--limit", "1", "--jsonl", "--fields", "name,workflow_run.id").rows
    assert chosen == [{"name": document[0]["name"], "workflow_run": {"id": document[0]["workflow_run"]["id"]}}]


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """The program's logger, which logs nothing more in the end."""
    found = logging.getLogger("artifact_tui")
    before = list(found.handlers), found.level, found.propagate
    yield found
    found.handlers[:], found.level, found.propagate = before


def test_the_log_can_go_to_standard_error(line: Line, logger: logging.Logger) -> None:
    ran = line("list", KESTREL, "--limit", "1", "--ids", "--log-file", "-")
    assert f"/repos/{KESTREL}/actions/artifacts" in ran.err
    assert ran.err.count("\n") >= 2
    assert DEMO_TOKEN not in ran.err
    assert len(logger.handlers) == 1


def test_requests_are_one_per_hundred_artifacts(line: Line) -> None:
    line("list", KESTREL, "--limit", "250", "--ids")
    assert api(line) == [ARTIFACTS] * 3
    line("list", KESTREL, "--all", "--ids")
    assert api(line) == [ARTIFACTS] * 8


def test_an_exact_name_is_asked_for_by_name_in_one_request(line: Line) -> None:
    ran = line("list", KESTREL, "coverage", "--names")
    assert set(ran.lines) == {"coverage"}
    assert api(line) == [ARTIFACTS]


def test_ids_need_no_list(line: Line) -> None:
    ids = line("list", KESTREL, "--limit", "2", "--ids").lines
    ran = line("list", KESTREL, *ids, "--ids")
    assert ran.lines == ids
    assert sorted(api(line)) == sorted(f"{ARTIFACTS}/{number}" for number in ids)


def test_ids_come_from_a_file_in_any_of_three_forms(line: Line, tmp_path: Path) -> None:
    ids = line("list", KESTREL, "--limit", "2", "--ids").lines
    rows = line("list", KESTREL, "--limit", "2", "--jsonl").out
    for name, data in (("lines", "\n".join(ids).encode()), ("zeros", "\0".join(ids).encode()), ("json", rows)):
        (tmp_path / name).write_bytes(data)
        assert line("list", KESTREL, "--from", str(tmp_path / name), "--ids").lines == ids
    zeros = ("list", KESTREL, "--from", str(tmp_path / "zeros"), "-0")
    assert [row["id"] for row in line(*zeros, "--jsonl").rows] == [int(each) for each in ids]
    assert line(*zeros).code == 0
    (tmp_path / "bad").write_text("7\nseven\n")
    ran = line("list", KESTREL, "--from", str(tmp_path / "bad"))
    assert (ran.code, ran.err.count("'seven'")) == (2, 1)


def test_filters_narrow_and_patterns_match_whole_names(line: Line) -> None:
    rows = line("list", KESTREL, "--all", "--jsonl").rows
    picked = line("list", KESTREL, "--all", "wheel-*", "--larger", "1M", "--live", "--jsonl").rows
    assert picked == [
        row for row in rows
        if row["name"].startswith("wheel-") and row["size_in_bytes"] > 1_000_000 and not row["expired"]
    ]  # fmt: skip
    assert picked
    assert line("list", KESTREL, "--all", "-f", "wheel size>1M !expired", "--jsonl").rows == picked


def test_a_run_lists_its_newest_artifact_of_each_name(line: Line) -> None:
    run = line("runs", KESTREL, "-w", "release.yml", "-s", "ok", "--limit", "1", "--ids").lines[0]
    ran = line("list", KESTREL, "--run", run, "--json")
    assert ran.document["run"]["id"] == int(run)
    assert {value for key, value in ran.document["run"].items() if key != "id"} == {None}
    assert {row["workflow_run"]["id"] for row in ran.document["artifacts"]} == {int(run)}
    assert api(line) == [f"GET /repos/{KESTREL}/actions/runs/{run}/artifacts"]
    address = f"https://github.com/{KESTREL}/actions/runs/{run}"
    assert line("list", KESTREL, "--run", address, "--json").document["artifacts"] == ran.document["artifacts"]
    inside = {"GITHUB_RUN_ID": run}
    assert line("list", KESTREL, "--run", "current", "--ids", environ=inside).lines


def test_the_limit_holds_for_runs_too(line: Line) -> None:
    run = line("runs", KESTREL, "-w", "release.yml", "-s", "ok", "--limit", "1", "--ids").lines[0]
    whole = line("list", KESTREL, "--run", run, "--ids").lines
    ran = line("list", KESTREL, "--run", run, "--limit", "2", "--json")
    assert [str(row["id"]) for row in ran.document["artifacts"]] == whole[:2]
    assert ran.document["truncated"]
    assert "Only the newest 2 artifacts were read." in ran.err


def test_the_latest_good_run_is_on_the_default_branch_and_no_fork(line: Line) -> None:
    ran = line("list", KESTREL, "-w", "ci.yml", "--latest-good", "--json")
    run = ran.document["run"]
    assert (run["conclusion"], run["head_branch"], run["from_fork"]) == ("success", "main", False)
    assert f"note: Run {run['id']}: CI #{run['run_number']}, success, main." in ran.err
    assert api(line) == [
        f"GET /repos/{KESTREL}",
        f"GET /repos/{KESTREL}/actions/workflows/ci.yml/runs",
        f"GET /repos/{KESTREL}/actions/runs/{run['id']}/artifacts",
    ]


def test_runs_of_a_commit_a_tag_and_a_pull_request(line: Line) -> None:
    runs = line("runs", KESTREL, "--limit", "100", "--jsonl").rows
    sha = runs[-1]["head_sha"]
    assert {row["head_sha"] for row in line("runs", KESTREL, "-c", sha[:9], "--jsonl").rows} == {sha}
    tagged = next(
        row for row in line("runs", KESTREL, "-e", "release", "--jsonl").rows + runs if row["head_branch"][:1] == "v"
    )
    assert line("runs", KESTREL, "--tag", tagged["head_branch"], "--jsonl").rows
    missing = line("runs", KESTREL, "--pr", "999999")
    assert (missing.code, missing.out) == (3, b"")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--json", "--tsv"], "--json and --tsv exclude each other."),
        (["-0"], "-0 needs --ids or --names."),
        (["--fields", "id"], "--fields needs --json, --jsonl or --tsv."),
        (["--tsv", "--fields", "nam"], "'nam' is not a field of list. Did you mean name?"),
        (["--limit", "0"], "'0' is not a valid number. Use 1 or more."),
        (["--older", "3 fortnights"], "is not a valid age."),
        (["--larger", "big"], "'big' is not a valid size."),
        (["--timeout", "5"], "'5' is not a valid duration."),
        (["--older", "30"], "'30' is not a valid age."),
        (["-f", "size>big"], "--filter: 'big' is not valid; use a number with a unit, such as 10M"),
        (["-f", "marked"], "marked works only on the screen"),
        (["--run", "seven"], "'seven' is not a run."),
        (["--run", "7", "-c", "abc"], "--run and --commit exclude each other."),
        (["-s", "succes"], "'succes' is not a status. Did you mean success?"),
        (["--run", "7", "-b", "main"], "--run and --branch exclude each other."),
        (["--attempt", "2"], "--attempt needs an option that selects runs"),
        (["-w", "ci.yml", "--look-back", "3"], "--look-back needs --latest or --latest-good."),
        (["--expired", "--live"], "--expired and --live exclude each other."),
        (["-R", KESTREL], "both name the repository"),
        (["--name=--"], "--name=-- is not valid: -- cannot be a value."),
        (["--all", "--limit", "3"], "--all and --limit exclude each other."),
        (["--timeout", "0s"], "--timeout must be longer than 0 s."),
        (["--frobnicate"], "unrecognized arguments: --frobnicate. See artifact-tui list --help."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_mistakes_send_nothing(line: Line, arguments: list[str], sentence: str) -> None:
    ran = line("list", KESTREL, *arguments)
    assert (ran.code, ran.out, line.requests) == (2, b"", [])
    assert sentence in ran.err


@pytest.mark.parametrize(
    ("fault", "code", "kind"),
    [
        ({"status": 401, "body": '{"message": "Bad credentials"}'}, 4, "signed_out"),
        ({"status": 404, "body": '{"message": "Not Found"}'}, 3, "not_found"),
        ({"status": 403, "body": '{"message": "Resource not accessible by integration"}'}, 4, "forbidden"),
        ({"status": 429, "headers": {"Retry-After": "900"}, "body": "{}"}, 6, "rate_limited"),
        ({"status": 422, "body": '{"message": "Validation Failed"}'}, 5, "refused"),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)  # fmt: skip
def test_each_fault_has_its_code_and_its_json(line: Line, fault: dict[str, object], code: int, kind: str) -> None:
    line.github.fault("GET /repos/*/actions/artifacts", **fault, times=9)
    ran = line("list", KESTREL, "--json")
    assert (ran.code, ran.error["kind"], ran.error["exit_code"]) == (code, kind, code)
    assert ran.error["message"]
    if kind == "rate_limited":
        assert ran.error["retry_at"].endswith("Z")
    assert line("list", KESTREL).err.startswith("artifact-tui: ")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_certificates_that_cannot_be_used_is_a_mistake_in_the_settings(
    line: Line, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "company.pem"
    if content:
        file.write_text(content)
    ran = line("list", KESTREL, "--ca-file", str(file), "--json")
    assert (ran.code, ran.error["kind"], line.requests) == (2, "usage", [])


def test_a_mistake_in_the_settings_names_their_file(line: Line, tmp_path: Path) -> None:
    file = tmp_path / ".config" / "artifact-tui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('read-only = "yes"\n')
    assert f"artifact-tui: {file}: read-only must be true or false." in line("list", KESTREL).err
    file.unlink()
    file.mkdir()
    ran = line("list", KESTREL, "--json")
    assert (ran.code, ran.error["kind"]) == (2, "usage")
    assert ran.error["message"].startswith(f"{file}: cannot be read (")


RUNS = "GET /repos/*/actions/runs"


@pytest.mark.parametrize(
    ("total", "said", "exact"),
    [("2,500+", "3 of at least 2,500", None), ("2500+", "3 of at least 2,500", None), (612, "3 of 612", 612)],
)
def test_a_minimum_of_the_server_is_never_told_as_a_total(
    line: Line, total: object, said: str, exact: int | None
) -> None:
    runs = [{"id": number, "run_number": number} for number in range(1, 5)]
    line.github.fault(RUNS, status=200, body=json.dumps({"total_count": total, "workflow_runs": runs}), times=9)
    ran = line("runs", KESTREL, "-b", "main", "--limit", "3", "--json")
    assert f"Only the newest {said} runs. Use --limit N for more." in ran.err
    assert (ran.document["total_count"], ran.document["truncated"]) == (exact, True)
    assert ran.document["notes"] == [f"Only the newest {said} runs. Use --limit N for more."]
    artifacts = [{"id": number, "name": "wheel"} for number in range(4, 0, -1)]
    body = json.dumps({"total_count": total, "artifacts": artifacts})
    line.github.fault("GET /repos/*/actions/artifacts", status=200, body=body, times=9)
    listed = line("list", KESTREL, "--limit", "3", "--json")
    assert f"Only the newest {said} artifacts were read." in listed.err
    assert listed.document["total_count"] == exact


def test_the_most_runs_that_github_lists_with_a_filter_are_a_minimum(line: Line) -> None:
    runs = [{"id": number, "run_number": number} for number in range(1, 5)]
    line.github.fault(RUNS, status=200, body=json.dumps({"total_count": 1000, "workflow_runs": runs}), times=9)
    assert "3 of at least 1,000 runs" in line("runs", KESTREL, "-b", "main", "--limit", "3").err
    assert "3 of 1,000 runs" in line("runs", KESTREL, "--limit", "3").err


def test_without_a_count_the_last_page_gives_a_minimum_of_repositories(line: Line) -> None:
    ran = line("repos", "fernwood-labs", "--limit", "3", "--json")
    assert "Only the first 3" in ran.err
    assert ran.document["total_count"] is None


@pytest.mark.parametrize("narrowed", [["--expired"], ["-f", "wheel expired"]], ids=" ".join)
def test_github_does_not_list_what_has_expired(
    line: Line, capsysbinary: pytest.CaptureFixture[bytes], narrowed: list[str]
) -> None:
    assert run_command("list", ["--demo", "-R", KESTREL, "--all", *narrowed], line.environ, demo_clock) == 0
    assert (
        b"note: GitHub has not listed expired artifacts since September 2026; their data is gone, or will be within "
        b"days.\n"
    ) in capsysbinary.readouterr().err
    line.github.change(lists_expired=True)
    ran = line("list", KESTREL, "--all", *narrowed, "--json")
    assert {row["expired"] for row in ran.document["artifacts"]} == {True}
    assert ran.err == ""


def test_a_list_that_breaks_off_keeps_its_rows_and_says_so(line: Line) -> None:
    line.github.fault("GET /repos/*/actions/artifacts", status=404, body="{}", page=3, times=9)
    ran = line("list", KESTREL, "--all", "--json")
    assert ran.code == 3
    assert (len(ran.document["artifacts"]), ran.document["truncated"]) == (200, True)


@pytest.mark.slow
def test_a_list_that_takes_too_long_keeps_its_rows_and_says_so(line: Line) -> None:
    fault = line.github.fault("GET /repos/*/actions/artifacts", held=True, page=3, times=9)
    for limit in ("1s", "5s", "30s"):  # a busy machine may not read two pages in the first one
        ran = line("list", KESTREL, "--all", "--json", "--timeout", limit)
        if len(ran.document["artifacts"]) == 200:
            break
    fault.held = False
    assert (ran.code, ran.error["kind"]) == (8, "timeout")
    assert (len(ran.document["artifacts"]), ran.document["truncated"]) == (200, True)


@pytest.mark.parametrize(
    ("command", "rows", "path"),
    [("runs", "workflow_runs", "/repos/*/actions/runs"), ("repos", "repositories", "/user/repos")],
)
def test_runs_and_repositories_that_break_off_keep_their_rows(line: Line, command: str, rows: str, path: str) -> None:
    words = (KESTREL,) if command == "runs" else ()
    body = json.dumps([{"id": 1, "full_name": "acme/one"}]) if command == "repos" else ""
    if body:
        link = {"Link": f'<{line.api}/user/repos?page=2>; rel="next"'}
        line.github.fault(f"GET {path}", status=200, body=body, headers=link)
    line.github.fault(f"GET {path}", status=404, body="{}", page=2, times=9)
    ran = line(command, *words, "--limit", "300", "--json")
    assert (len(ran.document[rows]), ran.document["truncated"]) == (1 if body else 100, True)
    assert ran.code in {3, 5}


@pytest.mark.slow
@pytest.mark.parametrize(("command", "path"), [("runs", "runs"), ("usage", "artifacts")], ids=lambda value: str(value))
def test_what_was_read_is_written_after_a_timeout(line: Line, command: str, path: str) -> None:
    fault = line.github.fault(f"GET /repos/*/actions/{path}", held=True, page=2, times=9)
    limit = ("--limit", "300") if command == "runs" else ()
    ran = line(command, KESTREL, *limit, "--json", "--timeout", "5s")
    fault.held = False
    assert (ran.code, ran.document["truncated"], ran.error["kind"]) == (8, True, "timeout")


def test_requests_that_wait_for_one_rate_limit_use_up_one_wait(line: Line) -> None:
    ids = line("list", KESTREL, "--limit", "3", "--ids").lines
    body = json.dumps({"message": "You have exceeded a secondary rate limit."})
    limit: dict[str, Any] = {"status": 429, "headers": {"Retry-After": "600"}, "body": body}
    line.github.fault("GET /repos/*/actions/artifacts/*", **limit, times=3)
    ran = line("list", KESTREL, *ids, "--ids", "--rate-wait", "15m")
    assert (ran.code, ran.lines) == (0, ids)
    assert ran.err.count("Rate limit: waiting until") == 1
    line.github.fault("GET /repos/*/actions/artifacts/*", **limit, times=3)
    assert line("list", KESTREL, *ids, "--ids", "--rate-wait", "9m").code == 6


def test_the_limit_of_requests(line: Line) -> None:
    ran = line("list", KESTREL, "--all", "--jsonl", "--max-requests", "3")
    assert ran.code == 6
    assert len(line.requests) == 3
    assert len(ran.rows) == 200
    assert ran.error["message"] == "The limit of --max-requests (3) is reached."


def test_names_are_printable_in_lines_and_exact_with_nul(line: Line) -> None:
    body = json.dumps({"total_count": 1, "artifacts": [{"id": 7, "name": "a\u001b[31m\nb\u202e\\"}]})
    line.github.fault("GET /repos/*/actions/artifacts", status=200, body=body, times=99)
    assert line("list", KESTREL, "--names", "-0").out == "a\u001b[31m\nb\u202e\\\0".encode()
    for form in ("--names", "--tsv", "--json", "--jsonl", "--no-header"):
        ran = line("list", KESTREL, form)
        assert ran.code == 0
        assert b"\x1b" not in ran.out
        assert "\u202e".encode() not in ran.out or form == "--tsv"
    assert line("list", KESTREL, "--tsv", "--no-header", "--fields", "name").out == b"a\\x1b[31m\\nb\xe2\x80\xae\\\\\n"
    assert "1 name contains control characters" in line("list", KESTREL, "--names").err


def test_a_name_with_nul_is_never_split_by_nul(line: Line) -> None:
    names = [{"id": 8, "name": "a\0b"}, {"id": 7, "name": "c"}]
    body = json.dumps({"total_count": 2, "artifacts": names})
    line.github.fault("GET /repos/*/actions/artifacts", status=200, body=body, times=99)
    ran = line("list", KESTREL, "--names", "-0")
    assert (ran.code, ran.out) == (9, b"")
    assert "contains NUL, which -0 writes between names. Use --json" in ran.err
    assert line("list", KESTREL, "--ids", "-0").out == b"8\x007\0"
    assert line("list", KESTREL, "--json").document["artifacts"][0]["name"] == "a\0b"


def test_mistakes_in_the_arguments_are_json_lines_in_json_forms(line: Line) -> None:
    for form in (["--json"], ["--jsonl"], ["--progress", "json"], ["--progress=json"]):
        ran = line("list", *form, "--frobnicate")
        assert (ran.code, ran.error["kind"]) == (2, "usage")


def test_quiet_writes_no_notes(line: Line) -> None:
    assert line("list", KESTREL, "--limit", "1", "-q").err == ""
    told = line("list", KESTREL, "--limit", "1", "--progress", "json").err
    assert json.loads(told)["event"] == "note"


def test_the_repository_comes_from_argument_option_variable_or_url(line: Line) -> None:
    for arguments, environ in (
        (["-R", KESTREL], {}),
        ([], {"GITHUB_REPOSITORY": KESTREL}),
    ):
        assert line("list", *arguments, "--limit", "1", "--ids", environ=environ).lines
    ran = line("list", "--limit", "1")
    assert (ran.code, ran.err) == (
        2, "artifact-tui: No repository. Name one as OWNER/REPO, or run the command in a clone.\n",
    )  # fmt: skip


def test_a_pasted_url_sends_no_token_to_an_unknown_host(line: Line) -> None:
    ran = line("list", f"https://ci.example/{KESTREL}/actions/runs/7", "--limit", "1")
    assert (ran.code, line.requests) == (2, [])
    assert "ci.example is not a known host. Add --host ci.example to use it." in ran.err
    here = line.api.removesuffix("/")
    run = line("runs", KESTREL, "-w", "release.yml", "-s", "ok", "--limit", "1", "--ids").lines[0]
    assert line("list", f"{here}/{KESTREL}/actions/runs/{run}", "--ids").lines


def test_a_run_of_another_repository_is_a_mistake(line: Line) -> None:
    ran = line("list", KESTREL, "--run", "https://github.com/octo/demo/actions/runs/7")
    assert (ran.code, line.requests) == (2, [])
    assert "--run names a run of octo/demo, not of fernwood-labs/kestrel." in ran.err


def test_what_does_not_exist_is_named(line: Line) -> None:
    for arguments, sentence in (
        (["-w", "nosuch.yml"], "The workflow was not found"),
        (["--tag", "nosuch"], "The commit or tag nosuch was not found."),
        (["-c", "5d5d5d5"], "The commit or tag 5d5d5d5 was not found."),
    ):
        ran = line("list", KESTREL, *arguments)
        assert (ran.code, sentence in ran.err) == (3, True), ran.err
    assert "No artifact matches." in line("list", KESTREL, "--larger", "99G").err


@pytest.mark.parametrize(("status", "code"), [(451, 5), (400, 5), (422, 3), (404, 3)])
def test_only_a_commit_that_github_does_not_know_is_not_found(line: Line, status: int, code: int) -> None:
    line.github.fault("GET /repos/*/commits/*", status=status, body="{}", times=9)
    ran = line("list", KESTREL, "-c", "5d5d5d5")
    assert (ran.code, "was not found" in ran.err) == (code, code == 3), ran.err


def test_what_follows_two_dashes_is_no_option(line: Line) -> None:
    assert line("list", KESTREL, "--all", "--", "--limited").code == 3
    assert line("list", KESTREL, "--all", "--limit=5").code == 2


def test_runs_takes_no_words_but_the_repository(line: Line) -> None:
    ran = line("runs", KESTREL, "main")
    assert (ran.code, line.requests) == (2, [])
    assert "'main' is not a repository." in ran.err


def test_what_is_missing_in_selected_runs_is_said(line: Line) -> None:
    ran = line("list", KESTREL, "--run", "27674836804", "coverage")
    assert (ran.code, ran.err.partition(" Run ")[0]) == (
        3,
        "artifact-tui: No artifact in the selected runs is called 'coverage'.",
    )
    runs = line("runs", KESTREL, "-b", "nope")
    assert (runs.code, runs.out, runs.err) == (0, b"", "artifact-tui: note: No run matches.\n")


def test_one_artifact_is_told_in_the_singular(line: Line) -> None:
    body = json.dumps({"artifacts": [{"id": number, "name": "wheel"} for number in (2, 1)]})
    line.github.fault("GET /repos/*/actions/runs/*/artifacts", status=200, body=body, times=9)
    ran = line("list", KESTREL, "--run", "7", "--all-attempts", "--limit", "1")
    assert "note: Only the newest artifact was read. Use --all to read all." in ran.err


def test_a_newer_run_without_a_match_is_named(line: Line) -> None:
    ran = line("list", KESTREL, "-b", "main", "--latest", "fuzz-findings", "--json", "--fields", "name")
    assert {row["name"] for row in ran.document["artifacts"]} == {"fuzz-findings"}
    assert "no matching artifact." in ran.err


def test_an_unknown_status_lists_each_status_once(line: Line) -> None:
    ran = line("runs", KESTREL, "-s", "xyzzy")
    known = ran.err.partition("Use one of ")[2].rstrip(".\n").split(", ")
    assert ran.code == 2
    assert {"ok", "failed", "running", "success", "failure", "in_progress", "cancelled"} <= set(known)
    assert not {"passed", "green", "red", "canceled"} & set(known)
    assert len(known) == len(set(known))


def test_the_newest_runs_are_limited_by_one_option(line: Line) -> None:
    for option in ("--limit", "--runs"):
        ran = line("runs", KESTREL, option, "2", "--jsonl")
        assert (ran.code, len(ran.rows)) == (0, 2)
        assert f"Only the newest 2 of 505 runs. Use {option} N for more." in ran.err
    assert len(line("runs", KESTREL, "--runs", "25", "--ids").lines) == 25
    both = line("runs", KESTREL, "--runs", "3", "--limit=2")
    assert (both.code, line.requests) == (2, [])
    assert "--limit and --runs exclude each other." in both.err


@pytest.mark.parametrize("command", ["runs", "wait", "list"])
def test_runs_of_pull_requests_are_counted_when_they_are_left_out(line: Line, command: str) -> None:
    newest = line.github.store.runs[27676219105]
    more = {"status": "completed", "conclusion": "success", "event": "pull_request"}
    line.github.store.runs[newest.id] = replace(newest, **more)
    ran = line(command, KESTREL, "--latest-good", "--ids")
    assert ran.code == 0
    assert "artifact-tui: note: 1 run of pull requests left out. Use --event pull_request for those." in ran.err
    asked = line(command, KESTREL, "--latest-good", "-e", "pull_request", "-b", "main", "--json")
    assert str(newest.id) in asked.out.decode()
    assert "left out. --event" not in asked.err
    line.github.store.runs[newest.id] = newest


@pytest.mark.parametrize("command", ["runs", "wait"])
def test_a_second_repository_is_a_mistake_without_artifacts_too(line: Line, command: str) -> None:
    ran = line(command, KESTREL, "-R", KESTREL, "--latest")
    assert (ran.code, line.requests) == (2, [])
    assert f"{KESTREL} and --repo both name the repository." in ran.err


@pytest.mark.parametrize("command", ["runs", "wait"])
@pytest.mark.parametrize("option", [["--attempt", "2"], ["--all-attempts"], ["--look-back", "2"]])
def test_options_that_select_artifacts_are_refused_without_artifacts(
    line: Line, command: str, option: list[str]
) -> None:
    ran = line(command, KESTREL, "--latest", *option)
    assert (ran.code, line.requests) == (2, [])
    assert f"unrecognized arguments: {option[0]}" in ran.err


def test_repositories_of_the_account_and_of_an_owner(line: Line) -> None:
    mine = line("repos", "--jsonl").rows
    assert {row["full_name"].partition("/")[0] for row in mine} >= {"fernwood-labs"}
    theirs = line("repos", "fernwood-labs", "--names")
    assert all(name.startswith("fernwood-labs/") for name in theirs.lines)
    few = line("repos", "--limit", "1", "--json")
    assert (len(few.document["repositories"]), few.document["truncated"]) == (1, True)
    alone = line("repos", environ={"GH_ENTERPRISE_TOKEN": ""})
    assert (alone.code, alone.out) == (4, b"")


def test_no_token_in_any_stream(line: Line) -> None:
    line.github.fault(
        "GET /repos/*/actions/artifacts", status=403, body=f'{{"message": "token {DEMO_TOKEN}"}}', times=9
    )
    for form in ([], ["--json"], ["--progress", "json"]):
        ran = line("list", KESTREL, *form)
        assert DEMO_TOKEN not in ran.err + ran.out.decode()


def test_sorting_and_attempts(line: Line) -> None:
    sizes = [row["size_in_bytes"] for row in line("list", KESTREL, "--live", "--sort", "size", "--jsonl").rows]
    assert sizes == sorted(sizes, reverse=True)
    up = [
        row["size_in_bytes"] for row in line("list", KESTREL, "--live", "--sort", "size", "--reverse", "--jsonl").rows
    ]
    assert up == sorted(sizes)
    rows = line("list", KESTREL, "--limit", "3", "--with-runs", "--jsonl").rows
    assert all(row["attempt"]["kind"] in {"exactly", "before"} for row in rows)
    rerun = next(row for row in line("runs", KESTREL, "--limit", "500", "--jsonl").rows if row["run_attempt"] > 1)
    last = line("list", KESTREL, "--run", str(rerun["id"]), "--attempt", str(rerun["run_attempt"]), "--ids").lines
    every = line("list", KESTREL, "--run", str(rerun["id"]), "--all-attempts", "--ids").lines
    assert set(last) <= set(every)
