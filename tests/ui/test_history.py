"""The history of downloads and deletions on a screen."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from artifact_tui.clock import Clock
from artifact_tui.demo.fixed_clock import DEMO_NOW
from tests.ui.program import RECORDER, Program, says


async def test_ages_are_those_of_the_clock_that_dated_the_entries(tmp_path: Path) -> None:
    """The demo's screens have a clock that stands still; ages stay on a narrow screen, also if all are the same."""
    ended = (DEMO_NOW + timedelta(days=2)).isoformat()
    lines = [{"time": ended, "name": f"wheel-{'x' * 70}-{number}", "result": "verified"} for number in range(2)]
    (tmp_path / "downloads.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    clock = Clock(now=lambda: DEMO_NOW + timedelta(days=2, hours=3))
    program = Program(RECORDER, journal=tmp_path / "transfers.sqlite", engine_clock=clock)
    async with program.running("L") as pilot:
        await says(pilot, "2 entries", "Age Result Name", "3 h ✓ verified wheel-x")
