"""``artifact-tui get --file``: some files of artifacts, by byte ranges."""

from __future__ import annotations

from pathlib import Path

from artifact_tui.transfers.receipts.verify import Verdict, verify
from tests.cli.line.contents import LOGS, RAW, RESULTS, WHEEL_RUN, contents_of
from tests.cli.line.program import KESTREL, Line


def files_in(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_only_the_files_that_match_are_written_with_their_folders(line: Line, tmp_path: Path) -> None:
    contents = contents_of(line, RESULTS)
    wanted = {name: data for name, data in contents.items() if name.endswith(".xml")}
    assert 0 < len(wanted) < len(contents)
    ran = line("get", KESTREL, str(RESULTS), "--file", "**/*.xml", "--json")
    (row,) = ran.document["artifacts"]
    assert (ran.code, row["result"], row["verified"]) == (0, "downloaded", None)
    assert files_in(Path(row["path"])) == wanted
    assert "not verified by digest" in ran.err
    (verdict,) = verify(tmp_path)
    assert isinstance(verdict, Verdict)
    assert verdict.changes == ()


def test_only_their_bytes_are_received(line: Line) -> None:
    contents = contents_of(line, LOGS)
    name = min(contents, key=lambda each: len(contents[each]))
    (row,) = line("get", KESTREL, str(LOGS), "--file", name, "--jsonl").rows
    assert [Path(file["path"]).name for file in row["files"]] == [Path(name).name]
    assert row["bytes_received"] < sum(map(len, contents.values())) / 2


def test_the_same_files_are_present_and_others_are_not(line: Line) -> None:
    first = line("get", KESTREL, str(RESULTS), "--file", "**/*.xml")
    again = line("get", KESTREL, str(RESULTS), "--file", "**/*.xml", "--jsonl")
    assert (first.code, again.rows[0]["result"], again.rows[0]["bytes_received"]) == (0, "present", 0)
    assert line("get", KESTREL, str(RESULTS), "--file", "**").code == 9
    assert line("get", KESTREL, str(RESULTS)).code == 9


def test_artifacts_without_such_a_file_are_skipped_and_counted(line: Line) -> None:
    ran = line("get", KESTREL, "--run", str(WHEEL_RUN), "--file", "**/*win_amd64.whl", "--json")
    results = [row["result"] for row in ran.document["artifacts"]]
    assert (ran.code, results.count("downloaded")) == (0, 1)
    assert f"{results.count('skipped')} artifacts without a matching file skipped." in ran.err
    nothing = line("get", KESTREL, str(RESULTS), "--file", "no-such-*")
    assert (nothing.code, nothing.out) == (3, b"")


def test_a_plain_file_is_its_only_file(line: Line, tmp_path: Path) -> None:
    assert line("get", KESTREL, str(RAW), "--file", "*.log").lines == [str(tmp_path / "clippy.log")]
    assert line("get", KESTREL, str(RAW), "--file", "*.txt").code == 3


def test_a_failure_of_one_artifact_leaves_the_others(line: Line) -> None:
    line.github.fault(f"GET /repos/*/artifacts/{RESULTS}/zip", status=404, body="{}", times=9)
    ran = line("get", KESTREL, str(RESULTS), str(RAW), "--file", "**", "--json")
    results = {row["id"]: row["result"] for row in ran.document["artifacts"]}
    assert (ran.code, results) == (3, {RESULTS: "failed", RAW: "downloaded"})
