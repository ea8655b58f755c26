"""A list that is refreshed all day does not fill the memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROWS, REFRESHES = 100_000, 5
MOST_ADDED = 10 * 1024
"""kB."""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc on this system")
def test_five_refreshes_of_a_long_list_take_less_than_ten_megabytes() -> None:
    """Counted from the first load on."""
    command = [sys.executable, "-m", "tests.ui.refreshing", str(ROWS), str(REFRESHES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    resident = [int(line) for line in done.stdout.split()]
    assert len(resident) == REFRESHES + 1
    assert resident[-1] - resident[0] < MOST_ADDED, resident
