"""``artifact-tui get``: what it downloads, where to, and what it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from artifact_tui.config.paths import Paths
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.text import printable
from artifact_tui.transfers.journals import Journals
from artifact_tui.transfers.models import DownloadOrder
from artifact_tui.transfers.receipts.verify import Verdict, verify
from tests.cli.line.program import KESTREL, Line
from tests.pty_program import environment

LIMITED: dict[str, Any] = {"status": 429, "headers": {"Retry-After": "900"}, "body": "{}"}
ARTIFACTS = f"GET /repos/{KESTREL}/actions/artifacts"


@pytest.fixture
def checksums(line: Line) -> dict[str, Any]:
    """The newest artifact of that name, a small zip."""
    found: dict[str, Any] = line("list", KESTREL, "checksums", "--jsonl").rows[0]
    return found


def api(line: Line) -> list[str]:
    """The requests to the API but the one for the server's release."""
    return [request for request in line.requests if request.startswith("GET /repos/")]


def blobs(line: Line) -> int:
    """The number of requests to the download host."""
    return len([request for request in line.requests if not request.startswith(("GET /repos/", "GET /meta"))])


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_a_directory_that_cannot_be_created_is_named(line: Line) -> None:
    for place in ("/proc/nowhere", "/proc/nowhere/dist"):
        ran = line("get", KESTREL, "checksums", "-D", place)
        assert (ran.code, ran.out) == (10, b"")
        assert ": The directory /proc/nowhere cannot be created. Choose another directory." in ran.err
    ran = line("get", KESTREL, "checksums", "-D", "/proc")
    assert ran.code == 10
    assert ": A file in /proc is missing or cannot be created. Choose another directory or retry." in ran.err


def test_a_name_downloads_its_newest_artifact_in_two_requests(
    line: Line, tmp_path: Path, checksums: dict[str, Any]
) -> None:
    ran = line("get", KESTREL, "checksums", "-D", "dist", "--progress", "none")
    assert (ran.code, ran.out, ran.err) == (0, f"{tmp_path}/dist/checksums\n".encode(), "")
    assert api(line) == [ARTIFACTS, f"{ARTIFACTS}/{checksums['id']}/zip"]
    assert blobs(line) == 1
    (verdict,) = verify(tmp_path / "dist")
    assert isinstance(verdict, Verdict)
    assert (verdict.changes, verdict.receipt.artifact_id) == ((), checksums["id"])


def test_a_present_artifact_costs_no_byte_and_only_the_selection(line: Line, checksums: dict[str, Any]) -> None:
    first = line("get", KESTREL, str(checksums["id"]))
    again = line("get", KESTREL, str(checksums["id"]), "--json")
    assert again.code == first.code == 0
    assert (api(line), blobs(line)) == ([f"{ARTIFACTS}/{checksums['id']}"], 0)
    (row,) = again.document["artifacts"]
    assert (row["result"], row["bytes_received"], row["verified"]) == ("present", 0, True)
    assert f"{row['path']}\n".encode() == first.out


def test_json_names_the_files_and_the_receipt(line: Line, tmp_path: Path, checksums: dict[str, Any]) -> None:
    ran = line("get", KESTREL, str(checksums["id"]), "--json")
    document, (row,) = ran.document, ran.document["artifacts"]
    assert {key: document[key] for key in ("schema", "repository", "run", "truncated")} == {
        "schema": 1, "repository": KESTREL, "run": None, "truncated": False,
    }  # fmt: skip
    files = row.pop("files")
    assert row == {
        "id": checksums["id"], "name": "checksums", "run_id": checksums["workflow_run"]["id"], "result": "downloaded",
        "path": str(tmp_path / "checksums"), "receipt": str(tmp_path / "checksums.artifact.json"), "verified": True,
        "digest": checksums["digest"], "bytes_received": checksums["size_in_bytes"], "resumed_from": 0,
        "problem": None, "next_step": None,
    }  # fmt: skip
    assert files
    assert all(Path(file["path"]).stat().st_size == file["size"] for file in files)
    assert not any(file["executable"] for file in files)
    table = line("get", KESTREL, str(checksums["id"]), "--tsv", "--fields", "id,result").out
    assert table == f"id\tresult\n{checksums['id']}\tpresent\n".encode()


