"""``artifact-tui cat``: the exact bytes, few requests, and nothing harmful on a terminal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess

import pytest

from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.line.terminal_text import BLOCK, TerminalText
from artifact_tui.demo.accounts import DEMO_TOKEN
from tests.cli.line.contents import (
    EMPTY,
    LOGS,
    RAW,
    RESULTS,
    TARBALL,
    WHEEL,
    WHEEL_FILE,
    api,
    contents_of,
    ranges,
    raw_bytes,
    started,
)
from tests.cli.line.program import KESTREL, Line

ARTIFACTS = f"GET /repos/{KESTREL}/actions/artifacts"
TRACE = "shard-01/trace.log"


def test_the_bytes_are_exact_and_one_request_per_file_is_sent(line: Line) -> None:
    found = contents_of(line, LOGS)
    ran = line("cat", KESTREL, str(LOGS), TRACE, "summary.md")
    assert (ran.code, ran.out, ran.err) == (0, found[TRACE] + found["summary.md"], "")
    assert api(line) == [f"{ARTIFACTS}/{LOGS}", f"{ARTIFACTS}/{LOGS}/zip"]
    assert len(ranges(line)) == 2  # the list with all that is at the end, and the first file
    assert sum(ranges(line)) < 66 * 1024 + len(found[TRACE]) + 400


def test_globs_need_an_option_and_paths_may_lead_into_archives(line: Line) -> None:
    found = contents_of(line, LOGS)
    logs = [data for name, data in found.items() if name.endswith("/setup.log")]
    assert line("cat", KESTREL, str(LOGS), "--glob", "**/setup.log").out == b"".join(logs)
    literal = line("cat", KESTREL, str(LOGS), "**/setup.log")
    assert (literal.code, literal.out) == (3, b"")
    inner = line("cat", KESTREL, WHEEL, f"{WHEEL_FILE}!/kestrel/__init__.py")
    assert inner.out.startswith(b'"""Columnar queries."""')
    assert line("cat", KESTREL, WHEEL, "*.whl!/*/__init__.py", "--glob").out == inner.out


def test_an_archive_that_is_not_zipped_opens_too(line: Line) -> None:
    ran = line("files", KESTREL, str(TARBALL), "**!/**", "--long")
    assert ran.lines[-1].split()[2:] == ["\u2014", "2026-11-11T11:58:37Z", "kestrel-src-338.tar.gz!/kestrel/src.bin"]
    ran = line("cat", KESTREL, str(TARBALL), "kestrel-src-338.tar.gz!/kestrel/README.md", "--head", "9")
    assert ran.out == b"# Kestrel"
    assert len(ranges(line)) == 2


def test_nothing_is_written_if_a_path_is_missing(line: Line) -> None:
    ran = line("cat", KESTREL, str(LOGS), "summary.md", "no.txt")
    assert (ran.code, ran.out) == (3, b"")
    assert ran.err == f"artifact-tui: No file 'no.txt' in logs-ubuntu-24.04. See artifact-tui files {LOGS}.\n"


@pytest.mark.parametrize("number", [1, 1000, 100_000, 10**9])
@pytest.mark.parametrize("path", [TRACE, "summary.md"])
def test_the_first_and_the_last_bytes_of_a_file(line: Line, path: str, number: int) -> None:
    whole = contents_of(line, LOGS)[path]
    assert line("cat", KESTREL, str(LOGS), path, "--head", str(number)).out == whole[:number]
    if number <= 1000:
        assert len(ranges(line)) <= 2
        assert sum(ranges(line)) < 66 * 1024 + 40_000
    assert line("cat", KESTREL, str(LOGS), path, "--tail", str(number)).out == whole[-number:]


@pytest.mark.parametrize("number", [1, 1000, 100_000])
def test_parts_of_a_stored_file_take_no_more_than_their_bytes(line: Line, number: int) -> None:
    stored = line("files", KESTREL, WHEEL, "--jsonl").rows[0]
    assert stored["size"] == stored["compressed_size"]
    tail = ranges(line)[0]
    newest = next(each for each in reversed(list(line.github.store.artifacts.values())) if each.name == WHEEL)
    whole = contents_of(line, newest.id)[WHEEL_FILE]
    assert line("cat", KESTREL, WHEEL, WHEEL_FILE, "--head", str(number)).out == whole[:number]
    assert sum(ranges(line)) - tail <= number + 400
    assert line("cat", KESTREL, WHEEL, WHEEL_FILE, "--tail", str(number)).out == whole[-number:]
    assert sum(ranges(line)) - tail <= number + 400


def test_a_raw_artifact_needs_no_path_and_a_zip_does(line: Line) -> None:
    whole = raw_bytes(line, RAW)
    assert line("cat", KESTREL, str(RAW)).out == whole
    assert len(ranges(line)) == 2
    assert line("cat", KESTREL, str(RAW), "clippy.log", "--head", "10").out == whole[:10]
    assert line("cat", KESTREL, str(RAW), "--tail", "10").out == whole[-10:]
    for number in (RESULTS, EMPTY):
        ran = line("cat", KESTREL, str(number))
        assert (ran.code, ran.err) == (2, f"artifact-tui: No path. See artifact-tui files {number}.\n")
    ran = line("cat", KESTREL, WHEEL)
    assert (ran.code, ran.out, ran.err) == (2, b"", f"artifact-tui: No path. The only file is {WHEEL_FILE}.\n")


def test_a_wrong_checksum_ends_with_one_after_all_bytes(line: Line) -> None:
    newest = next(each for each in reversed(list(line.github.store.artifacts.values())) if each.name == WHEEL)
    whole = contents_of(line, newest.id)[WHEEL_FILE]
    line.github.fault("GET blob:*", corrupt_at=5000, skip=1, times=1)
    ran = line("cat", KESTREL, WHEEL, WHEEL_FILE)
    assert (ran.code, len(ran.out)) == (1, len(whole))
    assert ran.out != whole
    assert ran.err == (
        f"artifact-tui: '{WHEEL_FILE}' does not match its checksum. Download it with artifact-tui get {newest.id}.\n"
    )


@pytest.mark.parametrize("fault", [{"broken": "reset"}, {"cut_at": 5000}])
def test_a_connection_that_breaks_ends_with_five_and_no_secret(line: Line, fault: dict[str, object]) -> None:
    line.github.fault("GET blob:*", **fault, skip=1, times=99)
    ran = line("cat", KESTREL, WHEEL, WHEEL_FILE, "--log-file", "-", "--progress", "json")
    assert (ran.code, ran.error["kind"]) == (5, "offline")
    assert DEMO_TOKEN not in ran.err
    assert "sig=" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "No artifact. Name it by its ID or its name."),
        ([str(LOGS), "a", "--head", "1", "--tail", "1"], "--head and --tail exclude each other."),
        ([str(LOGS), "a", "--head", "0"], "'0' is not a valid number. Use 1 or more."),
        ([str(LOGS), "a", "--json"], "unrecognized arguments: --json"),
        (["wheel-*", "a"], "Select a run with --latest-good or --run."),
    ],
)
def test_mistakes_of_cat_send_nothing(line: Line, arguments: list[str], sentence: str) -> None:
    ran = line("cat", KESTREL, *arguments)
    assert (ran.code, line.requests) == (2, [])
    assert sentence in ran.err


def on_terminal(line: Line, *arguments: str) -> tuple[int, bytes, bytes]:
    """The exit code of a command, what it writes to a terminal, and its errors."""
    ours, its = pty.openpty()
    process = started(line, "cat", *arguments, stdout=its, stderr=subprocess.PIPE)
    os.close(its)
    said = bytearray()
    try:
        while data := os.read(ours, 65536):
            said += data
    except OSError:  # the terminal ends with the last process that has it open
        pass
    os.close(ours)
    _, errors = process.communicate()
    return process.returncode, bytes(said).replace(b"\r\n", b"\n"), errors


def test_a_terminal_gets_printable_text_and_no_binary_data(line: Line) -> None:
    setup = contents_of(line, LOGS)["shard-01/setup.log"]
    assert b"\x1b[" in setup
    code, said, _ = on_terminal(line, str(LOGS), "shard-01/setup.log")
    assert (code, b"\x1b" in said, said.count(b"\n")) == (0, False, setup.count(b"\n"))
    assert b"##[group]Run python -m pytest" in said
    code, said, errors = on_terminal(line, WHEEL, WHEEL_FILE)
    assert (code, said) == (9, b"")
    assert errors == b"artifact-tui: binary data: redirect the output, or use --raw\n"


@pytest.mark.slow
def test_raw_bytes_reach_a_terminal_if_they_are_asked_for(line: Line) -> None:
    setup = contents_of(line, LOGS)["shard-01/setup.log"]
    code, said, _ = on_terminal(line, str(LOGS), "shard-01/setup.log", "--raw")
    assert (code, said) == (0, setup)


def test_text_is_printable_whatever_its_blocks_and_its_encoding(line: Line) -> None:
    text = TerminalText(ascii_only=False)
    long = "".join(f"{number} caf\u00e9 \x1b[31mred\x1b[0m\x07\t|\u202e\n" for number in range(20_000))
    data = long.encode()
    said = b"".join(text.shown(data[at : at + 70_000]) for at in range(0, len(data), 70_000)) + text.end()
    assert len(data) > 2 * BLOCK
    assert said.decode() == "".join(
        f"{number} caf\u00e9 red\u2407\t|\\u202e\n".expandtabs(8) for number in range(20_000)
    )
    assert (text.shown(b"caf\xe9 cr\xe8me"), text.end()) == (b"", "caf\u00e9 cr\u00e8me".encode())
    assert (text.shown("caf\u00e9\n".encode("utf-16")), text.end()) == (b"", "caf\u00e9\n".encode())
    text.shown(bytes(range(256)) * 4)
    with pytest.raises(LineError, match="binary data"):
        text.end()
    ascii_text = TerminalText(ascii_only=True)
    assert (ascii_text.shown("caf\u00e9 \u2026".encode()), ascii_text.end()) == (b"", b"caf\\xe9 ...")
    assert (ascii_text.shown(b""), ascii_text.end()) == (b"", b"")


def test_a_reader_that_leaves_ends_it_by_sigpipe(line: Line) -> None:
    process = started(line, "cat", str(LOGS), "--glob", "**", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert (process.wait(), process.stderr.read()) == (-signal.SIGPIPE, b"")
    process.stderr.close()


def test_ctrl_c_ends_it_at_once_even_if_nobody_reads(line: Line) -> None:
    process = started(line, "cat", str(LOGS), "--glob", "**", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read(10)  # the rest fills the pipe, so the command waits for its reader
    process.send_signal(signal.SIGINT)
    assert process.wait() == -signal.SIGINT
    process.communicate()


@pytest.mark.slow
def test_the_timeout_ends_it_even_if_nobody_reads(line: Line) -> None:
    process = started(
        line, "cat", str(LOGS), "--glob", "**", "--timeout", "2s", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    assert process.stderr.read() == b"artifact-tui: Not finished after 2 s (--timeout). Allow more time.\n"
    assert process.wait() == 8
    process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_while_the_download_host_is_silent(line: Line, number: signal.Signals) -> None:
    held = line.github.fault("GET blob:*", stall_at=500_000, skip=1, times=9)
    process = started(line, "cat", WHEEL, WHEEL_FILE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read(10)
    process.send_signal(number)
    assert process.wait() == -number
    process.communicate()
    held.times = 0
