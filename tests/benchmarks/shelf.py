"""A directory of blobs, and the artifacts and runs that an API lists for them, shared by several processes.

Rows are kept as the JSON objects that GitHub sends, so that nothing here depends on how the program stores them.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from artifact_tui.domain.artifact_record import ArtifactRecord, artifact_of
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.github.decode import decode_listing

PLACE = RepositoryName("bench", "loopback")
RUN = 7
API = "https://api.invalid"
"""A placeholder in rows, which the server replaces with its address."""
KINDS = ("wheel", "coverage", "junit", "logs", "docs", "sdist", "image", "bench")
_SYSTEMS = ("linux-x86_64", "linux-aarch64", "macos-arm64", "windows-amd64")
_BRANCHES = ("main", "main", "main", "release/2.4", "feature/incremental-lists", "fix-ci", "dependabot/pip/urllib3-2.5")
_EACH_RUN = 20
_BLOCK = 1024 * 1024
_NEWEST = datetime(2026, 1, 1, tzinfo=UTC)

Row = dict[str, Any]


class Shelf:
    """Blobs and rows by the ids of their artifacts."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._rows: dict[int, Row] = {}
        self._files: dict[int, str] = {}
        self.repositories = 0
        """The number of repositories that list the artifacts, besides the first one."""

    @classmethod
    def open(cls, directory: Path) -> Shelf:
        """Return the shelf that another process saved."""
        shelf = cls(directory)
        rows, files, shelf.repositories = json.loads((directory / "shelf.json").read_bytes())
        shelf._rows, shelf._files = ({int(number): one for number, one in each.items()} for each in (rows, files))
        return shelf

    def save(self) -> None:
        """Write it for other processes to open."""
        (self.directory / "shelf.json").write_text(json.dumps([self._rows, self._files, self.repositories]))

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """All artifacts, in the order in which they were added."""
        body = json.dumps({"total_count": len(self._rows), "artifacts": list(self._rows.values())})
        return tuple(map(artifact_of, decode_listing(body.encode(), ArtifactRecord, "artifacts").items))

    def blob(self, number: int) -> Path:
        """Return the file with an artifact's bytes."""
        return self.directory / self._files[number]

    def put_noise(self, name: str, size: int, count: int = 1) -> tuple[Artifact, ...]:
        """Add random bytes; with ``count``, that many artifacts of the same bytes."""
        draw = random.Random(1)
        with (self.directory / name).open("wb") as target:
            for offset in range(0, size, _BLOCK):
                target.write(draw.randbytes(min(_BLOCK, size - offset)))
        return self._add(name, count)

    def put_zeros(self, name: str, size: int, count: int = 1) -> None:
        """Add a sparse file, which needs no space on the disk."""
        with (self.directory / name).open("wb") as target:
            target.truncate(size)
        self._add(name, count)

    def put(self, name: str, data: bytes) -> Artifact:
        """Add these bytes."""
        (self.directory / name).write_bytes(data)
        return self._add(name, 1)[0]

    def put_zips(self, name: str, size: int, count: int) -> None:
        """Add ``count`` artifacts of one zip, with one file of ``size`` random bytes."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(f"{name}.bin", random.Random(2).randbytes(size))
        (self.directory / name).write_bytes(packed.getvalue())
        self._add(name, count)

    def put_entries(self, name: str, size: int, count: int) -> None:
        """Add a zip of ``size`` bytes with a central directory of ``count`` entries, and only zeros before it."""
        listed = io.BytesIO()
        with zipfile.ZipFile(listed, "w") as archive:
            for number in range(count):
                archive.writestr(f"shard-{number % 80:02}/artifact-{number:05}.bin", b"")
        data, end = listed.getvalue(), listed.getbuffer().nbytes - 22
        start = int.from_bytes(data[end + 16 : end + 20], "little")
        shifted = (size - len(data) + start).to_bytes(4, "little")
        with (self.directory / name).open("wb") as target:
            target.seek(size - len(data) + start)
            target.write(data[start : end + 16] + shifted + data[end + 20 :])
        self._add(name, 1)

    def put_files(self, name: str, count: int, size: int, wanted: int) -> str:
        """Add a zip of ``count`` files of ``size`` random bytes; one in the middle has ``wanted``; return its name."""
        draw = random.Random(3)
        block = draw.randbytes(size)
        with zipfile.ZipFile(self.directory / name, "w") as archive:
            for number in range(count):
                data = draw.randbytes(wanted) if number == count // 2 else block
                archive.writestr(f"shard-{number % 80:02}/log-{number:05}.txt", data)
        self._add(name, 1)
        return f"shard-{count // 2 % 80:02}/log-{count // 2:05}.txt"

    def put_listed(self, count: int) -> None:
        """Add artifacts that are listed and never downloaded, of as many names, branches and runs as real ones."""
        draw = random.Random(7)
        (self.directory / "listed").write_bytes(b"")
        for number in range(len(self._rows) + 1, len(self._rows) + count + 1):
            name = f"{draw.choice(KINDS)}-{draw.choice(_SYSTEMS)}-py3{draw.randrange(9, 15)}-{number:06}"
            digest = hashlib.sha256(name.encode()).hexdigest()
            self._put_row("listed", name, draw.randrange(10**3, 10**9), digest, number, RUN + 1 + number // _EACH_RUN)

    def rows(self, run: int = 0) -> list[Row]:
        """Return the artifacts as GitHub lists them, the newest first; of one run, if given."""
        return [row for row in reversed(self._rows.values()) if not run or row["workflow_run"]["id"] == run]

    def runs(self) -> list[Row]:
        """Return the workflow runs of all artifacts, the newest first."""
        return [_run(number) for number in dict.fromkeys(row["workflow_run"]["id"] for row in self.rows())]

    def find(self, number: int) -> Row | None:
        """Return one artifact by its id."""
        return self._rows.get(number)

    def _add(self, file: str, count: int) -> tuple[Artifact, ...]:
        path = self.directory / file
        with path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        before = len(self._rows)
        for number in range(count):
            self._put_row(file, f"{file}-{number:04}", path.stat().st_size, digest, before + number + 1, RUN)
        return self.artifacts[before:]

    def _put_row(self, file: str, name: str, size: int, digest: str, number: int, run: int) -> None:
        created = _NEWEST + timedelta(seconds=37 * number)
        address = f"{API}/repos/{PLACE}/actions/artifacts/{number}"
        self._files[number] = file
        self._rows[number] = {
            "id": number,
            "node_id": f"MDg6QXJ0aWZhY3Q{number:08}",
            "name": name,
            "size_in_bytes": size,
            "url": address,
            "archive_download_url": f"{address}/zip",
            "expired": False,
            "digest": f"sha256:{digest}",
            "created_at": _written(created),
            "updated_at": _written(created),
            "expires_at": "2099-01-01T00:00:00Z",
            "workflow_run": {
                "id": run,
                "repository_id": 1,
                "head_repository_id": 1,
                "head_branch": _BRANCHES[run % len(_BRANCHES)],
                "head_sha": f"{run:040x}",
            },
        }


def repository(number: int) -> Row:
    """Return a repository of the owner, as lists describe it."""
    name = f"{PLACE.name}-{number:04}"
    pushed = _written(_NEWEST - timedelta(hours=number))
    return {"id": 1000 + number, "name": name, "full_name": f"{PLACE.owner}/{name}", "pushed_at": pushed}


def _run(number: int) -> Row:
    return {
        "id": number,
        "name": ("Build", "Tests", "Release")[number % 3],
        "display_title": f"Change {number} of the parser",
        "run_number": number,
        "run_attempt": 1,
        "event": "push",
        "status": "completed",
        "conclusion": "success" if number % 5 else "failure",
        "workflow_id": number % 3 + 1,
        "head_branch": _BRANCHES[number % len(_BRANCHES)],
        "head_sha": f"{number:040x}",
        "actor": {"login": "octocat", "id": 1},
        "created_at": _written(_NEWEST + timedelta(minutes=number)),
        "updated_at": _written(_NEWEST + timedelta(minutes=number + 5)),
        "run_started_at": _written(_NEWEST + timedelta(minutes=number)),
    }


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def pages(rows: list[Row], key: str, size: int) -> Iterator[bytes]:
    """Yield the pages of a listing, at least one."""
    for start in range(0, max(1, len(rows)), size):
        yield json.dumps({"total_count": len(rows), key: rows[start : start + size]}).encode()
