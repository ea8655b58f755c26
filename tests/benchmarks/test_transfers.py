"""The benchmark of downloads runs and prints its rows; what they say is for people to judge."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TINY = {"large": 300_000, "sparse": 400_000, "small": 1000, "files": 5, "capped": 200_000, "busy": 200_000}
FEW = {"presses": 6, "cancels": 2, "rounds": 1}


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
@pytest.mark.skipif(sys.platform != "linux", reason="the benchmark's server needs epoll and sendfile")
def test_the_benchmark_of_downloads_runs_with_tiny_sizes(tmp_path: Path) -> None:
    options = [f"--{name}={value}" for name, value in (TINY | FEW).items()]
    command = [sys.executable, "-m", "tests.benchmarks.transfers", "--directory", str(tmp_path), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    printed = done.stdout.splitlines()
    assert printed[0].split() == ["what", "ours", "against", "ratio", "goal"]
    for what in ("one file", "peak memory", "5 files", "10 MB/s", "key to screen", "cancel"):
        assert any(what in line for line in printed), done.stdout
    assert list(tmp_path.iterdir()) == []
