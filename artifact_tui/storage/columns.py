"""The artifacts of one repository as columns: a scan of many repositories holds them in memory and on disk.

An artifact takes 40 bytes, and 32 more with its digest, instead of about 600. Arrays have the machine's byte order.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import compress
from typing import Final, NamedTuple

from msgspec import DecodeError, Raw, Struct, msgpack

from artifact_tui.domain.models import Artifact, RunOfArtifact

_DIGEST_SIZE: Final = 32
_NO_DIGEST: Final = bytes(_DIGEST_SIZE)
_LATEST: Final = 2**32 - 1
_LEVEL: Final = 1
"""Of zlib: higher ones take three times as long and save a tenth."""
_LONG, _SHORT = ("id", "size", "run"), ("created", "expires", "name", "branch")


class _Stored(Struct, frozen=True):
    """The columns on disk; ``texts`` are in UTF-8, lone surrogates included."""

    texts: tuple[bytes, ...]
    id: bytes
    size: bytes
    run: bytes
    created: bytes
    expires: bytes
    name: bytes
    branch: bytes
    ended: tuple[int, ...]
    sha256: bytes


class NameFamilies(NamedTuple):
    """The families of names: the place of the family for the place of each text, their keys, and single names.

    ``only`` holds the only name of each family, None if it has several.
    """

    places: array[int]
    keys: list[str]
    only: list[str | None]


class ArtifactColumns:
    """The artifacts of a repository, newest first, without what storage does not need.

    ``name`` and ``branch`` are places in ``texts``; place 0 is the empty text, also for no branch. Times are whole
    seconds since the epoch from 1 to 2^32 - 1, 0 for none; a run of 0 means none. ``ended`` holds the positions of
    artifacts that the server reports as expired. With ``has_digests``, SHA-256 digests are kept.
    """

    def __init__(self, artifacts: Iterable[Artifact] = (), *, has_digests: bool = False) -> None:
        self._texts: list[str] = [""]
        self._packed = b""
        self.id, self.size, self.run = array("Q"), array("Q"), array("Q")
        self.created, self.expires, self.name, self.branch = array("I"), array("I"), array("I"), array("I")
        self.ended: set[int] = set()
        self.families: NameFamilies | None = None
        """The families of the names, kept until names are added."""
        self._places: dict[str, int] = {}
        self._sha256 = bytearray() if has_digests else None
        self.add(artifacts)

    def __len__(self) -> int:
        return len(self.id)

    def __iter__(self) -> Iterator[Artifact]:
        """Yield every artifact."""
        return map(self.artifact, range(len(self.id)))

    @property
    def texts(self) -> list[str]:
        """All names and branches, each once."""
        texts = self._texts
        if not texts:  # another thread may pack them meanwhile
            texts = self._texts = _decoded(msgpack.decode(self._packed, type=tuple[bytes, ...]))
        return texts

    @property
    def newest_id(self) -> int | None:
        """The highest ID; None without artifacts."""
        return max(self.id, default=None)

    def add(self, artifacts: Iterable[Artifact]) -> None:
        """Append artifacts, such as those of a page."""
        self.families = None
        for artifact in artifacts:
            if artifact.expired:
                self.ended.add(len(self.id))
            self.id.append(artifact.id)
            self.size.append(artifact.size_in_bytes)
            self.run.append(artifact.run_id or 0)
            self.created.append(_seconds(artifact.created))
            self.expires.append(_seconds(artifact.expires))
            self.name.append(self._place(artifact.name))
            self.branch.append(self._place(artifact.branch or ""))
            if self._sha256 is not None:
                self._sha256 += artifact.sha256 if isinstance(artifact.sha256, bytes) else _NO_DIGEST

    def add_newer(self, artifacts: Iterable[Artifact]) -> None:
        """Put artifacts before all others."""
        before = len(self.id)
        self.add(artifacts)
        new = len(self.id) - before
        for key in (*_LONG, *_SHORT):
            column = getattr(self, key)
            setattr(self, key, column[before:] + column[:before])
        self.ended = {(position + new) % len(self.id) for position in self.ended}
        if self._sha256 is not None:
            cut = before * _DIGEST_SIZE
            self._sha256 = self._sha256[cut:] + self._sha256[:cut]

    def artifact(self, position: int) -> Artifact:
        """Return an artifact; raise IndexError outside the list.

        What the columns lack is unknown: the time of the last change, the commit, and whether it is from a fork.
        """
        run, branch = self.run[position] or None, self.texts[self.branch[position]] or None
        return Artifact(
            id=self.id[position],
            name=self.texts[self.name[position]],
            size_in_bytes=self.size[position],
            expired=position in self.ended,
            created=self.created[position] or None,
            expires=self.expires[position] or None,
            sha256=self._digest(position),
            workflow_run=RunOfArtifact(id=run, head_branch=branch) if run or branch else None,
        )

    def is_expired(self, position: int, seconds: float) -> bool:
        """Return whether an artifact has expired at a time in seconds since the epoch."""
        return position in self.ended or 0 < self.expires[position] <= seconds

    def only(self, keeps: Callable[[int], bool]) -> ArtifactColumns:
        """Return the columns of the positions for which ``keeps`` is true; they share no memory."""
        kept = [keeps(position) for position in range(len(self.id))]
        other = ArtifactColumns(has_digests=self._sha256 is not None)
        other._texts, other._places = list(self.texts), {}
        for key in (*_LONG, *_SHORT):
            column = getattr(self, key)
            setattr(other, key, array(column.typecode, compress(column, kept)))
        positions = list(compress(range(len(kept)), kept))
        other.ended = {place for place, position in enumerate(positions) if position in self.ended}
        if self._sha256 is not None:
            digests = (self._sha256[at : at + _DIGEST_SIZE] for at in range(0, len(self._sha256), _DIGEST_SIZE))
            other._sha256 = bytearray().join(compress(digests, kept))
        return other

    def finish(self) -> None:
        """Pack the texts, which takes a third of the memory; they are unpacked when they are used."""
        self._packed = self._pack()
        self._texts, self._places = [], {}

    def _pack(self) -> bytes:
        return self._packed or msgpack.encode([text.encode("utf-8", "surrogatepass") for text in self._texts])

    def to_bytes(self) -> bytes:
        """Return the columns for a file."""
        arrays = {key: getattr(self, key).tobytes() for key in (*_LONG, *_SHORT)}
        others = {"texts": Raw(self._pack()), "ended": sorted(self.ended), "sha256": bytes(self._sha256 or b"")}
        return zlib.compress(msgpack.encode(arrays | others), _LEVEL)

    @classmethod
    def from_bytes(cls, data: bytes) -> ArtifactColumns:
        """Return the columns of a file; raise ValueError if it is damaged."""
        try:
            stored = msgpack.decode(zlib.decompress(data), type=_Stored)
        except (zlib.error, DecodeError, RecursionError):
            raise ValueError("damaged columns") from None
        columns = cls(has_digests=bool(stored.sha256))
        columns._texts = _decoded(stored.texts)
        for key in (*_LONG, *_SHORT):
            getattr(columns, key).frombytes(getattr(stored, key))
        columns.ended = set(stored.ended)
        if columns._sha256 is not None:
            columns._sha256 += stored.sha256
        columns._check()
        columns.finish()
        return columns

    def _check(self) -> None:
        """Raise ValueError unless all columns fit together."""
        count = len(self.id)
        is_even = all(len(getattr(self, key)) == count for key in (*_LONG, *_SHORT))
        is_known = max((*self.name, *self.branch), default=0) < len(self.texts) and self.texts[:1] == [""]
        is_inside = all(0 <= position < count for position in self.ended)
        has_all = self._sha256 is None or len(self._sha256) == count * _DIGEST_SIZE
        if not (is_even and is_known and is_inside and has_all):
            raise ValueError("the columns do not fit together")

    def _place(self, text: str) -> int:
        if not self._places:
            self._places, self._packed = {known: place for place, known in enumerate(self.texts)}, b""
        place = self._places.setdefault(text, len(self._texts))
        if place == len(self._texts):
            self._texts.append(text)
        return place

    def _digest(self, position: int) -> bytes | None:
        if self._sha256 is None:
            return None
        start = range(len(self.id))[position] * _DIGEST_SIZE
        digest = bytes(self._sha256[start : start + _DIGEST_SIZE])
        return None if digest == _NO_DIGEST else digest


def _decoded(texts: Iterable[bytes]) -> list[str]:
    return [text.decode("utf-8", "surrogatepass") for text in texts]


def _seconds(time: float | None) -> int:
    """Return a time that fits 4 bytes: the next one if it is before 1970 or after 2106, 0 for none."""
    return 0 if time is None else min(max(int(time), 1), _LATEST)
