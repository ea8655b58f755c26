"""Starting and quitting the program, compared with a minimal Textual app and gh."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks.lists import ROUND_TRIP, open_all
from tests.benchmarks.results import Figure, Goal, absolute, interleaved, ratio
from tests.benchmarks.servers import LocalGitHub, serving
from tests.benchmarks.shelf import PLACE, RUN, Shelf
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.terminal import Terminal

MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("first frame")
    def on_key(self):
        self.query_one(Static).update("first key")
Minimal().run()
"""
_CURSOR = "▌"
_FIRST_ROW = 2  # below the title and the header


def first_sign(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure seconds until the terminal shows any of the stored first frame, against ``gh --version``."""
    with serving(work, program, _few_rows(work)) as github:
        home = _home_with_list(github)

        def ours() -> float:
            with github.start(home) as terminal:
                return terminal.until_text(str.strip)

        found = interleaved(2 * sizes.rounds, ours=ours, theirs=lambda: github.run("gh", "--version").wall)
    return [ratio("time", found["ours"], found["theirs"], "gh --version", Goal(0.4))]


def first_table(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure until a key, typed once there are rows, has moved the cursor: a stored frame alone does not count."""
    with serving(work, program, _few_rows(work)) as github:
        home, demo = _home_with_list(github), github.home()
        found = interleaved(
            2 * sizes.rounds,
            demo=lambda: _until_live(lambda: github.demo(demo)),
            stored=lambda: _until_live(lambda: github.start(home)),
            minimal=lambda: _minimal(github),
        )
    name = "minimal Textual app"
    return [
        ratio("demo", found["demo"], found["minimal"], name, Goal(1.3)),
        ratio("stored list", found["stored"], found["minimal"], name, Goal(1.15)),
    ]


def first_rows(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure from the start to the first rows, of a server without a cached list and of a run with one."""
    shelf = _few_rows(work)
    run = str(RUN + 2)
    with serving(work, program, shelf, round_trip=ROUND_TRIP) as github:
        home = _home_with_list(github, "--run", run)

        def cold() -> float:
            with github.start(github.home()) as terminal:
                return terminal.until_shown("✓ success")

        found = interleaved(
            sizes.rounds,
            cold=cold,
            warm=lambda: _until_live(lambda: github.start(home, "--run", run)),
            gh=lambda: github.run("gh", "api", f"/repos/{PLACE}/actions/runs?per_page=100").wall,
            minimal=lambda: _minimal(github),
        )
    return [
        ratio("runs, cold", found["cold"], found["gh"], "gh api", Goal(2.2)),
        ratio("--run, warm: live as a stored list", found["warm"], found["minimal"], "minimal Textual app", Goal(1.15)),
        ratio("--run, warm", found["warm"], found["gh"], "gh api", None),
    ]


def leave(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure from the key to the restored screen, and to the end of the process."""
    shelf = Shelf(work)
    shelf.put_listed(sizes.many)
    back, gone = [], []
    with serving(work, program, shelf) as github:
        for _ in range(sizes.few):
            with github.start(github.home()) as terminal:
                open_all(terminal, sizes.many)
                terminal.settle(1.0)
                terminal.type("q")
                terminal.until(lambda: b"\x1b[?1049l" in terminal.written)
                back.append((terminal.last - terminal.typed) * 1000)
                gone.append(terminal.until_ended() * 1000)
    return [
        absolute("screen restored", back, Goal(20, "ms"), f"worst {max(back):.0f} ms"),
        absolute("process ended", gone, Goal(40, "ms"), f"worst {max(gone):.0f} ms"),
    ]


def _few_rows(work: Path) -> Shelf:
    shelf = Shelf(work)
    shelf.put_listed(100)
    return shelf


def _home_with_list(github: LocalGitHub, *options: str) -> Path:
    """Return a home directory in which the program has shown the same list and ended."""
    home = github.home()
    with github.start(home, *options) as terminal:
        terminal.until_text(_has_rows)
        terminal.settle(2.0)
        terminal.type("q")
        terminal.until_ended()
    return home


def _has_rows(screen: str) -> bool:
    return screen.splitlines()[_FIRST_ROW].startswith(_CURSOR)


def _until_live(start: Callable[[], Terminal]) -> float:
    with start() as terminal:
        started = terminal.typed
        terminal.until_text(_has_rows)
        terminal.type("j")
        terminal.until_text(lambda screen: screen.splitlines()[_FIRST_ROW + 1].startswith(_CURSOR))
        return terminal.last - started


def _minimal(github: LocalGitHub) -> float:
    with github.other([sys.executable, "-c", MINIMAL]) as terminal:
        started = terminal.typed
        terminal.until_shown("first frame")
        terminal.type("j")
        terminal.until_shown("first key")
        return terminal.last - started