def test_paths_are_written_in_three_ways(line: Line, tmp_path: Path) -> None:
    line("get", KESTREL, "checksums", "--print", "none")
    files = line("get", KESTREL, "checksums", "--print", "files").lines
    assert files == [file["path"] for file in line("get", KESTREL, "checksums", "--jsonl").rows[0]["files"]]
    assert line("get", KESTREL, "checksums", "--print", "none").out == b""
    assert line("get", KESTREL, "checksums", "-0").out == f"{tmp_path}/checksums\0".encode()


def test_a_path_with_control_characters_is_printable_and_exact_with_nul(line: Line, tmp_path: Path) -> None:
    odd = "a\nb"
    ran = line("get", KESTREL, "checksums", "-D", odd)
    assert ran.out == f"{tmp_path}/{printable(odd)}/checksums\n".encode()
    assert "control characters" in ran.err
    assert line("get", KESTREL, "checksums", "-D", odd, "-0").out == f"{tmp_path}/{odd}/checksums\0".encode()


def test_a_run_gives_all_its_artifacts_and_one_request_for_each(line: Line, tmp_path: Path) -> None:
    ran = line("get", KESTREL, "-w", "ci.yml", "--latest-good", "--json")
    rows = ran.document["artifacts"]
    names = {row["name"] for row in rows}
    assert ran.code == 0
    assert len(rows) > 1
    assert {row["run_id"] for row in rows} == {ran.document["run"]["id"]}
    assert {path.name for path in tmp_path.iterdir() if path.is_dir() and path.name[0] != "."} == names
    assert len(api(line)) == 3 + len(rows)
    again = line("get", KESTREL, "-w", "ci.yml", "--latest-good", "--json")
    assert {row["result"] for row in again.document["artifacts"]} == {"present"}
    assert len(api(line)) == 3


def test_the_layout_depends_on_the_options(line: Line, tmp_path: Path) -> None:
    runs = [row["workflow_run"]["id"] for row in line("list", KESTREL, "checksums", "--live", "--jsonl").rows[:2]]
    both = line("get", KESTREL, "--run", str(runs[0]), "--run", str(runs[1]), "checksums", "-D", "both")
    assert sorted(both.lines) == sorted(f"{tmp_path}/both/{run}/checksums" for run in runs)
    one = line("get", KESTREL, "--run", str(runs[0]), "checksums", "-D", "one", "--layout", "run")
    assert one.lines == [f"{tmp_path}/one/{runs[0]}/checksums"]
    mixed = line("get", KESTREL, "--run", str(runs[0]), "--run", str(runs[1]), "checksums", "--layout", "name")
    assert (mixed.code, mixed.out, blobs(line)) == (9, b"", 0)
    assert "--layout run" in mixed.err
    assert not (tmp_path / "checksums").exists()


def test_zips_stay_packed_and_plain_files_keep_their_names(line: Line, tmp_path: Path) -> None:
    assert line("get", KESTREL, "checksums", "--zip").lines == [f"{tmp_path}/checksums.zip"]
    assert line("get", KESTREL, "clippy.log").lines == [f"{tmp_path}/clippy.log"]
    for arguments in (["checksums", "--zip"], ["clippy.log"], ["clippy.log", "--zip"]):
        assert line("get", KESTREL, *arguments, "--jsonl").rows[0]["result"] == "present"
    assert line("get", KESTREL, "checksums", "--jsonl").rows[0]["result"] == "downloaded"


@pytest.mark.parametrize(
    ("way", "code", "result"),
    [("fail", 9, "failed"), ("skip", 0, "skipped"), ("overwrite", 1, "downloaded"), ("keep-both", 0, "downloaded")],
)
@pytest.mark.parametrize("name", ["checksums", "clippy.log"])
def test_what_exists_is_never_lost(line: Line, tmp_path: Path, way: str, code: int, result: str, name: str) -> None:
    (tmp_path / name).write_bytes(b"mine")
    ran = line("get", KESTREL, name, "--exists", way, "--json")
    (row,) = ran.document["artifacts"]
    assert (ran.code, row["result"]) == (code, result)
    assert (tmp_path / name).read_bytes() == b"mine"
    if result == "downloaded":
        assert row["path"] == str(tmp_path / ("checksums (2)" if name == "checksums" else "clippy (2).log"))
    else:
        assert (row["path"], row["bytes_received"]) == (None, 0)
    if way == "fail":
        assert ran.error["kind"] == "exists"
        assert ran.error["message"] == f"{tmp_path}/{name} already exists."


