"""Take the screenshots of the README from the demo: ``python -m screenshots.take`` from the repository's root.

The demo is seeded and its clock stands still, so the files change only when the program's looks do; a test compares
them.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from pathlib import Path

from tests.ui.program import KESTREL, Program, open_with_keys
from tests.ui.retention import ask, press_calmly
from tests.ui.transfer_states import SNAPSHOTS

HERE = Path(__file__).parent
SHOTS: dict[str, tuple[tuple[int, int], str, tuple[str, ...]]] = {
    "artifacts": ((120, 36), KESTREL, ("3", "s", "g", "space", "space", "space")),
    "owner": ((100, 30), "", ("4",)),
    "runs": ((100, 28), KESTREL, ()),
    "repositories": ((100, 20), "", ()),
    "filter": (
        (100, 28),
        KESTREL,
        ("3", "slash", *"wheel", "space", *"expires", "greater_than_sign", *"60d", "enter", "a"),
    ),
    "contents": ((100, 20), KESTREL, ("3", "slash", *"logs-ubuntu", "enter", "enter")),
    "preview": (
        (100, 24),
        KESTREL,
        ("3", "slash", *"logs-ubuntu", "enter", "enter", "slash", *"02/pytest", "enter", "j", "p", "e", "z"),
    ),
    "review": ((110, 30), KESTREL, ("3", "slash", *"age", "less_than_sign", *"9d", "enter", "a", "D", "j", "enter")),
    "delete": ((100, 28), KESTREL, ("3", "s", "g", "space", "space", "D", "D")),
    "retention": ((100, 28), KESTREL, ("4",)),
    "transfers": ((120, 30), KESTREL, ("w",)),
    "help": ((100, 36), KESTREL, ("question_mark",)),
    "storage": ((100, 28), KESTREL, ("4", "j", "space")),
    "light": ((100, 28), KESTREL, ("3", "T")),
}


async def take(name: str) -> str:
    """One screenshot as SVG text."""
    size, start, keys = SHOTS[name]
    program = Program(start)
    async with program.app.run_test(size=size) as pilot:
        await open_with_keys(pilot, *keys)
        if name == "retention":  # its keys count only with pauses between them
            await ask(pilot, program)
            await press_calmly(pilot, program, "7")
        if name == "transfers":  # rates are never the same twice, so these are values
            program.app.transfers = SNAPSHOTS
            await open_with_keys(pilot, "j", "j", "j")
        return _stable(program.app.export_screenshot(title="artifact-tui"))


def _stable(svg: str) -> str:
    """Textual gives each drawing ids of its own; the same for all keeps the files comparable."""
    return re.sub(r"terminal-\d+", "terminal", svg)


async def main() -> None:
    """Write all of them."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    for name in SHOTS:
        (HERE / f"{name}.svg").write_text(await take(name), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
