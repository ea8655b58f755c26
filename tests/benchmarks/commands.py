"""Line mode: startup, lists, downloads, one file of an archive, and verification."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.lists import ROUND_TRIP
from tests.benchmarks.results import Figure, Goal, absolute, interleaved, ratio
from tests.benchmarks.servers import LocalGitHub, Spent, serving, spent
from tests.benchmarks.shelf import PLACE, RUN, Shelf
from tests.benchmarks.sizes import Sizes

_ARTIFACTS = f"/repos/{PLACE}/actions/artifacts?per_page=100"
_CAP = 10 * 2**20  # bytes per second of each connection
_WANTED = 100_000  # bytes
_NOTHING = "python -c pass"
_AS_ROWS = ("--all", "--jsonl")


class _Commands(NamedTuple):
    """The program and the others, on one server and in one home directory."""

    github: LocalGitHub
    home: Path

    def ours(self, *words: str) -> Spent:
        return self.github.line(self.home, *words)

    def pages(self, *options: str) -> Spent:
        return self.github.run("gh", "api", *options, _ARTIFACTS)

    def download_by_gh(self, *options: str) -> Spent:
        target = self.home / "gh"
        place = f"{self.github.host}/{PLACE}"
        took = self.github.run("gh", "run", "download", str(RUN), "-R", place, "-D", str(target), *options)
        shutil.rmtree(target)
        return took

    def digest(self, file: Path) -> Spent:
        return self.github.run("openssl", "dgst", "-sha256", str(file))


@contextmanager
def _serving(
    work: Path, program: Sequence[str], shelf: Shelf, round_trip: float = 0.0, rate: int = 0
) -> Iterator[_Commands]:
    with serving(work, program, shelf, round_trip=round_trip, rate=rate) as github:
        yield _Commands(github, github.home())


def startup(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure processor time of commands that send no request."""
    shelf = Shelf(work)
    shelf.put_listed(1)
    with _serving(work, program, shelf) as commands:
        github, environ = commands.github, commands.github.environ | {"HOME": str(commands.home)}
        words = {"help": "--help", "of_command": "get --help", "usage": "list --sizes", "spec": "--spec"}
        steps = {name: _cpu_of([*program, *line.split()], environ, work) for name, line in words.items()}
        nothing = _cpu_of([sys.executable, "-c", "pass"], github.environ, work)
        found = interleaved(7, nothing=nothing, **steps)
    return [
        ratio("--help", found["help"], found["nothing"], _NOTHING, Goal(2.0)),
        ratio("get --help", found["of_command"], found["nothing"], _NOTHING, Goal(2.0)),
        ratio("usage error", found["usage"], found["nothing"], _NOTHING, Goal(2.6)),
        ratio("--spec", found["spec"], found["nothing"], _NOTHING, Goal(2.5)),
    ]


def _cpu_of(command: Sequence[str], environ: dict[str, str], work: Path) -> Callable[[], float]:
    return lambda: spent(command, environ, work, {0, 2}).cpu


