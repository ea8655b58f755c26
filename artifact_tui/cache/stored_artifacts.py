"""The cache format of artifacts: columns, with each name and each workflow run stored once.

100,000 artifacts take about 7 MB. Arrays have the byte order of the machine.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, TypeVar

from msgspec import Struct, msgpack

from artifact_tui.domain.artifact_record import ArtifactRecord, Sharing, record_of
from artifact_tui.domain.models import Artifact, RunOfArtifact

Value = TypeVar("Value")
_DIGEST_SIZE: Final = 32
_NO_DIGEST: Final = bytes(_DIGEST_SIZE)
_LATEST: Final = 2**32


class _Columns(Struct, frozen=True):
    """The columns of artifacts, in the order of the list.

    ``name`` and ``run`` hold places in ``names`` and ``runs``, counted from 1. A time or place of 0 means none.
    ``expired`` follows from ``expires``. Artifacts that do not fit the columns are in ``others``, by position.
    """

    names: tuple[str, ...]
    runs: tuple[RunOfArtifact, ...]
    id: bytes
    size: bytes
    created: bytes
    updated: bytes
    expires: bytes
    name: bytes
    run: bytes
    sha256: bytes
    others: dict[int, ArtifactRecord]


def store(artifacts: Iterable[Artifact], now: datetime) -> bytes:
    """Return artifacts as bytes; raise OverflowError for a number beyond 64 bits, UnicodeEncodeError for surrogates."""
    seconds = now.timestamp()
    rows: list[Artifact] = []
    others: dict[int, ArtifactRecord] = {}
    for position, artifact in enumerate(artifacts):
        if _is_usual(artifact, seconds):
            rows.append(artifact)
        else:
            others[position] = record_of(artifact)
    names: dict[str, int] = {}
    runs: dict[RunOfArtifact, int] = {}
    columns = _Columns(
        id=array("Q", [row.id for row in rows]).tobytes(),
        size=array("Q", [row.size_in_bytes for row in rows]).tobytes(),
        created=_times(row.created for row in rows),
        updated=_times(row.updated for row in rows),
        expires=_times(row.expires for row in rows),
        name=_places((row.name for row in rows), names),
        run=_places((row.workflow_run for row in rows), runs),
        sha256=b"".join([row.sha256 or _NO_DIGEST for row in rows]),  # type: ignore[misc]  # usual digests are bytes
        names=tuple(names),
        runs=tuple(runs),
        others=others,
    )
    return msgpack.encode(columns)


def load(data: bytes, now: datetime) -> list[Artifact]:
    """Return artifacts, expired as of ``now``; raise ValueError or IndexError if the data is damaged."""
    stored = msgpack.decode(data, type=_Columns)
    usual, others = _usual(stored, now.timestamp()), Sharing()
    count = len(stored.id) // 8 + len(stored.others)
    if len(stored.sha256) % _DIGEST_SIZE or any(not 0 <= position < count for position in stored.others):
        raise ValueError("a part of a digest, or a position outside the list")
    found = [
        others.artifact(stored.others[position]).at(now) if position in stored.others else next(usual)
        for position in range(count)
    ]
    next(usual, None)  # raises an error if the columns differ in length
    return found


def _usual(stored: _Columns, seconds: float) -> Iterator[Artifact]:
    names, digests = ("", *stored.names), stored.sha256
    runs = (None, *stored.runs)
    long = (array("Q", column) for column in (stored.id, stored.size))
    short = (array("I", column) for column in (stored.created, stored.updated, stored.expires, stored.name, stored.run))
    starts = range(0, len(digests), _DIGEST_SIZE)
    for number, size, created, updated, expires, name, run, start in zip(*long, *short, starts, strict=True):
        first, digest = created or None, digests[start : start + _DIGEST_SIZE]
        yield Artifact(
            id=number,
            name=names[name],
            size_in_bytes=size,
            expired=0 < expires <= seconds,
            created=first,
            updated=first if updated == created else updated or None,
            expires=expires or None,
            sha256=None if digest == _NO_DIGEST else digest,
            workflow_run=runs[run],
        )


def _times(times: Iterable[float | None]) -> bytes:
    return array("I", [int(time or 0) for time in times]).tobytes()


def _places(values: Iterable[Value | None], known: dict[Value, int]) -> bytes:
    """Return the place of each value among the distinct values; 0 for empty and missing values."""
    return array("I", [known.setdefault(value, len(known) + 1) if value else 0 for value in values]).tobytes()


def _is_usual(artifact: Artifact, seconds: float) -> bool:
    expires, digest = artifact.expires, artifact.sha256
    return (
        _fits(artifact.created)
        and _fits(artifact.updated)
        and _fits(expires)
        and (digest is None or (isinstance(digest, bytes) and digest != _NO_DIGEST))
        and artifact.expired == (expires is not None and expires <= seconds)
    )


def _fits(time: float | None) -> bool:
    return time is None or (isinstance(time, int) and 0 < time < _LATEST)
