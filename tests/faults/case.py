"""A fault as an entry of a table: what the server does, and what must come of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.faults.replies import HONEST, Reply


def _zipped(size: int) -> bytes:
    """A zip of one file of ``size`` bytes that do not get smaller."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("wheel.bin"), Random(size).randbytes(size))
    return out.getvalue()


DATA = _zipped(299_900)
SIZE = len(DATA)
HALF = SIZE // 2
BIG = _zipped(40_000_000)
"""Long enough to be fetched over several connections."""


@dataclass(frozen=True)
class Case:
    """One download.

    ``says`` is a part of the sentence it must fail with; empty when the file must be there and right. ``starts`` is
    where the requests for bytes must have begun, None where that is not for the server to know. ``calls`` counts the
    requests for an address, ``resent`` the bytes that may go out twice. ``parts`` is False where no part file may be
    left. ``stored`` is for :meth:`Site.put`, and ``stall`` and ``least_rate`` are how patient the client is, in
    seconds and bytes a second.
    """

    name: str
    blob: tuple[Reply, ...] = ()
    api: tuple[Reply, ...] = ()
    blob_always: Reply = HONEST
    api_always: Reply = HONEST
    says: str = ""
    starts: tuple[int, ...] | None = None
    calls: int | None = None
    resent: int | None = None
    parts: bool = True
    stored: Mapping[str, Any] = field(default_factory=dict)
    data: bytes = DATA
    stall: float = 10.0
    least_rate: float = 0.0

    @property
    def behavior(self) -> dict[str, Any]:
        """For :meth:`Site.put`."""
        return {
            "blob": self.blob,
            "api": self.api,
            "blob_always": self.blob_always,
            "api_always": self.api_always,
            **self.stored,
        }
