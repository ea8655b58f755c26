"""Lists: the time to load, the requests of a refresh, and the memory of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.results import Figure, Goal, absolute, interleaved, ratio
from tests.benchmarks.servers import LocalGitHub, serving
from tests.benchmarks.shelf import PLACE, Shelf
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.terminal import DIRECT, Line, Terminal

ROUND_TRIP = 0.1
_QUIET = 1.5  # seconds without a request or a byte after which a refresh has ended


def long_list(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure from the key that opens the list to its last row, against gh, which prints the same pages."""
    shelf = Shelf(work)
    shelf.put_listed(sizes.listed)
    with serving(work, program, shelf, round_trip=ROUND_TRIP) as github:

        def ours() -> float:
            with github.start(github.home()) as terminal:
                return open_all(terminal, sizes.listed)

        def theirs() -> float:
            return github.run("gh", "api", "--paginate", f"/repos/{PLACE}/actions/artifacts?per_page=100").wall

        found = interleaved(sizes.few, ours=ours, theirs=theirs)
    return [ratio("time until complete", found["ours"], found["theirs"], "gh api --paginate", Goal(0.13))]


def refresh(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Count the requests of a refresh, with nothing new and with one new artifact."""
    shelf = Shelf(work)
    shelf.put_listed(sizes.listed)
    with serving(work, program, shelf) as github, github.start(github.home()) as terminal:
        open_all(terminal, sizes.listed)
        unchanged = _requests(github, terminal)
        github.publish()
        one_new = _requests(github, terminal)
        terminal.until_shown(f"{sizes.listed + 1:,} artifacts")
    return [
        absolute("nothing new", [unchanged], Goal(1, "requests")),
        absolute("one new artifact", [one_new], Goal(2, "requests")),
    ]


def _requests(github: LocalGitHub, terminal: Terminal) -> int:
    terminal.settle(_QUIET, _QUIET)
    before = len(github.asked())
    terminal.type("r")
    terminal.settle(2 * _QUIET, _QUIET)
    return len(github.asked()) - before


def memory(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure memory after one filter was typed and cleared."""
    with many_rows(work, program, sizes) as terminal:
        terminal.type("/12")
        terminal.until_shown(f" of {sizes.many:,} artifacts")
        terminal.type("\x1b")
        terminal.until_shown(f" {sizes.many:,} artifacts")
        terminal.settle(1.0)
        peak = f"at most {terminal.memory('VmHWM'):.0f} MB so far"
        return [absolute("in RAM", [terminal.memory()], Goal(110, "MB"), peak)]


@contextmanager
def many_rows(
    work: Path, program: Sequence[str], sizes: Sizes, count: int = 0, line: Line = DIRECT
) -> Iterator[Terminal]:
    """Show the list of all artifacts, completely loaded."""
    shelf = Shelf(work)
    shelf.put_listed(count or sizes.many)
    with serving(work, program, shelf) as github, github.start(github.home(), line=line) as terminal:
        open_all(terminal, count or sizes.many)
        terminal.settle(1.0)
        yield terminal


def open_all(terminal: Terminal, count: int) -> float:
    """Open the list of all artifacts; return seconds until it is complete."""
    terminal.until_shown("3 All artifacts", "✓ success")
    terminal.settle(1.0)
    terminal.type("3")
    return terminal.until_text(lambda screen: _is_complete(screen.splitlines()[0], count))


def _is_complete(title: str, count: int) -> bool:
    return f" {count:,} artifacts" in title and not any(word in title for word in ("loading", " of ", "…"))
