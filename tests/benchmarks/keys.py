"""Keys: the time, processor time and bytes until the screen is still again."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.downloads import PACKED, order
from tests.benchmarks.lists import many_rows
from tests.benchmarks.results import Figure, Goal, absolute, interleaved, ratio
from tests.benchmarks.servers import environment, serving
from tests.benchmarks.shelf import RUN, Shelf
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.terminal import Line, Terminal

SLOW = Line(64_000, 0.1)
DOWN, PAGE, CLEAR = "\x1b[B", "\x1b[6~", "\x15"
WORDS = ("12", "72", "50", "97")
"""Each letter finds fewer names than the one before, so that the count changes."""
_FEW = 1000
_RATE = 2 * 2**20  # bytes per second of each connection of a watched download
_STILL = 0.3  # longer than the pause after which the details follow the cursor
STOCK = """
from textual.app import App
from textual.widgets import DataTable
class Table(App):
    def compose(self):
        table = DataTable(cursor_type='row')
        table.add_columns('Name', 'Size', 'Age', 'Branch', 'Digest')
        for n in range(1000):
            table.add_row(f'wheel-{n*7919%99991}', f'{n*31%977} kB', f'{n%60} d', 'main', f'{n*7919:012x}')
        yield table
Table().run()
"""


def filter_key(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure seconds from a letter in the filter until the number of matches is painted, against fzf."""
    mine: list[float] = []
    theirs: list[float] = []
    with many_rows(work, program, sizes) as terminal:
        names = [row["name"] for row in Shelf.open(work).rows()]
        (work / "names").write_text("\n".join(names) + "\n")
        with Terminal(["sh", "-c", f"fzf -e --no-mouse < {work}/names"], environment(work), work) as fzf:
            fzf.until_shown(f"{len(names)}/{len(names)}")
            terminal.type("/")
            terminal.settle(1.0)
            for word in WORDS:
                mine += _filter(terminal, word, names, lambda count: f"{count:,} of {len(names):,} artifacts")
                theirs += _filter(fzf, word, names, lambda count: f" {count}/{len(names)}")
    return [ratio("time", mine, theirs, "fzf", Goal(1.0))]


def _filter(terminal: Terminal, word: str, names: Sequence[str], shown: Callable[[int], str]) -> list[float]:
    took = []
    for length in range(1, len(word) + 1):
        terminal.type(word[length - 1])
        took.append(terminal.until_shown(shown(sum(word[:length] in name for name in names))))
        terminal.settle(1.0, _STILL)
    terminal.type(CLEAR)
    terminal.settle(1.0)
    return took


def cursor_work(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure processor time of a cursor key until the screen is still, against Textual's own table."""
    with Terminal([sys.executable, "-c", STOCK], environment(work), work) as stock:
        stock.until_shown("wheel-0")
        stock.settle(1.0)
        theirs = _cpu(stock, DOWN, sizes.presses)
    against = f"{theirs:.1f} ms stock Textual table"
    with many_rows(work, program, sizes, _FEW) as terminal:
        artifacts = _cpu(terminal, "j", sizes.presses)
        terminal.type("2")
        terminal.until_shown("3 All artifacts")
        terminal.settle(1.0)
        runs = _cpu(terminal, "j", sizes.presses)
    return [
        absolute("artifacts", [artifacts], Goal(6, "ms"), against),
        absolute("runs", [runs], Goal(4, "ms"), against),
    ]


def cursor_bytes(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure bytes of a cursor key until the screen is still, on a slow line."""
    tree = work / "tree"
    for number in range(300):
        (tree / f"directory-{number:03}").mkdir(parents=True)
    (work / "rows").write_text("".join(f"{number:6} wheel-linux-{number * 7919}.whl\n" for number in range(1000)))
    others = {"less": (["less", str(work / "rows")], "j"), "mc": (["mc", "-d", str(tree), str(tree)], "\x1bOB")}
    against = []
    for name, (command, key) in others.items():
        with Terminal(command, environment(work), work, SLOW) as terminal:
            terminal.settle(3.0)
            against.append(f"{_bytes(terminal, key, sizes.moves):.0f} {name}")
    with many_rows(work, program, sizes, _FEW, SLOW) as terminal:
        artifacts = _bytes(terminal, "j", sizes.moves)
        terminal.type("2")
        terminal.until_shown("3 All artifacts")
        terminal.settle(3.0, 1.0)
        runs = _bytes(terminal, "j", sizes.moves)
    return [
        absolute("artifacts", [artifacts], Goal(110, "B"), ", ".join(against)),
        absolute("runs", [runs], Goal(110, "B"), ", ".join(against)),
    ]


def mark_work(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure processor time of Space in a long list, minus that in a short one, which repaints as much."""
    short, long = (Path(tempfile.mkdtemp(dir=work)) for _ in range(2))
    with many_rows(short, program, sizes, _FEW) as few, many_rows(long, program, sizes) as many:
        _cpu(many, " ", 1)
        found = interleaved(sizes.presses, few=lambda: _cpu(few, " ", 1), many=lambda: _cpu(many, " ", 1))
    in_few, in_many = (statistics.median(found[name]) for name in ("few", "many"))
    told = f"{in_many:.1f} ms, less {in_few:.1f} ms in {_FEW:,} rows"
    return [absolute("processor time", [in_many - in_few], Goal(2, "ms"), told)]


def page_and_progress(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure processor time of a page key, and bytes per second of four progress bars."""
    with many_rows(work, program, sizes, _FEW) as terminal:
        page = _cpu(terminal, PAGE, sizes.presses)
    with _downloading(work, program, sizes) as terminal:
        bytes_ = terminal.rest(sizes.watched) / sizes.watched
    return [
        absolute("page key, processor time", [page], Goal(12, "ms")),
        absolute("four progress bars", [bytes_], Goal(500, "B/s")),
    ]


@contextmanager
def _downloading(work: Path, program: Sequence[str], sizes: Sizes) -> Iterator[Terminal]:
    place = work / "downloads"
    place.mkdir()
    shelf = Shelf(place)
    shelf.put_zeros("zeros", 2**30, 4)
    with (
        serving(place, program, shelf, tls=False, rate=_RATE) as github,
        github.start(github.home(PACKED), "--run", str(RUN)) as terminal,
    ):
        order(terminal, "")
        terminal.type("\rw")
        terminal.until_shown("Transfers", " %")
        terminal.rest(min(8.0, sizes.watched))  # until the notification of the new downloads disappears
        yield terminal


def _cpu(terminal: Terminal, key: str, presses: int) -> float:
    """Return milliseconds of processor time of a key, the median of several."""
    took = []
    for _ in range(presses):
        before = terminal.cpu
        terminal.after(key, _STILL)
        took.append(terminal.cpu - before)
    return statistics.median(took)


def _bytes(terminal: Terminal, key: str, presses: int) -> float:
    """Return bytes of a key, the median of several."""
    return statistics.median(terminal.after(key, 1.0)[0] for _ in range(presses))
