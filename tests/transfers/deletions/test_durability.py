"""What is written down is on the disk before the next request: in the order in which the system was asked."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from artifact_tui.transfers.deletions.models import DeletePlan
from tests.double.loopback import Loopback
from tests.faults.kill_tracer import why_not
from tests.transfers.deletions.driver import write_plan
from tests.transfers.deletions.recording_server import KESTREL, RecordingServer
from tests.transfers.deletions.test_kills import ROOT

DELETES = 3
CALLS = (
    ("journal", re.compile(r"fdatasync\(.*transfers\.sqlite-wal>\)\s+= 0")),
    ("log", re.compile(r"fsync\(.*deletions\.jsonl>\)\s+= 0")),
    ("look", re.compile(r'sendto\(.*"GET /repos/.*/actions/artifacts/')),
    ("delete", re.compile(r'sendto\(.*"DELETE /repos/')),
)


def called(line: str) -> str:
    """What a line of the trace is about; empty for all else."""
    return next((name for name, call in CALLS if call.search(line)), "")


@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_d17_plan_start_and_result_are_on_the_disk_before_the_next_request(tmp_path: Path) -> None:
    """The plan before the first look; the start before each delete; the result, in log and journal, before the next."""
    server = RecordingServer()
    write_plan(tmp_path, DeletePlan.of(KESTREL, server.put(DELETES)))
    trace = tmp_path / "trace"
    tracing = ["strace", "-f", "-y", "-s", "80", "-e", "trace=fsync,fdatasync,sendto", "-o", str(trace)]
    with Loopback(server) as loopback:
        driver = [sys.executable, "-m", "tests.transfers.deletions.driver", str(tmp_path), loopback.api]
        subprocess.run([*tracing, *driver], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=120)
    calls = [name for name in map(called, trace.read_text().splitlines()) if name]
    first = calls.index("look")
    assert calls[first - 1] == "journal"
    told = calls[first : first + DELETES * 5]
    assert told == ["look", "journal", "delete", "log", "journal"] * DELETES
    assert "delete" not in calls[first + DELETES * 5 :]
