"""Downloads compared with curl, aria2c and gh, from Enter in the dialog to the verified file under its final name."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.results import Figure, Goal, interleaved, ratio
from tests.benchmarks.servers import LocalGitHub, Spent, serving
from tests.benchmarks.shelf import PLACE, RUN, Shelf
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.terminal import Terminal

PACKED = "unpack = false\n"
_ROUND_TRIP = 0.1
_CAP = 10 * 2**20


def over_tls(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure one large file against curl alone, and against curl followed by ``openssl dgst``."""
    shelf = Shelf(work)
    shelf.put_noise("large", sizes.large)
    with serving(work, program, shelf) as github:
        mine, curl, digest = _rounds_of_curl(github, sizes.rounds, with_digest=True)
    both = [Spent(one.wall + other.wall, one.cpu + other.cpu) for one, other in zip(curl, digest, strict=True)]
    return [
        ratio("speed, 1 GiB", _wall(mine), _wall(curl), "curl", Goal(1.0, at_least=True)),
        ratio("processor time", _cpu(mine), _cpu(curl), "curl", Goal(1.6)),
        ratio("time", _wall(mine), _wall(both), "curl, openssl dgst", None),
        ratio("processor time", _cpu(mine), _cpu(both), "curl, openssl dgst", None),
    ]


def plain(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure the same without TLS; curl hashes nothing."""
    shelf = Shelf(work)
    shelf.put_noise("large", sizes.large)
    with serving(work, program, shelf, tls=False) as github:
        mine, curl, _ = _rounds_of_curl(github, sizes.rounds, with_digest=False)
    return [ratio("time, 1 GiB", _wall(mine), _wall(curl), "curl", Goal(1.2))]


def _rounds_of_curl(
    github: LocalGitHub, rounds: int, *, with_digest: bool
) -> tuple[list[Spent], list[Spent], list[Spent]]:
    mine, curl, digest = [], [], []
    for _ in range(rounds):
        file = github.work / "curl.zip"
        curl.append(github.run("curl", "-sSf", "-o", str(file), github.blob.format(1)))
        if with_digest:
            digest.append(github.run("openssl", "dgst", "-sha256", str(file)))
        file.unlink()
        mine.append(download(github, 1, PACKED))
    return mine, curl, digest


def capped(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure one file over a link that caps each connection, against aria2c with eight connections."""
    shelf = Shelf(work)
    shelf.put_noise("capped", sizes.capped)
    with serving(work, program, shelf, tls=False, rate=_CAP) as github:

        def aria2c() -> float:
            options = ["-x8", "-s8", "-k1M", "--file-allocation=none", "-o", "aria.zip"]
            wall = github.run("aria2c", "-q", *options, github.blob.format(1)).wall
            (work / "aria.zip").unlink()
            return wall

        found = interleaved(sizes.few, ours=lambda: download(github, 1, PACKED).wall, theirs=aria2c)
    goal = Goal(1.0, at_least=True)
    return [ratio("speed, 256 MiB", found["ours"], found["theirs"], "aria2c -x8", goal)]


def many_small(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure small artifacts of one run, unpacked, against ``gh run download``, with and without latency."""
    shelf = Shelf(work)
    shelf.put_zips("small", sizes.small, sizes.files)
    figures = []
    with serving(work, program, shelf) as github:
        mine, theirs = _rounds_of_gh(github, sizes)
        figures.append(ratio("time, no latency", _wall(mine), _wall(theirs), "gh run download", Goal(1.0)))
        figures.append(ratio("processor time", _cpu(mine), _cpu(theirs), "gh run download", Goal(1.2)))
    with serving(work, program, shelf, round_trip=_ROUND_TRIP) as github:
        mine, theirs = _rounds_of_gh(github, sizes)
        figures.append(ratio("time, round trip 100 ms", _wall(mine), _wall(theirs), "gh run download", Goal(0.2)))
    return figures


def _rounds_of_gh(github: LocalGitHub, sizes: Sizes) -> tuple[list[Spent], list[Spent]]:
    mine, theirs = [], []
    for _ in range(sizes.few):
        target = github.work / "gh"
        theirs.append(github.run("gh", "run", "download", str(RUN), "-R", f"{github.host}/{PLACE}", "-D", str(target)))
        shutil.rmtree(target)
        mine.append(download(github, sizes.files, ""))
    return mine, theirs


def download(github: LocalGitHub, count: int, settings: str) -> Spent:
    """Download all artifacts of the run; each has a receipt once it is verified and under its final name."""
    home = github.home(settings)
    with github.start(home, "--run", str(RUN)) as terminal:
        order(terminal, "")
        before = terminal.cpu
        terminal.type("\r")
        wall = terminal.until(lambda: len(list((home / "out").glob("*.artifact.json"))) == count, 0.002)
        terminal.settle(0.5)
        used = terminal.cpu - before
    shutil.rmtree(home)
    return Spent(wall, used / 1000)


def order(terminal: Terminal, words: str) -> None:
    """Mark all artifacts that match a filter, and open the download dialog."""
    terminal.until_shown("artifact", "d Download")
    if words:
        terminal.type(f"/{words}\r")
        terminal.until_shown(f"/ {words}", "d Download")
    terminal.type("a")
    terminal.until_shown(" marked")
    terminal.type("d")
    terminal.until_shown("into the directory")
    terminal.settle(1.0)


def _wall(several: Sequence[Spent]) -> list[float]:
    return [each.wall for each in several]


def _cpu(several: Sequence[Spent]) -> list[float]:
    return [each.cpu for each in several]
