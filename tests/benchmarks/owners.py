"""All repositories of an owner: the time of a scan, its requests, its memory, and sums over its artifacts."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from artifact_tui.domain.models import Artifact, RunOfArtifact
from artifact_tui.storage.column_sums import grouped_columns
from artifact_tui.storage.columns import ArtifactColumns
from artifact_tui.storage.families import family
from tests.benchmarks.lists import ROUND_TRIP
from tests.benchmarks.results import Figure, Goal, absolute, ratio
from tests.benchmarks.servers import LocalGitHub, serving
from tests.benchmarks.shelf import PLACE, Shelf
from tests.benchmarks.sizes import Sizes

NOW = datetime(2026, 2, 1, tzinfo=UTC)
_ONE_BY_ONE = "one by one, one connection"
_SEQUENTIAL = """
import http.client, re, ssl, sys
host, owner, ca = sys.argv[1:]
connection = http.client.HTTPSConnection(host, context=ssl.create_default_context(cafile=ca))
def pages(path):
    while path:
        connection.request("GET", path)
        answer = connection.getresponse()
        yield answer.read()
        link = re.search(r'<https://[^/]+([^>]+)>; rel="next"', answer.headers.get("Link", ""))
        path = link and link[1]
names = []
for page in pages(f"/api/v3/orgs/{owner}/repos?per_page=100"):
    names += re.findall(rb'"full_name": "([^"]+)"', page)
for name in names:
    for page in pages(f"/api/v3/repos/{name.decode()}/actions/artifacts?per_page=100"):
        pass
"""

PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""It prints the peak of memory of another program in KiB; Linux counts what the starter held too, so it is small."""


def scan(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure a scan as on github.com against requests one after another, and the same again with nothing new."""
    first: list[float] = []
    again: list[float] = []
    shelf = _owner(work, sizes.repositories, sizes.of_each)
    with serving(work, program, shelf, round_trip=ROUND_TRIP) as github:
        for _ in range(sizes.few):
            for found, took in zip((first, again), _scans(github), strict=True):
                found.append(took)
        command = [sys.executable, "-c", _SEQUENTIAL, github.host, PLACE.owner, str(work / "certificate.pem")]
        theirs = [github.run(*command).wall]
        home = github.home()
        github.line(home, "usage", PLACE.owner, "--json")
        before = len(github.asked())
        repeated = github.line(home, "usage", PLACE.owner, "--json")
        requests = len(github.asked()) - before
    return [
        ratio("first scan", first, theirs, _ONE_BY_ONE, Goal(0.12)),
        ratio("nothing new", again, first, "first scan", Goal(0.35)),
        absolute("usage, nothing new, requests", [requests], Goal(sizes.repositories + _pages(sizes), "requests")),
        ratio("usage, Enterprise Server, again", [repeated.wall], theirs, _ONE_BY_ONE, None),
    ]


def _pages(sizes: Sizes) -> int:
    return -(-sizes.repositories // 100)


def _scans(github: LocalGitHub) -> list[float]:
    """Return the seconds of a scan, and of the same again, in a process of their own."""
    command = [sys.executable, "-m", "tests.benchmarks.owner_scan", github.api, PLACE.owner]
    done = subprocess.run(command, env=github.environ, capture_output=True, check=True)
    took: list[float] = json.loads(done.stdout)
    return took


def many_artifacts(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure the memory of a scan above that of one artifact, and the processor time of sums."""
    each = max(1, sizes.longest // sizes.repositories)
    few, many = (work / name for name in ("few", "many"))
    peaks: list[float] = []
    for directory, repositories, count in ((few, 1, 1), (many, sizes.repositories, each)):
        directory.mkdir()
        with serving(directory, program, _owner(directory, repositories, count)) as github:
            peaks.append(_peak(github, github.home()))
    return [absolute("memory above that of one artifact", [peaks[1] - peaks[0]], Goal(40, "MB")), *_sums(sizes.longest)]


def _owner(work: Path, repositories: int, artifacts: int) -> Shelf:
    shelf = Shelf(work)
    shelf.put_listed(artifacts)
    shelf.repositories = repositories
    return shelf


def _peak(github: LocalGitHub, home: Path) -> float:
    """Return the peak of memory of a scan in MB."""
    with github.open_line(home, "usage", PLACE.owner, "--json", through=(sys.executable, "-c", PEAK)) as process:
        assert process.stdout
        return int(process.stdout.read()) * 1024 / 1e6


def _sums(count: int) -> list[Figure]:
    """Measure families and sums in this process; the first one is not counted, because it fills the cache of names."""
    columns = ArtifactColumns(_artifacts(count))
    names = columns.texts[1:]
    family.cache_clear()
    families = _milliseconds(lambda: deque(map(family, names), maxlen=0))
    grouped_columns([columns], "family", NOW)  # which keeps the families
    figures = [absolute("families of different names, once", [families], Goal(700, "ms"))]
    for by in ("family", "branch", "run"):
        took = [_milliseconds(lambda by=by: grouped_columns([columns], by, NOW)) for _ in range(5)]  # type: ignore[misc]  # bound now
        figures.append(absolute(f"sums by {by}", took, Goal(100, "ms")))
    return figures


def _artifacts(count: int) -> Iterator[Artifact]:
    for number in range(count, 0, -1):
        run = RunOfArtifact(id=20_000_000_000 + number // 20, head_branch=f"topic-{number % 300}")
        created = 1_760_000_000 + 37 * number
        yield Artifact(
            id=number,
            name=f"logs-{number:06}-shard-{number % 7}",
            size_in_bytes=number * 997,
            created=created,
            expires=created + 90 * 86400,
            workflow_run=run,
        )


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start)
