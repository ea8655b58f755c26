"""``artifact-tui verify DIR``: every change of a download is found and named, and nothing else is touched."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.line.local import time_limit
from artifact_tui.cli.line.table import NAMES
from artifact_tui.cli.main import main
from artifact_tui.transfers.receipts.store import write_receipt
from tests.archive.zips import Part
from tests.pty_program import PROGRAM, environment, not_measured
from tests.transfers.received import NOW, downloaded, kept, unpacked

RUN = Part("bin/run", b"#!/bin/sh\n", mode=stat.S_IFREG | 0o755)
PARTS = (RUN, Part("a.txt", b"hello"), Part("logs/1/x.log", b"line\n" * 1000), Part("empty/"))
Verified = Callable[[Path], tuple[int, str]]


@pytest.fixture
def verified(capsys: pytest.CaptureFixture[str]) -> Verified:
    """The exit code and all that was said."""

    def run(directory: Path) -> tuple[int, str]:
        code = main(["verify", str(directory)])
        said = capsys.readouterr()
        assert bool(said.err) == (code == 2 and not said.out)
        return code, said.out + said.err

    return run


@pytest.fixture
def place(tmp_path: Path) -> Path:
    directory = tmp_path / "place"
    directory.mkdir()
    return directory


def test_what_is_as_it_was_is_said_to_be_so_with_a_line_each(place: Path, verified: Verified) -> None:
    downloaded(place, *PARTS)
    downloaded(place, name="nothing in it")
    write_receipt(kept(place, b"1" * 1500, "logs.zip"), place)
    assert verified(place) == (
        0,
        "✓ unchanged   logs.zip: 1 file, 1.5 kB; not verified by digest when it was downloaded\n"
        "✓ unchanged   nothing in it: 0 files, 0 B\n"
        "✓ unchanged   wheel: 3 files, 5.0 kB\n",
    )


def test_the_unpacked_directory_itself_is_checked_by_the_receipt_beside_it(
    place: Path, verified: Verified, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = downloaded(place, *PARTS)
    downloaded(place, name="other")
    assert verified(wheel) == (0, "✓ unchanged   wheel: 3 files, 5.0 kB\n")
    monkeypatch.chdir(wheel)
    assert verified(Path())[0] == 0
    (place / "link").symlink_to(wheel)
    (wheel / "a.txt").write_bytes(b"HELLO")
    assert verified(place / "link")[0] == 1


def make_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def replaced_by(path: Path, make: Callable[[Path], None]) -> None:
    path.rename(path.with_name("aside"))
    make(path)


CHANGES: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "content": (lambda wheel: (wheel / "a.txt").write_bytes(b"HELLO"), ["wheel/a.txt has different content"]),
    "longer": (lambda wheel: (wheel / "a.txt").write_bytes(b"hello!"), ["wheel/a.txt has 6 bytes instead of 5"]),
    "cut": (lambda wheel: os.truncate(wheel / "logs/1/x.log", 0), ["wheel/logs/1/x.log has 0 bytes instead of 5,000"]),
    "missing file": (lambda wheel: (wheel / "a.txt").unlink(), ["wheel/a.txt is missing"]),
    "renamed file": (
        lambda wheel: (wheel / "a.txt").rename(wheel / "b.txt"),
        ["wheel/a.txt is missing", "wheel/b.txt was added"],
    ),
    "renamed directory": (
        lambda wheel: (wheel / "logs").rename(wheel / "old"),
        ["wheel/logs/1/x.log is missing", "wheel/old/1/x.log was added"],
    ),
    "missing directory": (lambda wheel: (wheel / "empty").rmdir(), ["wheel/empty is missing"]),
    "added file": (lambda wheel: (wheel / "logs/new").write_bytes(b""), ["wheel/logs/new was added"]),
    "added directory": (lambda wheel: (wheel / "new").mkdir(), ["wheel/new was added"]),
    "added link": (lambda wheel: (wheel / "new").symlink_to("/"), ["wheel/new was added"]),
    "not executable": (lambda wheel: (wheel / "bin/run").chmod(0o644), ["wheel/bin/run is no longer executable"]),
    "executable": (lambda wheel: (wheel / "a.txt").chmod(0o755), ["wheel/a.txt is executable now"]),
    "link to the same": (
        lambda wheel: replaced_by(wheel / "a.txt", lambda path: path.symlink_to("aside")),
        ["wheel/a.txt is a link now", "wheel/aside was added"],
    ),
    "link to the same directory": (
        lambda wheel: replaced_by(wheel / "logs/1", lambda path: path.symlink_to("aside")),
        ["wheel/logs/1 is a link now", "wheel/logs/1/x.log is missing", "wheel/logs/aside/x.log was added"],
    ),
    "pipe": (lambda wheel: make_pipe(wheel / "a.txt"), ["wheel/a.txt is neither file nor directory now"]),
    "directory for a file": (
        lambda wheel: replaced_by(wheel / "a.txt", Path.mkdir),
        ["wheel/a.txt is a directory now", "wheel/aside was added"],
    ),
    "gone": (lambda wheel: wheel.rename(wheel.parent / "elsewhere"), ["wheel is missing"]),
    "all of it a link": (
        lambda wheel: replaced_by(wheel, lambda path: path.symlink_to("aside")),
        ["wheel is a link now"],
    ),
    "several": (
        lambda wheel: [(wheel / name).write_bytes(b"") for name in ("a.txt", "b", "bin/run")],
        [
            "wheel/a.txt has 0 bytes instead of 5",
            "wheel/b was added",
            "wheel/bin/run has 0 bytes instead of 10",
        ],
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_every_change_is_named_and_the_others_stay_intact(place: Path, verified: Verified, case: str) -> None:
    change, expected = CHANGES[case]
    wheel = downloaded(place, *PARTS)
    downloaded(place, *PARTS, name="other")
    change(wheel)
    code, said = verified(place)
    assert code == 1
    assert said.splitlines() == [
        "✓ unchanged   other: 3 files, 5.0 kB",
        "✗ changed     wheel: 3 files, 5.0 kB",
        *(f"              {line}" for line in expected),
    ]


def test_a_file_is_checked_like_a_directory(place: Path, verified: Verified) -> None:
    write_receipt(kept(place, b"zip", "logs.zip"), place)
    (place / "logs.zip").write_bytes(b"ZIP")
    assert "logs.zip has different content" in verified(place)[1]
    replaced_by(place / "logs.zip", Path.mkdir)
    code, said = verified(place)
    assert code == 1
    assert "logs.zip is a directory now" in said


def test_a_tree_too_deep_to_be_read_is_a_change_like_any_other(place: Path, verified: Verified) -> None:
    wheel = downloaded(place, *PARTS)
    here = os.open(wheel / "empty", os.O_RDONLY)
    for _ in range(30):
        os.mkdir("n" * 200, dir_fd=here)
        deeper = os.open("n" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    code, said = verified(place)
    assert code == 1
    assert "cannot be read: File name too long" in said


def test_hostile_names_are_shown_and_not_obeyed(place: Path, verified: Verified) -> None:
    wheel = downloaded(place, Part("a", b"1"), name="w\x1b]0;t\x07")
    (wheel / "x\x1b[2J\ny").write_bytes(b"")
    (wheel / "a").rename(wheel / os.fsdecode(b"\xff\x9b"))
    code, said = verified(place)
    assert code == 1
    assert said.replace("\n", "").isprintable()
    assert len(said.splitlines()) == 4
    assert "x␛[2J␊y was added" in said


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bad.artifact.json", b"{}", "! unusable    bad.artifact.json is damaged"),
        ("\x1b[2J.artifact.json", b"", "! unusable    ␛[2J.artifact.json is damaged"),
    ],
)
def test_a_damaged_receipt_is_named_and_the_others_are_checked(
    place: Path, verified: Verified, name: str, content: bytes, words: str
) -> None:
    wheel = downloaded(place, *PARTS)
    (place / name).write_bytes(content)
    assert verified(place) == (2, f"{words}\n✓ unchanged   wheel: 3 files, 5.0 kB\n")
    (wheel / "a.txt").unlink()
    assert verified(place)[0] == 1


def test_a_receipt_never_leads_out_of_its_directory(place: Path, verified: Verified) -> None:
    downloaded(place, *PARTS)
    receipt = place / "wheel.artifact.json"
    receipt.write_text(receipt.read_text().replace("wheel/a.txt", "wheel/../../secret"))
    (place.parent / "secret").write_bytes(b"hello")
    assert verified(place) == (2, "! unusable    wheel.artifact.json names files that no download can have\n")


def test_of_two_receipts_of_one_name_the_newer_counts(place: Path, verified: Verified) -> None:
    for days in (1, 0):
        receipt = unpacked(place, Part("a", b"%d" % days), name="wheel", now=NOW + timedelta(days=days))
        write_receipt(receipt, place)
        (place / "wheel").rename(place / f"wheel-{days}")
    (place / "wheel-1").rename(place / "wheel")
    assert verified(place) == (0, "✓ unchanged   wheel: 1 file, 1 B\n")
    (place / "wheel-0" / "a").replace(place / "wheel" / "a")
    assert verified(place)[0] == 1


def test_receipts_that_came_with_an_artifact_are_files_like_others(place: Path, verified: Verified) -> None:
    forged = Part("x.artifact.json", b"{}")
    assert verified(downloaded(place, forged)) == (0, "✓ unchanged   wheel: 1 file, 2 B\n")
    (place / "dir.artifact.json").mkdir()
    assert verified(place)[0] == 0


def test_checking_changes_nothing(place: Path, verified: Verified) -> None:
    downloaded(place, *PARTS)
    before = {path: path.lstat().st_mtime_ns for path in place.rglob("*")}
    assert verified(place)[0] == 0
    assert {path: path.lstat().st_mtime_ns for path in place.rglob("*")} == before


def test_where_there_is_nothing_to_verify_that_is_said(place: Path, verified: Verified) -> None:
    assert verified(place) == (2, f"artifact-tui: No receipt (NAME.artifact.json) in '{place}'.\n")
    gone = place / "gone"
    assert verified(gone) == (2, f"artifact-tui: {gone} cannot be read: No such file or directory.\n")
    (place / "file").write_bytes(b"")
    assert "Not a directory" in verified(place / "file")[1]
    (place / "loop").symlink_to(place / "loop")
    assert "cannot be read: Too many levels" in verified(place / "loop")[1]


@pytest.mark.parametrize("arguments", [["verify", ""], ["verify", "a", ""]])
def test_an_empty_directory_is_a_mistake(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err == "artifact-tui: An argument is empty. Give it a value, or leave it out.\n"


@pytest.mark.parametrize("arguments", [[], ["--demo"]])
def test_it_needs_a_directory(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", *arguments]) == 2
    assert capsys.readouterr().err == "artifact-tui: verify needs a directory: artifact-tui verify DIR.\n"


def run_blind(home: Path, *arguments: str, encoding: str) -> subprocess.CompletedProcess[bytes]:
    """Without a terminal, and with a standard output of that encoding."""
    surroundings = {**environment(home), "PYTHONIOENCODING": encoding}
    command = [*PROGRAM, "verify", *arguments]
    return subprocess.run(command, env=surroundings, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def test_it_needs_no_terminal_and_no_letters_beyond_ascii(place: Path) -> None:
    downloaded(place, *PARTS, name="größe")
    done = run_blind(place, str(place), encoding="utf-8")
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, "✓ unchanged   größe: 3 files, 5.0 kB\n", b"")
    done = run_blind(place, str(place), encoding="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"+ unchanged   gr\\xf6\\xdfe: 3 files, 5.0 kB\n"


@not_measured
def test_it_loads_neither_the_screen_nor_the_network(place: Path) -> None:
    downloaded(place, *PARTS)
    probe = f"import sys; from artifact_tui.cli.main import main; main(['verify', {str(place)!r}])"
    probe += "; print(*(name for name, found in sys.modules.items() if found))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not {"textual", "rich", "httpx", "keyring", "asyncio", "sqlite3"} & loaded


def test_the_working_directory_is_named_as_it_was_given(tmp_path: Path) -> None:
    command = [*PROGRAM, "verify", "."]
    done = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "artifact-tui: No receipt (NAME.artifact.json) in '.'.\n")


@pytest.fixture
def two(place: Path) -> tuple[str, str]:
    """A directory with a changed artifact and a damaged receipt, and one that is as it was."""
    other = place.parent / "other"
    other.mkdir()
    (downloaded(place, *PARTS) / "a.txt").unlink()
    (place / "bad.artifact.json").write_bytes(b"{}")
    write_receipt(kept(other, b"1" * 1500, "logs.zip"), other)
    return str(place), str(other)


def test_several_directories_have_headings_and_one_exit_code(
    two: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", *two]) == 1
    assert capsys.readouterr().out == (
        f"{two[0]}:\n"
        "! unusable    bad.artifact.json is damaged\n"
        "✗ changed     wheel: 3 files, 5.0 kB\n"
        "              wheel/a.txt is missing\n"
        f"{two[1]}:\n"
        "✓ unchanged   logs.zip: 1 file, 1.5 kB; not verified by digest when it was downloaded\n"
    )
    assert main(["verify", two[1], f"{two[0]}/gone"]) == 2
    said = capsys.readouterr()
    assert "unchanged" in said.out
    assert said.err == f"artifact-tui: {two[0]}/gone cannot be read: No such file or directory.\n"


def test_a_directory_that_is_named_twice_is_checked_once(
    two: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", two[1], *two, f"{two[1]}/", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["directories"] == [two[1], two[0]]
    assert [row["target"] for row in document["artifacts"]] == ["logs.zip", "bad", "wheel"]
    assert main(["verify", two[1], two[1]]) == 0
    assert two[1] not in capsys.readouterr().out


def test_the_forms_for_programs_have_all_fields(two: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", *two, "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    rows = document["artifacts"]
    assert document == {"schema": 1, "directories": list(two), "artifacts": rows, "notes": []}
    unknown = dict.fromkeys(("files", "bytes", "verified"))
    damaged = {"path": "bad.artifact.json", "what": "is damaged"}
    assert rows == [
        {"directory": two[0], "target": "bad", "result": "unusable", **unknown, "changes": [damaged]},
        {"directory": two[0], "target": "wheel", "result": "changed", "files": 3, "bytes": 5015, "verified": True,
         "changes": [{"path": "wheel/a.txt", "what": "is missing"}]},
        {"directory": two[1], "target": "logs.zip", "result": "unchanged", "files": 1, "bytes": 1500,
         "verified": None, "changes": []},
    ]  # fmt: skip
    assert [tuple(row) for row in rows] == [NAMES["verify"].fields] * 3
    assert main(["verify", "--jsonl", *two]) == 1
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == rows
    assert main(["verify", *two, "--tsv", "--fields", "result,target,bytes"]) == 1
    table = list(csv.reader(io.StringIO(capsys.readouterr().out), delimiter="\t"))
    assert table[0] == ["result", "target", "bytes"]
    assert table[1:] == [["unusable", "bad", ""], ["changed", "wheel", "5015"], ["unchanged", "logs.zip", "1500"]]


def test_a_directory_that_cannot_be_checked_is_an_error_in_json(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(place), "--json"]) == 2
    said = capsys.readouterr()
    assert json.loads(said.out) == {"schema": 1, "directories": [str(place)], "artifacts": [], "notes": []}
    error = json.loads(said.err)["error"]
    assert (error["kind"], error["exit_code"]) == ("usage", 2)
    assert error["message"] == f"No receipt (NAME.artifact.json) in '{place}'."


def test_names_that_are_not_utf8_are_exact_in_json(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (downloaded(place, Part("a", b"1")) / os.fsdecode(b"\xff")).write_bytes(b"")
    assert main(["verify", str(place), "--json"]) == 1
    said = capsys.readouterr().out
    assert said.isascii()
    assert os.fsencode(json.loads(said)["artifacts"][0]["changes"][0]["path"]) == b"wheel/\xff"


def test_a_reader_that_leaves_is_no_change(place: Path) -> None:
    """A shell shows the signal as 141; 1 would mean that something has changed."""
    downloaded(place, *PARTS)
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*PROGRAM, "verify", str(place)], stdout=write, stderr=subprocess.PIPE, cwd=place)
    os.close(write)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, b"")


def test_a_time_limit_ends_what_takes_longer() -> None:
    with pytest.raises(LineError, match="Not finished after"), time_limit(timedelta(milliseconds=1)):
        signal.pause()
    with time_limit(None), time_limit(timedelta(hours=1)):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
