"""``artifact-tui get -o``: one artifact as one file, or on standard output."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from artifact_tui.cli.line.spool_directory import SpoolDirectory
from artifact_tui.config.paths import Paths
from artifact_tui.demo.messages import DemoRequest
from artifact_tui.transfers.receipts.verify import Verdict, verify
from tests.cli.line.contents import RAW, RESULTS, WHEEL_RUN, raw_bytes
from tests.cli.line.program import KESTREL, Line
from tests.double.faults import Fault
from tests.pty_program import PROGRAM, environment


def blobs(line: Line) -> int:
    return len([request for request in line.requests if not request.startswith(("GET /repos/", "GET /meta"))])


def spool(line: Line, home: Path, to: str) -> Path:
    """The directory of a download with ``-o``."""
    paths = Paths.of_user()
    assert paths is not None
    host = line.api.split("/")[2]
    return paths.cache / "output" / host / str(RAW) if to == "-" else home / f".artifact-tui-output-{host}-{RAW}"


@pytest.mark.parametrize("number", [RESULTS, RAW], ids=["packed", "plain"])
def test_the_file_has_exactly_that_name(line: Line, tmp_path: Path, number: int) -> None:
    ran = line("get", KESTREL, str(number), "-o", "out/results.bin", "--progress", "none")
    assert (ran.code, ran.lines, ran.err) == (0, [f"{tmp_path}/out/results.bin"], "")
    assert (tmp_path / "out/results.bin").read_bytes() == raw_bytes(line, number)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"results.bin", "results.bin.artifact.json"}
    (verdict,) = verify(tmp_path / "out")
    assert isinstance(verdict, Verdict)
    assert (verdict.changes, verdict.receipt.artifact_id, verdict.receipt.verified) == ((), number, True)
    again = line("get", KESTREL, str(number), "-o", "out/results.bin", "--jsonl")
    assert (again.rows[0]["result"], blobs(line)) == ("present", 0)


def test_standard_output_gets_verified_bytes_and_nothing_else(line: Line) -> None:
    ran = line("get", KESTREL, str(RESULTS), "-o", "-")
    assert (ran.code, ran.out) == (0, raw_bytes(line, RESULTS))
    paths = Paths.of_user()
    assert paths is not None
    assert [path for path in paths.cache.rglob("*") if path.name in (str(RESULTS), ".lock")] == []
    line.github.fault("GET blob:*", corrupt_at=9, times=9)
    bad = line("get", KESTREL, str(RESULTS), "-o", "-")
    assert (bad.code, bad.out) == (1, b"")


@pytest.mark.parametrize(("way", "code"), [("fail", 9), ("skip", 0), ("overwrite", 9)])
def test_a_file_of_that_name_is_never_lost(line: Line, tmp_path: Path, way: str, code: int) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    ran = line("get", KESTREL, str(RAW), "-o", "mine", "--exists", way)
    assert (ran.code, ran.out, (tmp_path / "mine").read_bytes()) == (code, b"", b"mine")
    assert list(tmp_path.glob(".artifact-tui-*")) == []
    assert blobs(line) == 0


def test_overwrite_replaces_an_earlier_download(line: Line, tmp_path: Path) -> None:
    line("get", KESTREL, str(RESULTS), "-o", "out")
    assert line("get", KESTREL, str(RAW), "-o", "out").code == 9
    assert line("get", KESTREL, str(RAW), "-o", "out", "--exists", "overwrite").code == 0
    assert (tmp_path / "out").read_bytes() == raw_bytes(line, RAW)
    (verdict,) = verify(tmp_path)
    assert isinstance(verdict, Verdict)
    assert (verdict.changes, verdict.receipt.artifact_id) == ((), RAW)


class Taken(Fault):
    """No fault, but another program that takes a name when the download begins."""

    def takes(self, request: DemoRequest) -> bool:
        if request.place == "blob":
            Path(self.match).mkdir(exist_ok=True)
        return False


def test_a_download_whose_name_is_taken_meanwhile_is_kept_for_the_next_time(line: Line, tmp_path: Path) -> None:
    line.github.faults.append(Taken(f"{tmp_path}/out"))
    failed = line("get", KESTREL, str(RAW), "-o", "out")
    line.github.faults.clear()
    assert (failed.code, failed.out) == (9, b"")
    assert "The download is kept." in failed.err
    (tmp_path / "out").rmdir()
    (row,) = line("get", KESTREL, str(RAW), "-o", "out", "--jsonl").rows
    assert (row["path"], blobs(line)) == (f"{tmp_path}/out", 0)
    assert {path.name for path in tmp_path.glob("*out*")} == {"out", "out.artifact.json"}


def test_what_standard_output_does_not_take_is_kept_for_the_next_time(tmp_path: Path) -> None:
    command = [*PROGRAM, "get", "--demo", KESTREL, "checksums", "-o", "-", "--progress", "none"]
    with Path("/dev/full").open("wb") as full:
        failed = subprocess.run(command, stdout=full, env=environment(tmp_path), cwd=tmp_path, check=False)
    assert failed.returncode == 10
    assert len(list(tmp_path.rglob("checksums.zip"))) == 1


@pytest.mark.parametrize("to", ["out", "-"])
def test_a_directory_that_is_not_private_is_refused(line: Line, tmp_path: Path, to: str) -> None:
    place = spool(line, tmp_path, to)
    (tmp_path / "theirs").mkdir(mode=0o700)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(tmp_path / "theirs")
    linked = line("get", KESTREL, str(RAW), "-o", to)
    place.unlink()
    place.mkdir()
    place.chmod(0o770)
    shared = line("get", KESTREL, str(RAW), "-o", to)
    for ran in (linked, shared):
        assert (ran.code, ran.out, blobs(line)) == (9, b"", 0)
        assert "is not a private directory of this user. Remove it." in ran.err
    assert list((tmp_path / "theirs").iterdir()) == []


def test_two_commands_at_once_do_not_share_a_download(line: Line, tmp_path: Path) -> None:
    with SpoolDirectory(spool(line, tmp_path, "-")):
        ran = line("get", KESTREL, str(RAW), "-o", "-")
        assert (ran.code, ran.out, blobs(line)) == (1, b"", 0)
        assert "Another artifact-tui uses" in ran.err
    assert line("get", KESTREL, str(RAW), "-o", "-").out == raw_bytes(line, RAW)


def test_a_copy_that_cannot_be_made_is_a_failure_of_this_machine(line: Line, tmp_path: Path) -> None:
    (tmp_path / "here").write_bytes(b"")
    ran = line("get", KESTREL, str(RAW), "-o", "here/out", "--json")
    assert (ran.code, ran.error["kind"], ran.error["item"]["id"]) == (10, "disk", RAW)


def test_several_artifacts_are_refused(line: Line) -> None:
    ran = line("get", KESTREL, "--run", str(WHEEL_RUN), "-o", "out")
    assert (ran.code, ran.out, blobs(line)) == (9, b"", 0)
    assert "--output takes one" in ran.err


def test_a_download_that_was_ended_is_resumed(line: Line) -> None:
    limited = {"status": 429, "headers": {"Retry-After": "900"}, "body": "{}"}
    half = len(raw_bytes(line, RAW)) // 2
    line.github.fault("GET /repos/*/zip", **limited, skip=1, times=1)
    line.github.fault("GET blob:*", cut_at=half, times=1)
    assert line("get", KESTREL, str(RAW), "-o", "out").code == 6
    (row,) = line("get", KESTREL, str(RAW), "-o", "out", "--jsonl").rows
    assert (row["result"], row["resumed_from"]) == ("downloaded", half)


def test_a_reader_that_leaves_ends_the_copy_by_sigpipe(tmp_path: Path) -> None:
    command = [*PROGRAM, "get", "--demo", KESTREL, "coverage", "-o", "-", "--progress", "none"]
    known = environment(tmp_path)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=known, cwd=tmp_path) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert program.stdout.read(4) == b"PK\x03\x04"
        program.stdout.close()
        assert program.stderr.read() == b""
    assert program.returncode == -signal.SIGPIPE
    assert not list(tmp_path.rglob("*.zip"))
