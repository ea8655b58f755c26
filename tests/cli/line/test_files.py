"""``artifact-tui files``: which artifact it opens, which files it lists, and what that costs."""

from __future__ import annotations

import base64
import csv
import io
import json
import tempfile
import zipfile
from pathlib import Path

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN
from tests.cli.line.contents import (
    EMPTY,
    EXPIRED,
    LOGS,
    RAW,
    RESULTS,
    TARBALL,
    WHEEL,
    WHEEL_FILE,
    WHEEL_RUN,
    api,
    contents_of,
    ranges,
)
from tests.cli.line.program import KESTREL, Line, line_at

ARTIFACTS = f"GET /repos/{KESTREL}/actions/artifacts"


def test_the_paths_are_listed_in_the_order_of_the_archive(line: Line) -> None:
    ran = line("files", KESTREL, str(LOGS))
    assert (ran.code, ran.err) == (0, "")
    assert ran.lines == list(contents_of(line, LOGS))
    assert api(line) == [f"{ARTIFACTS}/{LOGS}", f"{ARTIFACTS}/{LOGS}/zip"]
    assert len(ranges(line)) == 1


def test_an_exact_name_means_its_newest_artifact_and_one_page(line: Line) -> None:
    ran = line("files", KESTREL, WHEEL)
    assert ran.lines == [WHEEL_FILE]
    assert api(line)[0] == ARTIFACTS
    assert len(api(line)) == 2


def test_run_options_select_the_run(line: Line) -> None:
    ran = line("files", KESTREL, "--run", str(WHEEL_RUN), "*win_amd64", "--json")
    assert ran.document["run"]["id"] == WHEEL_RUN
    assert ran.document["artifact"]["name"] == WHEEL
    good = line("files", KESTREL, "-w", "release.yml", "--latest-good", "-n", WHEEL, "*.whl")
    assert good.lines == [WHEEL_FILE]
    assert good.err.startswith("artifact-tui: note: Run ")
    many = line("files", KESTREL, "-w", "release.yml", "--runs", "5", WHEEL)
    assert len(many.lines) == 1
    two = line("files", KESTREL, "--run", str(WHEEL_RUN), "wheel-*")
    assert (two.code, two.out) == (2, b"")
    assert "artifacts match. Name one of them." in two.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["wheel-*"],
        ["-p", "wheel-*"],
        [WHEEL, "--larger", "1M"],
        ["7", "-f", "x"],
        ["-n", "a", "-n", "b"],
        ["-n", "a", "-p", "b*"],
    ],
    ids=" ".join,
)
def test_without_a_run_what_could_mix_builds_is_refused(line: Line, arguments: list[str]) -> None:
    ran = line("files", KESTREL, *arguments)
    assert (ran.code, line.requests) == (2, [])
    assert ran.err == (
        "artifact-tui: Without a run, only the ID or the exact name of one artifact is accepted. "
        "Select a run with --latest-good or --run.\n"
    )


def test_globs_select_paths_and_two_stars_cross_folders(line: Line) -> None:
    names = list(contents_of(line, LOGS))
    assert line("files", KESTREL, str(LOGS), "**/setup.log").lines == [
        name for name in names if name.endswith("setup.log")
    ]
    assert line("files", KESTREL, str(LOGS), "*.md", "shard-01/*").lines == [
        name for name in names if name.startswith("shard-01/") or name == "summary.md"
    ]
    none = line("files", KESTREL, str(LOGS), "*.log")
    assert (none.code, none.out) == (3, b"")
    assert none.err == f"artifact-tui: No file '*.log' in logs-ubuntu-24.04. See artifact-tui files {LOGS}.\n"
    assert (
        "'shard-01' is a folder. Its files are 'shard-01/**', with --glob in cat."
        in line("files", KESTREL, str(LOGS), "shard-01").err
    )


def test_archives_within_are_listed_like_folders(line: Line) -> None:
    ran = line("files", KESTREL, WHEEL, "*.whl!/**")
    number = next(each.id for each in reversed(list(line.github.store.artifacts.values())) if each.name == WHEEL)
    with zipfile.ZipFile(io.BytesIO(contents_of(line, number)[WHEEL_FILE])) as wheel:
        assert ran.lines == [f"{WHEEL_FILE}!/{name}" for name in wheel.namelist()]
    assert line("files", KESTREL, WHEEL, f"{WHEEL_FILE}!/kestrel/__init__.py").lines == [
        f"{WHEEL_FILE}!/kestrel/__init__.py"
    ]
    assert line("files", KESTREL, WHEEL, f"{WHEEL_FILE}!/").lines == ran.lines


