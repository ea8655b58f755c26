"""What the benchmark of downloads measures; every section gives rows of its table."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from artifact_tui.domain.models import Artifact
from tests.benchmarks.key_latency import ROWS, Keyboard
from tests.benchmarks.programs import BlobServerProcess, Curl, fetch, moments_of_cancelling, seconds_of
from tests.benchmarks.shelf import Shelf

MIB = 2**20
_CANCELLED = 64 * MIB
_TURNS = 4


class Row(NamedTuple):
    """One line of the table."""

    what: str
    ours: str
    against: str = ""
    ratio: str = ""
    goal: str = ""


class Sizes(NamedTuple):
    """How much of everything; the numbers of the goals, unless the command line has others."""

    large: int
    sparse: int
    small: int
    files: int
    capped: int
    busy: int
    presses: int
    cancels: int
    rounds: int


Section = Callable[[Path, Sizes], list[Row]]


def one_large_file(work: Path, sizes: Sizes) -> list[Row]:
    """Against curl, and sha256sum after it; also with what the disk takes for curl's file."""
    shelf = Shelf(_made(work / "shelf"))
    (artifact,) = shelf.put_noise("large", sizes.large)
    shelf.save()
    ours, downloads, sums, syncs = [], [], [], []
    with BlobServerProcess(shelf) as server:
        for _ in range(sizes.rounds):
            with _emptied(work / "out") as out:
                downloads.append(Curl(server.api).fetch([artifact], out))
                (file,) = out.iterdir()
                sums.append(seconds_of("sha256sum", str(file)))
                syncs.append(seconds_of("sync", str(file)))
            with _emptied(work / "out") as out:
                ours.append(fetch(shelf, server.api, out, "large").seconds)
    mine = statistics.median(ours)
    plain = statistics.median(map(sum, zip(downloads, sums, strict=True)))
    synced = statistics.median(map(sum, zip(downloads, sums, syncs, strict=True)))
    what = f"one file of {_size(sizes.large)}, proven"
    return [
        Row(what, f"{mine:.2f} s", f"{plain:.2f} s curl; sha256sum", f"{plain / mine:.2f}", ">= 1.5"),
        Row("", "", f"{synced:.2f} s curl; sha256sum; sync", f"{synced / mine:.2f}"),
        Row("", "", f"{statistics.median(downloads):.2f} s curl alone", f"{statistics.median(downloads) / mine:.2f}"),
    ]


def memory(work: Path, sizes: Sizes) -> list[Row]:
    """The most memory of a process that downloads a file of zeros."""
    shelf = Shelf(_made(work / "shelf"))
    shelf.put_zeros("sparse", sizes.sparse)
    shelf.save()
    with BlobServerProcess(shelf) as server, _emptied(work / "out") as out:
        fetched = fetch(shelf, server.api, out, "sparse")
    what = f"peak memory, {_size(sizes.sparse)} of zeros"
    return [Row(what, f"{fetched.peak_memory / 1e6:.0f} MB", f"{fetched.seconds:.1f} s", "", "< 120 MB")]


def many_small_files(work: Path, sizes: Sizes) -> list[Row]:
    """Against curl: a process each, one process for all, and that with four at once."""
    shelf = Shelf(_made(work / "shelf"))
    artifacts = shelf.put_noise("small", sizes.small, sizes.files)
    shelf.save()
    rows = []
    with BlobServerProcess(shelf) as server:
        with _emptied(work / "out") as out:
            ours = fetch(shelf, server.api, out, "small").seconds
        curl = Curl(server.api)
        others: dict[str, Callable[[Sequence[Artifact], Path], float]] = {
            "curl, one each": curl.fetch_one_by_one,
            "one curl": curl.fetch,
            "curl -Z, 4": curl.fetch_parallel,
        }
        for name, fetching in others.items():
            with _emptied(work / "out") as out:
                taken = fetching(artifacts, out)
            rows.append(Row("", "", f"{taken:.2f} s {name}", f"{taken / ours:.2f}"))
    what = f"{sizes.files:,} files of {_size(sizes.small)}, proven"
    return [rows[0]._replace(what=what, ours=f"{ours:.2f} s"), *rows[1:]]


