"""The benchmarks measure what they say; people judge the figures, on an idle machine."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.__main__ import main
from tests.benchmarks.anchors import missing
from tests.benchmarks.blob_server import BlobServer
from tests.benchmarks.results import Figure, Goal, Result, as_json, ratio
from tests.benchmarks.rows import ROWS
from tests.benchmarks.servers import environment, serving
from tests.benchmarks.shelf import PLACE, Shelf
from tests.benchmarks.terminal import Terminal

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the benchmarks need Linux, for sendfile and clocks")
PROGRAM = Path(sys.executable).with_name("artifact-tui")


def test_a_goal_is_met_at_its_limit() -> None:
    assert [Goal(2.0).is_met_by(value) for value in (1.9, 2.0, 2.1)] == [True, True, False]
    assert [Goal(2.0, at_least=True).is_met_by(value) for value in (1.9, 2.0, 2.1)] == [False, True, True]


def test_a_ratio_compares_medians_and_says_both() -> None:
    figure = ratio("time", [1.0, 2.0, 9.0], [4.0, 4.0, 1.0], "curl", Goal(0.6))
    assert (figure.value, figure.verdict, figure.ours, figure.anchor) == (0.5, "met", "2.00 s", "4.00 s curl")
    faster = ratio("speed", [2.0], [1.0], "curl", Goal(1.0, at_least=True))
    assert (faster.value, faster.verdict) == (0.5, "missed")


def test_a_row_prints_measured_value_goal_and_verdict() -> None:
    result = Result(
        "14", "memory", [Figure("in RAM", 171.0, Goal(110, "MB"), anchor="no anchor"), Figure("told", 2, None)]
    )
    title, first, second = result.lines
    assert title == "14  memory"
    assert first.split() == ["in", "RAM", "171", "MB", "≤", "110", "MB", "missed", "no", "anchor"]
    assert second.split() == ["told", "2x"]
    assert Result("3", "download", reason="skipped, no aria2c").lines == [" 3  download: skipped, no aria2c"]


def test_the_results_are_written_as_json() -> None:
    result = Result("14", "memory", [Figure("in RAM", 99.0, Goal(110, "MB"))])
    (row,) = json.loads(as_json([result], "artifact-tui 1", {"curl": "8"}))["rows"]
    assert (row["row"], row["figures"][0]["goal"], row["figures"][0]["verdict"]) == ("14", "≤ 110 MB", "met")


def test_the_rows_are_numbered_as_the_goals_are() -> None:
    assert [row.name for row in ROWS] == [str(number) for number in range(1, 27)]


def test_a_row_whose_programs_are_not_installed_is_skipped_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing(["fzf"]) == ["fzf"]
    assert main(["--only", "11", "--tiny"]) == 0
    assert "11  filter key in 100,000 rows: skipped, not installed: fzf, openssl" in capsys.readouterr().out


def test_a_list_has_pages_links_and_answers_that_are_not_modified(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put_listed(5)
    with BlobServer(shelf) as server:
        address = f"{server.api}/repos/{PLACE}/actions/artifacts?per_page=2&page=2"
        body, headers = got(address)
        assert (body["total_count"], [row["id"] for row in body["artifacts"]]) == (5, [3, 2])
        assert 'page=3>; rel="next"' in headers["Link"]
        assert body["artifacts"][0]["url"].startswith(server.api)
        with pytest.raises(urllib.error.HTTPError, match="304"):
            got(address, **{"If-None-Match": headers["ETag"]})


@on_linux
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_bytes_arrive_unchanged_over_a_link_and_tls(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put_noise("noise", 300_000)
    with serving(tmp_path, [], shelf, round_trip=0.001, rate=2**30) as github:
        command = ["curl", "-sSf", "--cacert", str(tmp_path / "certificate.pem"), github.blob.format(1)]
        received = subprocess.run(command, check=True, capture_output=True).stdout
    assert received == random.Random(1).randbytes(300_000)


@on_linux
def test_a_program_is_in_the_foreground_of_its_terminal_as_after_a_login(tmp_path: Path) -> None:
    asks = "import os, time; print('in front:', os.tcgetpgrp(0) == os.getpgrp(), flush=True); time.sleep(60)"
    with Terminal([sys.executable, "-I", "-S", "-c", asks], environment(tmp_path), tmp_path) as terminal:
        terminal.until_shown("in front: True")


def got(address: str, **headers: str) -> tuple[dict[str, Any], Any]:
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        return json.load(answer), answer.headers


@on_linux
@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_a_row_measures_the_program_in_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "results.json"
    assert main(["--only", "2", "--tiny", "--json", str(file), "--directory", str(tmp_path)]) == 0
    (row,) = json.loads(file.read_text())["rows"]
    assert row["figures"][0]["verdict"] in {"met", "missed"}
    assert "2  download without TLS" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == [file]


@on_linux
@pytest.mark.slow
@pytest.mark.parametrize("row", [row.name for row in ROWS])
def test_every_row_runs_with_tiny_sizes(row: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", row, "--tiny"]) == 0
    assert "failed" not in capsys.readouterr().out