def test_the_forms_agree(line: Line) -> None:
    ran = line("files", KESTREL, str(RESULTS), "--json")
    found, names = ran.document, list(contents_of(line, RESULTS))
    assert {key: found[key] for key in ("schema", "repository", "run", "total_count", "truncated")} == {
        "schema": 1, "repository": KESTREL, "run": None, "total_count": len(names), "truncated": False,
    }  # fmt: skip
    assert found["artifact"]["id"] == RESULTS
    rows = found["files"]
    assert [row["path"] for row in rows] == names
    assert [row["size"] for row in rows] == [len(data) for data in contents_of(line, RESULTS).values()]
    assert rows[0].keys() == {
        "path", "size", "compressed_size", "crc32", "modified", "executable", "type", "path_bytes",
    }  # fmt: skip
    assert (rows[0]["type"], rows[0]["executable"], rows[0]["path_bytes"]) == ("file", False, None)
    assert line("files", KESTREL, str(RESULTS), "--jsonl").rows == rows
    for form in (["--names", "-0"], ["-0"]):
        assert line("files", KESTREL, str(RESULTS), *form).out == "".join(f"{name}\0" for name in names).encode()
    for form in (["--json", "-0"], ["--long", "-0"]):
        assert (line("files", KESTREL, str(RESULTS), *form).code, line.requests) == (2, [])
    table = line("files", KESTREL, str(RESULTS), "--tsv", "--fields", "size,path").out.decode()
    assert list(csv.reader(io.StringIO(table), delimiter="\t"))[1:] == [[str(row["size"]), row["path"]] for row in rows]
    head, *lines = line("files", KESTREL, str(RESULTS), "--long").lines
    assert head.split() == ["BYTES", "COMPRESSED", "CRC-32", "MODIFIED", "PATH"]
    assert [text.split() for text in lines] == [
        [str(row["size"]), str(row["compressed_size"]), row["crc32"], row["modified"], row["path"]] for row in rows
    ]
    assert line("files", KESTREL, str(RESULTS), "--long", "--no-header").out.split() == " ".join(lines).encode().split()


def test_the_order_may_be_by_path_or_by_size(line: Line) -> None:
    found = contents_of(line, LOGS)
    assert line("files", KESTREL, str(LOGS), "--sort", "path").lines == sorted(found)
    sizes = [row["size"] for row in line("files", KESTREL, str(LOGS), "--sort", "size", "--jsonl").rows]
    assert sizes == sorted(map(len, found.values()), reverse=True)


def test_a_raw_artifact_is_its_own_only_file_and_an_empty_one_has_none(line: Line) -> None:
    (row,) = line("files", KESTREL, str(RAW), "--jsonl").rows
    assert (row["path"], row["crc32"], row["type"]) == ("clippy.log", None, "file")
    ran = line("files", KESTREL, str(EMPTY))
    assert (ran.code, ran.out) == (0, b"")