def listing(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure one page and all pages against ``gh api``, and the first row of a list that is still loading."""
    shelf = Shelf(work)
    shelf.put_listed(sizes.listed)
    with _serving(work, program, shelf, ROUND_TRIP) as commands:
        page, theirs, all_rows, all_theirs, first = [], [], [], [], []
        for _ in range(sizes.rounds):
            page.append(commands.ours("list", "--limit", "100"))
            theirs.append(commands.pages())
            first.append(_first_row(commands))
        for _ in range(sizes.few):
            all_rows.append(commands.ours("list", *_AS_ROWS).wall)
            all_theirs.append(commands.pages("--paginate").wall)
    walls = [each.wall for each in page]
    return [
        ratio("--limit 100", walls, [each.wall for each in theirs], "gh api", Goal(1.6)),
        absolute("--limit 100, processor time", [each.cpu for each in page], Goal(0.2, "s")),
        ratio("--all", all_rows, all_theirs, "gh api --paginate", Goal(0.12)),
        ratio("first row of --all --jsonl", first, walls, "list --limit 100", Goal(1.1)),
    ]


def _first_row(commands: _Commands) -> float:
    start = time.perf_counter()
    with commands.github.open_line(commands.home, "list", *_AS_ROWS) as process:
        assert process.stdout
        assert process.stdout.readline()
        took = time.perf_counter() - start
        process.kill()
    return took


def get(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure small artifacts of a run over a link with latency and a cap, against ``gh run download``."""
    shelf = Shelf(work)
    shelf.put_zips("small", sizes.small, sizes.files)
    with _serving(work, program, shelf, ROUND_TRIP, _CAP) as commands:
        mine, theirs = [], []
        for number in range(sizes.few):
            theirs.append(commands.download_by_gh())
            mine.append(commands.ours("get", "--run", str(RUN), "-D", f"out-{number}"))
    gh = "gh run download"
    return [
        ratio("time", [each.wall for each in mine], [each.wall for each in theirs], gh, Goal(0.2)),
        ratio("processor time", [each.cpu for each in mine], [each.cpu for each in theirs], gh, Goal(1.2)),
    ]


def get_large(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure one large artifact against curl and openssl, the same again, and its verification."""
    shelf = Shelf(work)
    shelf.put_noise("large", sizes.large)
    with _serving(work, program, shelf) as commands:
        mine, theirs, digests, verified = [], [], [], []
        for _ in range(sizes.few):
            file = commands.home / "curl.zip"
            curl = commands.github.run("curl", "-sSf", "-o", str(file), commands.github.blob.format(1))
            digests.append(commands.digest(file).wall)
            theirs.append(curl.wall + digests[-1])
            file.unlink()
            mine.append(commands.ours("get", "--run", str(RUN), "--zip", "-D", "out").wall)
            before, bytes_before = commands.github.asked(), commands.github.sent()
            commands.ours("get", "--run", str(RUN), "--zip", "-D", "out")
            again = len(commands.github.asked()) - len(before)
            more = commands.github.sent() - bytes_before
            verified.append(commands.ours("verify", "out").wall)
            shutil.rmtree(commands.home / "out")
    return [
        ratio("get of 1 GiB, verified", mine, theirs, "curl, openssl dgst", Goal(0.75)),
        absolute("the same again, requests", [again], Goal(1, "requests")),
        absolute("the same again, bytes of the archive", [more], Goal(0, "bytes")),
        ratio("verify", verified, digests, "openssl dgst", Goal(1.2)),
    ]


def cat(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure one file out of a large archive against ``gh run download`` of the archive."""
    shelf = Shelf(work)
    wanted = shelf.put_files("logs", sizes.entries, 2 * sizes.large // sizes.entries, _WANTED)
    with _serving(work, program, shelf) as commands:
        mine, theirs = [], []
        for _ in range(sizes.few):
            before, bytes_before = len(commands.github.asked()), commands.github.sent()
            mine.append(commands.ours("cat", "logs-0000", wanted, "--run", str(RUN)).wall)
            requests = len(commands.github.asked()) - before
            megabytes = (commands.github.sent() - bytes_before) / 1e6
            theirs.append(commands.download_by_gh().wall)
    return [
        ratio("100 kB out of 2 GiB", mine, theirs, "gh run download", Goal(1 / 40)),
        absolute("received of the archive", [megabytes], Goal(0.9, "MB")),
        absolute("requests to the API", [requests], Goal(3, "requests")),
    ]


def long_rows(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure the peak of memory while a very long list is printed."""
    shelf = Shelf(work)
    shelf.put_listed(sizes.longest)
    with _serving(work, program, shelf) as commands, commands.github.open_line(commands.home, "list", *_AS_ROWS) as run:
        assert run.stdout
        rows, peak = 0, 0.0
        for rows, _ in enumerate(run.stdout, 1):
            if rows % 1000 == 0 or rows == sizes.longest:
                peak = max(peak, _peak(run))
        assert (run.wait(), rows) == (0, sizes.longest)
    return [absolute("in RAM at most", [peak], Goal(120, "MB"), f"{rows:,} rows")]


def _peak(process: subprocess.Popen[bytes]) -> float:
    """Return the peak of resident memory in MB, 0 if the process has just ended."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) * 1024 / 1e6 if found else 0.0
