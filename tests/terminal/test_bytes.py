"""What a key costs on the line, at 80x24 in 24-bit color; delays are measured by ``tests.benchmarks.wire``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.pty_program import PROGRAM, Terminal, environment

KESTREL = "fernwood-labs/kestrel"
LISTS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "repositories": ((), {}),
    "runs": ((KESTREL,), {}),
    "artifacts": ((KESTREL,), {"3": "706 artifacts", "i": "bench-m3"}),
    "storage": ((KESTREL,), {"4": "706 artifacts"}),
}
"""Arguments, and keys with what they show; the details of artifacts are folded, they cost their own bytes."""
KEY, FIRST_SCREEN, DETAILS = 250, 4000, 260


def cursor_line(terminal: Terminal) -> int:
    """Where the sign of the cursor is."""
    return next((number for number, line in enumerate(terminal.text.split("\n")) if line.startswith("▌")), -1)


def until_still(terminal: Terminal) -> None:
    """Until nothing more comes of what was done before, as from an answer of the server."""
    before = -1
    while before != len(terminal.output):
        before = len(terminal.output)
        terminal.look(1.0)


def bytes_of(terminal: Terminal, key: str, line: int) -> int:
    """All that comes of a key that takes the cursor to that line of the screen."""
    before = len(terminal.output)
    terminal.type(key)
    terminal.until(lambda: cursor_line(terminal) == line, f"the cursor on line {line}")
    terminal.look(0.3)
    return len(terminal.output) - before


def look_at(name: str, home: Path) -> tuple[int, list[int], int]:
    """The bytes of the first screen of a list, of each of some cursor keys, and of a second without any."""
    arguments, keys = LISTS[name]
    with Terminal((*PROGRAM, "--demo", *arguments), environment(home, COLORTERM="truecolor"), home) as terminal:
        terminal.until_shown("mira-holm ·")
        until_still(terminal)
        first = len(terminal.output)
        for key, shown in keys.items():
            terminal.type(key)
            terminal.until_shown(shown)
        until_still(terminal)
        top = cursor_line(terminal)
        costs = [bytes_of(terminal, "j", top + step) for step in range(1, 9)]
        costs += [bytes_of(terminal, "k", top + step) for step in range(7, 3, -1)]
        before = len(terminal.output)
        terminal.look(1.0)
        return first, costs, len(terminal.output) - before


def test_a_cursor_key_costs_little(tmp_path: Path) -> None:
    """As the first screen does; standing still costs nothing. The lists are looked at side by side."""
    homes = {name: tmp_path / name for name in LISTS}
    for home in homes.values():
        home.mkdir()
    with ThreadPoolExecutor() as pool:
        for name, (first, costs, still) in zip(LISTS, pool.map(look_at, LISTS, homes.values()), strict=True):
            assert first <= FIRST_SCREEN, name
            assert max(costs) <= KEY, (name, costs)
            assert still == 0, name


def test_details_follow_a_cursor_at_rest(tmp_path: Path) -> None:
    """Not each key of many: what they cost comes once."""
    environ = environment(tmp_path, COLORTERM="truecolor")
    with Terminal((*PROGRAM, "--demo", KESTREL), environ, tmp_path) as terminal:
        terminal.until_shown("mira-holm ·")
        terminal.type("3")
        terminal.until_shown("706 artifacts", "Details")
        until_still(terminal)
        top = cursor_line(terminal)
        before = len(terminal.output)
        terminal.type("jjjj")
        terminal.until(lambda: cursor_line(terminal) == top + 4, "the cursor four lines down")
        name = next(line for line in terminal.text.split("\n") if line.startswith("▌")).split()[1]
        terminal.until_shown(f" Name        {name}")
        until_still(terminal)
        assert len(terminal.output) - before <= 4 * KEY + DETAILS