def test_names_of_any_bytes_are_printable_in_lines_and_exact_with_nul(line: Line, tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a\x1b[31m.txt", b"red")
        archive.writestr("caf\u00e9.txt", b"utf-8")
        archive.writestr("dosX.txt", b"cp437")
    body = data.getvalue().replace(b"dosX.txt", b"dos\x81.txt")
    line.github.fault(
        "GET blob:*", status=206, body=body, times=99,
        headers={"Content-Range": f"bytes 0-{len(body) - 1}/{len(body)}", "Content-Type": "application/zip"},
    )  # fmt: skip
    shown = line("files", KESTREL, str(RESULTS))
    assert shown.lines == ["a\u241b[31m.txt", "caf\u00e9.txt", "dos\u00fc.txt"]
    assert "1 name contains control characters" in shown.err
    exact = line("files", KESTREL, str(RESULTS), "--names", "-0").out
    assert exact == b"a\x1b[31m.txt\0caf\xc3\xa9.txt\0dos\x81.txt\0"
    rows = line("files", KESTREL, str(RESULTS), "--jsonl").rows
    assert [row["path_bytes"] for row in rows] == [None, None, base64.b64encode(b"dos\x81.txt").decode()]
    assert b"\x1b" not in line("files", KESTREL, str(RESULTS), "--long").out


def test_what_has_expired_or_does_not_exist_ends_with_three(line: Line) -> None:
    line.github.change(lists_expired=True)
    gone = line("files", KESTREL, str(EXPIRED))
    assert (gone.code, gone.err) == (
        3,
        f'artifact-tui: artifact {EXPIRED} has expired. Run "artifact-tui list --live" to see what you can still '
        "download.\n",
    )
    assert not any("/zip" in request for request in line.requests)
    assert line("files", KESTREL, "7").code == 3
    assert line("files", KESTREL, "no-such-name").code == 3
    assert line("files", KESTREL, "--run", str(WHEEL_RUN), "no-such-name").code == 3
    assert line("files", KESTREL, "-w", "release.yml", "--latest", "-p", "no-such-*").code == 3
    assert line("files", KESTREL, str(EXPIRED), "--json").error["kind"] == "expired"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "No artifact. Name it by its ID or its name."),
        ([str(LOGS), "--ids"], "unrecognized arguments: --ids"),
        ([str(LOGS), "--sort", "age"], "invalid choice: 'age'"),
        ([str(LOGS), "--tsv", "--fields", "sise"], "'sise' is not a field of files. Did you mean size?"),
    ],
)
def test_mistakes_of_files_send_nothing(line: Line, arguments: list[str], sentence: str) -> None:
    ran = line("files", KESTREL, *arguments)
    assert (ran.code, line.requests) == (2, [])
    assert sentence in ran.err


@pytest.mark.parametrize(
    ("match", "fault", "code", "kind"),
    [
        ("GET /repos/*/zip", {"status": 403, "body": '{"message": "You must have the actions scope"}'}, 4, "forbidden"),
        ("GET /repos/*/zip", {"status": 410, "body": '{"message": "Artifact has expired"}'}, 3, "expired"),
        ("GET /repos/*/zip", {"status": 429, "headers": {"Retry-After": "900"}, "body": "{}"}, 6, "rate_limited"),
        ("GET blob:*", {"broken": "reset"}, 5, "offline"),
        ("GET blob:*", {"cut_at": 100}, 5, "offline"),
        ("GET blob:*", {"status": 500, "body": "<html>"}, 5, "server_trouble"),
        ("GET blob:*", {"corrupt_at": 23_857 - 22}, 1, "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_fault_has_its_code_and_no_secret(
    line: Line, match: str, fault: dict[str, object], code: int, kind: str
) -> None:
    line.github.fault(match, **fault, times=99)
    ran = line("files", KESTREL, str(RESULTS), "--json", "--log-file", "-")
    assert (ran.code, ran.error["kind"], ran.out) == (code, kind, b"")
    assert DEMO_TOKEN not in ran.err
    assert "sig=" not in ran.err


def test_a_rate_limit_is_waited_for_if_that_is_allowed(line: Line) -> None:
    line.github.fault("GET /repos/*/zip", status=429, headers={"Retry-After": "900"}, body="{}", times=1)
    ran = line("files", KESTREL, str(RESULTS), "--rate-wait", "20m")
    assert (ran.code, line.timer.sleeps) == (0, [900])
    assert line("files", KESTREL, str(RESULTS), "--max-requests", "1").code == 6


def test_a_temporary_file_that_cannot_be_written_is_an_error_of_the_machine(
    line: Line, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    ran = line("files", KESTREL, str(TARBALL), "*.tar.gz!/**", "--json")
    assert (ran.code, ran.error["kind"]) == (10, "disk")


def test_a_server_that_sends_no_parts_says_so(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with line_at(tmp_path, capsysbinary, flavors.GHES_3_10) as line:
        ran = line("files", KESTREL, str(RESULTS), "--json")
    assert (ran.code, ran.error["kind"]) == (5, "refused")
    assert ran.error["next_step"] == f"Download it with artifact-tui get {RESULTS}."
    json.dumps(ran.error)