def test_overwrite_replaces_an_earlier_download(line: Line, tmp_path: Path) -> None:
    old, new = (row["id"] for row in line("list", KESTREL, "coverage", "--live", "--jsonl").rows[1::-1])
    line("get", KESTREL, str(old))
    assert line("get", KESTREL, str(new)).code == 9
    ran = line("get", KESTREL, str(new), "--exists", "overwrite", "--json")
    assert (ran.code, ran.document["artifacts"][0]["path"]) == (0, str(tmp_path / "coverage"))
    (verdict,) = verify(tmp_path)
    assert isinstance(verdict, Verdict)
    assert (verdict.receipt.artifact_id, verdict.changes) == (new, ())


def test_a_changed_download_is_not_present(line: Line, tmp_path: Path) -> None:
    line("get", KESTREL, "checksums")
    next((tmp_path / "checksums").iterdir()).write_bytes(b"changed")
    assert line("get", KESTREL, "checksums").code == 9
    skipped = line("get", KESTREL, "checksums", "--exists", "skip", "--progress", "none")
    assert skipped.err == f"artifact-tui: note: {tmp_path}/checksums already exists. Skipped.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["wheel-*"], "Use --latest-good or --run ID."),
        (["coverage", "sdist"], "Use --latest-good or --run ID."),
        (["coverage", "--larger", "1M"], "Use --latest-good or --run ID."),
        (["coverage", "--all-matches"], "unrecognized arguments: --all-matches"),
        (["7", "coverage"], "Use --latest-good or --run ID."),
        ([], "get needs an ID, a name, or options for runs"),
        (["7", "--jobs", "17"], "--jobs must be from 1 to 16, not 17."),
        (["7", "--unpack-limit", "much"], "'much' is not a valid size."),
        (["7", "-0", "--json"], "-0 needs paths on standard output."),
        (["7", "-0", "--print", "none"], "-0 needs paths on standard output."),
        (["7", "--json", "--tsv"], "--json and --tsv exclude each other."),
        (["7", "--fields", "id"], "--fields needs --json, --jsonl or --tsv."),
        (["7", "--any-outcome"], "--any-outcome needs --wait."),
        (["7", "--file", "*", "--zip"], "--file and --zip exclude each other"),
        (["7", "--file", "a.zip!/b"], "--file cannot lead into an inner archive"),
        (["7", "-o", "x", "-D", "y"], "--output and --dir exclude each other."),
        (["7", "-o", "-", "--json"], "--output and --json exclude each other."),
        (["7", "-o", "x", "--exists", "keep-both"], "--output uses exactly one name."),
        (["7", "--wait"], "No run is selected."),
        (["7", "--layout", "flat"], "invalid choice: 'flat'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_mistakes_send_nothing(line: Line, arguments: list[str], sentence: str) -> None:
    ran = line("get", KESTREL, *arguments)
    assert (ran.code, ran.out, line.requests) == (2, b"", [])
    assert sentence in ran.err


def test_expired_artifacts_are_skipped_and_a_named_one_is_a_failure(line: Line) -> None:
    line.github.change(lists_expired=True)
    rows = line("list", KESTREL, "github-pages", "--all-matches", "--jsonl").rows
    expired = next(row["id"] for row in rows if row["expired"])
    ran = line("get", KESTREL, str(expired))
    assert (ran.code, ran.out) == (3, b"")
    assert ran.err == (
        f'artifact-tui: artifact {expired} has expired. Run "artifact-tui list --live" to see what you can still'
        " download.\n"
    )
    run = next(row["workflow_run"]["id"] for row in rows if row["expired"])
    names = line("list", KESTREL, "--run", str(run), "--live", "--names").lines
    whole = line("get", KESTREL, "--run", str(run), "--json")
    assert whole.document["left_out"]["expired"] > 0
    assert whole.code == (0 if names else 3)


def test_expired_artifacts_beside_others_are_counted(line: Line, checksums: dict[str, Any]) -> None:
    body = {**checksums, "id": 7, "name": "old", "expired": True}
    listing = json.dumps({"total_count": 2, "artifacts": [checksums, body]})
    line.github.fault("GET /repos/*/actions/runs/*/artifacts", status=200, body=listing, times=9)
    run = str(checksums["workflow_run"]["id"])
    ran = line("get", KESTREL, "--run", run)
    assert (ran.code, ran.err.count("1 expired artifact skipped.")) == (0, 1)
    named = line("get", KESTREL, "--run", run, "old", "checksums")
    assert (named.code, len(named.lines)) == (3, 1)


def test_equal_names_that_no_layout_separates_have_another_way(line: Line, checksums: dict[str, Any]) -> None:
    for number in (7, 8):
        body = json.dumps({**checksums, "id": number})
        line.github.fault(f"GET /repos/*/actions/artifacts/{number}", status=200, body=body, times=9)
    ran = line("get", KESTREL, "7", "8")
    assert (ran.code, ran.out, blobs(line)) == (9, b"", 0)
    assert "Get each by its ID into a separate directory, with --dir." in ran.err


def test_what_does_not_exist_is_said(line: Line, checksums: dict[str, Any]) -> None:
    assert line("get", KESTREL, "no-such-name").code == 3
    assert line("get", KESTREL, "123").code == 3
    run = str(checksums["workflow_run"]["id"])
    for words in (["nothing-*"], ["123"], ["checksums", "123"]):
        ran = line("get", KESTREL, "--run", run, *words)
        assert (ran.code, ran.out, blobs(line)) == (3, b"", 0)


def test_a_list_that_breaks_off_downloads_nothing(line: Line, checksums: dict[str, Any]) -> None:
    listing = json.dumps({"total_count": 2, "artifacts": [checksums]})
    line.github.fault("GET /repos/*/actions/runs/*/artifacts", status=200, body=listing, times=9)
    ran = line("get", KESTREL, "--run", str(checksums["workflow_run"]["id"]))
    assert (ran.code, ran.out, blobs(line)) == (5, b"", 0)


def test_without_a_digest_it_says_so_or_fails(line: Line, checksums: dict[str, Any]) -> None:
    body = json.dumps({**checksums, "digest": None})
    line.github.fault("GET /repos/*/actions/artifacts/*", status=200, body=body, times=1)
    ran = line("get", KESTREL, str(checksums["id"]), "--json")
    assert (ran.code, ran.document["artifacts"][0]["verified"]) == (0, None)
    assert "checksums: not verified by digest." in ran.err
    line.github.fault("GET /repos/*/actions/artifacts/*", status=200, body=body, times=1)
    again = line("get", KESTREL, str(checksums["id"]), "--jsonl")
    assert (again.rows[0]["result"], again.err.count("not verified by digest")) == ("present", 1)
    line.github.fault("GET /repos/*/actions/artifacts/*", status=200, body=body, times=1)
    strict = line("get", KESTREL, str(checksums["id"]), "--require-digest", "-D", "strict")
    assert (strict.code, strict.out, blobs(line)) == (1, b"", 0)


def test_a_zip_over_the_limit_stays_packed_and_is_a_failure(line: Line, tmp_path: Path) -> None:
    ran = line("get", KESTREL, "coverage", "--unpack-limit", "1k", "--json")
    (row,) = ran.document["artifacts"]
    assert (ran.code, row["path"]) == (1, str(tmp_path / "coverage.zip"))
    assert "more than the limit of 1.0 kB" in row["problem"]
    assert line("get", KESTREL, "coverage", "--unpack-limit", "none").code == 0


@pytest.mark.parametrize(
    ("fault", "code", "kind"),
    [
        ({"match": "GET /repos/*/zip", "status": 401, "body": "{}"}, 4, "signed_out"),
        ({"match": "GET /repos/*/zip", "status": 403, "body": "{}"}, 4, "forbidden"),
        ({"match": "GET /repos/*/zip", "status": 410, "body": "{}"}, 3, "expired"),
        ({"match": "GET /repos/*/zip", "status": 404, "body": "{}"}, 3, "not_found"),
        ({"match": "GET /repos/*/zip", **LIMITED}, 6, "rate_limited"),
        ({"match": "GET blob:*", "corrupt_at": 9}, 1, "failed"),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)  # fmt: skip
def test_each_fault_has_its_code_and_its_json(
    line: Line, tmp_path: Path, fault: dict[str, Any], code: int, kind: str
) -> None:
    line.github.fault(**fault, times=9)
    ran = line("get", KESTREL, "checksums", "--json")
    assert (ran.code, ran.error["kind"], ran.error["exit_code"]) == (code, kind, code)
    (row,) = ran.document["artifacts"]
    assert (row["result"], row["path"], bool(row["problem"])) == ("failed", None, True)
    assert ran.error["item"] == {"id": row["id"], "name": "checksums"}
    assert (ran.error["retry_at"] is not None) is (kind == "rate_limited")
    assert not (tmp_path / "checksums").exists()
    for text in (ran.err, ran.out.decode()):
        assert DEMO_TOKEN not in text
        assert "sig=" not in text


def test_a_directory_that_cannot_be_used_is_a_failure_of_this_machine(line: Line, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    ran = line("get", KESTREL, "checksums", "-D", "file", "--json")
    assert (ran.code, ran.error["kind"]) == (10, "disk")


def test_the_limit_of_requests_counts_those_of_downloads(line: Line, checksums: dict[str, Any]) -> None:
    ran = line("get", KESTREL, str(checksums["id"]), "--max-requests", "2", "--json")
    assert (ran.code, ran.error["kind"], len(api(line)), blobs(line)) == (6, "rate_limited", 1, 0)


def test_a_failure_leaves_the_others(line: Line, checksums: dict[str, Any]) -> None:
    line.github.fault(f"GET /repos/*/artifacts/{checksums['id']}/zip", status=404, body="{}", times=9)
    ran = line("get", KESTREL, "--run", str(checksums["workflow_run"]["id"]), "checksums", "sdist", "--jobs", "1")
    assert (ran.code, [Path(path).name for path in ran.lines]) == (3, ["sdist"])


def test_a_rate_limit_is_waited_for_if_allowed(line: Line) -> None:
    line.github.fault("GET /repos/*/zip", **(LIMITED | {"headers": {"Retry-After": "0"}}), times=1)
    assert line("get", KESTREL, "checksums", "--rate-wait", "5s").code == 0


def test_bytes_of_an_ended_command_are_not_received_again(line: Line, tmp_path: Path) -> None:
    half = 60_000
    line.github.fault("GET /repos/*/zip", **LIMITED, skip=1, times=1)
    line.github.fault("GET blob:*", cut_at=half, times=1)
    first = line("get", KESTREL, "coverage", "--json")
    assert (first.code, first.error["kind"]) == (6, "rate_limited")
    assert [path.name for path in tmp_path.glob("*.part")] == ["coverage.zip.part"]
    (row,) = line("get", KESTREL, "coverage", "--json").document["artifacts"]
    assert (row["result"], row["resumed_from"]) == ("downloaded", half)
    assert list(tmp_path.glob("*.part")) == []


def test_what_another_program_downloads_is_left_to_it(line: Line, tmp_path: Path, checksums: dict[str, Any]) -> None:
    line("get", KESTREL, "checksums", "-D", "elsewhere")
    (verdict,) = verify(tmp_path / "elsewhere")
    assert isinstance(verdict, Verdict)
    paths = Paths.of_user()
    assert paths is not None
    with closing(Journals(paths.journal(is_demo=False))) as other:
        artifact = Artifact(id=checksums["id"], name="checksums")
        order = DownloadOrder(repository=RepositoryName(*KESTREL.split("/")), artifact=artifact, directory=tmp_path)
        other.downloads.add(verdict.receipt.host, [order])
        ran = line("get", KESTREL, "checksums", "--json")
        assert (ran.code, ran.error["kind"]) == (1, "busy")
        assert ran.error["message"] == "checksums: already being downloaded by another artifact-tui."
        assert not (tmp_path / "checksums").exists()
    assert line("get", KESTREL, "checksums").code == 0
    with closing(Journals(paths.journal(is_demo=False))) as after:
        assert after.downloads.unfinished(verdict.receipt.host) == ()


def test_downloads_go_on_without_standard_output(tmp_path: Path) -> None:
    ended = {}
    for name, stdout in (("full", "/dev/full"), ("closed", "")):
        home = tmp_path / name
        home.mkdir()
        command = [sys.executable, "-m", "artifact_tui", "get", "--demo", KESTREL, "checksums", "-D", str(home)]
        command += ["--progress", "none"]
        with Path(stdout).open("wb") if stdout else _closed_pipe() as out:
            ended[name] = subprocess.run(
                command, stdout=out, stderr=subprocess.PIPE, env=environment(home), text=True, check=False
            )
        assert (home / "checksums").is_dir()
    assert (ended["full"].returncode, ended["closed"].returncode) == (10, 0)
    assert ended["full"].stderr == "artifact-tui: standard output: No space left on device\n"
    assert "The rest of the output is dropped." in ended["closed"].stderr


def _closed_pipe() -> BinaryIO:
    """Return the writing end of a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "wb")
