"""The history of downloads and deletions on this machine, recorded when each ends."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta, Struct

from artifact_tui.redaction import redact
from artifact_tui.transfers.disk.json_lines import locked, object_of, tail_of, write_line
from artifact_tui.transfers.models import Kind, State, Transfer

MOST_BYTES: Final = 2_000_000  # of the history of downloads, about 5,000 of them; the older half is dropped beyond
MOST_READ: Final = 8_000_000  # the most bytes read from the end of each file


class HistoryEntry(Struct, frozen=True, kw_only=True):
    """One line of ``downloads.jsonl`` or ``deletions.jsonl``; ``path`` is the place of a saved download."""

    time: datetime
    name: str
    result: str
    host: str = ""
    repository: str = ""
    id: int = 0
    size: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 0
    digest: str | None = None
    problem: str = ""
    path: str = ""
    kind: Kind = Kind.DELETE


class History(NamedTuple):
    """Entries, newest first; the number of unreadable lines; and a sentence about an unreadable file."""

    entries: tuple[HistoryEntry, ...]
    damaged: int = 0
    problem: str = ""


@dataclass
class DownloadLog:
    """The log of ended downloads, for its owner only, with at most ``most`` bytes; one thread calls it.

    A line that cannot be written is lost, and ``problem`` says why. Without a path there is no log.
    """

    path: Path | None
    host: str
    now: Callable[[], datetime]
    most: int = MOST_BYTES
    problem: str = field(default="", init=False)

    def note(self, ended: Iterable[Transfer]) -> None:
        """Record downloads that are done or have failed; a retried one may end again."""
        for one in ended:
            self._append(one)

    def _append(self, one: Transfer) -> None:
        if self.path is None:
            return
        try:
            with locked(self.path) as file:
                write_line(file, self._line(one))
                if os.fstat(file).st_size > self.most:
                    _halve(self.path, self.most // 2)
        except OSError as error:
            self.problem = f"The history of downloads cannot be written: {os.strerror(error.errno or 0)}."

    def _line(self, one: Transfer) -> dict[str, object]:
        return {
            "time": self.now().astimezone(UTC).isoformat(timespec="milliseconds"),
            "host": self.host,
            "repository": str(one.repository),
            "id": one.artifact.id,
            "name": one.title,
            "size": one.received if one.inside else one.artifact.size_in_bytes,
            "digest": None if one.inside else one.artifact.digest,  # GitHub's digest is that of the whole artifact
            "result": _result(one),
            "problem": redact(one.problem),
            "path": str(one.path) if one.path else "",
        }


def _result(one: Transfer) -> str:
    if one.state is State.FAILED:
        return "failed"
    if one.verified:
        return "verified"
    return "checksum matches" if one.verified is None and one.inside else "not verified"


def _halve(path: Path, most: int) -> None:
    """Keep the newest lines; waiting writers notice that the file was replaced."""
    lines = tail_of(path, most)
    file, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(b"".join(line + b"\n" for line in lines))
            stream.flush()
            os.fsync(file)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def read_history(downloads: Path | None, deletions: Path | None) -> History:
    """Return the last entries of both files; blocks, and raises nothing."""
    entries: list[HistoryEntry] = []
    damaged, problems = 0, []
    for path, kind in ((downloads, Kind.DOWNLOAD), (deletions, Kind.DELETE)):
        try:
            lines = tail_of(path, MOST_READ) if path else []
        except OSError as error:
            problems.append(f"{path} cannot be read: {error.strerror or error}.")
            continue
        read = [_entry(line, kind) for line in lines]
        damaged += read.count(None)
        entries.extend(entry for entry in read if entry is not None)
    entries.sort(key=lambda entry: entry.time, reverse=True)
    return History(tuple(entries), damaged, " ".join(problems))


def _entry(line: bytes, kind: Kind) -> HistoryEntry | None:
    said = object_of(line)
    try:
        entry = msgspec.convert({**(said or {}), "kind": kind.value}, HistoryEntry)
        return msgspec.structs.replace(entry, time=entry.time.replace(tzinfo=entry.time.tzinfo or UTC).astimezone(UTC))
    except (msgspec.ValidationError, OverflowError, ValueError):
        return None