def capped_link(work: Path, sizes: Sizes) -> list[Row]:
    """Ranges in parallel against one stream, where each connection is capped and far away."""
    shelf = Shelf(_made(work / "shelf"))
    shelf.put_noise("capped", sizes.capped)
    shelf.save()
    taken = {}
    with BlobServerProcess(shelf, rate=10_000_000, round_trip=0.05) as server:
        for connections in (1, 8):
            with _emptied(work / "out") as out:
                taken[connections] = fetch(shelf, server.api, out, "capped", connections=connections).seconds
    what = f"{_size(sizes.capped)}, 10 MB/s a connection, 50 ms"
    ratio = f"{taken[1] / taken[8]:.2f}"
    return [Row(what, f"{taken[8]:.2f} s", f"{taken[1]:.2f} s one connection", ratio, ">= 3.5")]


def key_latency(work: Path, sizes: Sizes) -> list[Row]:
    """The cursor key of the list: with four downloads at full speed, and while the server holds them up, in turns.

    In turns, because what else the machine does changes from one second to the next.
    """
    shelf = Shelf(_made(work / "shelf"))
    shelf.put_noise("row", 1000, ROWS)
    busy = shelf.put_zeros("busy", sizes.busy, 4)
    shelf.save()
    idle, loaded, bytes_, seconds = [], [], 0, 0.0
    with BlobServerProcess(shelf) as server, Keyboard(server.api, _made(work / "home")) as keyboard:
        keyboard.until_shown(f"row-{ROWS - 1:04}")
        keyboard.only_rows()
        before = statistics.median(keyboard.press(sizes.presses // _TURNS))
        keyboard.download_all("busy")
        keyboard.only_rows()
        for _ in range(_TURNS):
            server.hold()
            keyboard.rest()
            idle += keyboard.press(sizes.presses // _TURNS)
            server.flow()
            start, sent = time.perf_counter(), sum(server.sent().values())
            loaded += keyboard.press(sizes.presses // _TURNS)
            bytes_ += sum(server.sent().values()) - sent
            seconds += time.perf_counter() - start
        ended = any(server.sent().get(each.id, 0) in {0, sizes.busy} for each in busy)
    quiet, under_load = statistics.median(idle), statistics.median(loaded)
    what = f"key to screen, median of {len(loaded)}"
    speed = "too short: use a larger --busy" if ended else f"4 downloads at {bytes_ / seconds / 1e6:.0f} MB/s"
    return [
        Row(what, f"{under_load:.1f} ms", f"{quiet:.1f} ms held up", f"{under_load / quiet:.2f}", "<= 2.5"),
        Row("", "", f"{before:.1f} ms before them", f"{under_load / before:.2f}"),
        Row("", "", speed),
    ]


def cancel(work: Path, sizes: Sizes) -> list[Row]:
    """From the order to cancel until the server sees the socket closed."""
    shelf = Shelf(_made(work / "shelf"))
    shelf.put_zeros("cancelled", _CANCELLED, sizes.cancels)
    shelf.save()
    with BlobServerProcess(shelf, rate=_CANCELLED) as server, _emptied(work / "out") as out:
        said = moments_of_cancelling(shelf, server.api, out, "cancelled")
        seen = server.closings(said)
    taken = [max(seen[number]) - moment for number, moment in said.items()]
    worst = f"{max(taken) * 1000:.1f} ms worst of {len(taken)}"
    return [
        Row("cancel until the socket is closed", f"{statistics.median(taken) * 1000:.1f} ms", worst, "", "< 200 ms")
    ]


SECTIONS: dict[str, Section] = {
    "large": one_large_file,
    "memory": memory,
    "small": many_small_files,
    "capped": capped_link,
    "keys": key_latency,
    "cancel": cancel,
}


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory


@contextmanager
def _emptied(directory: Path) -> Iterator[Path]:
    """A directory to download into, whose room is given back at once."""
    yield _made(directory)
    shutil.rmtree(directory)


def _size(length: int) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if length < 1024:
            return f"{length} {unit}"
        length //= 1024
    return f"{length} GiB" if length < 1024 * 1024 else "much"
