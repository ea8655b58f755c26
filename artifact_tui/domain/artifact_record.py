"""An artifact as the API and the journals write it, and the conversion to its compact form."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from msgspec import Struct

from artifact_tui.domain.models import Artifact, Moment, RunOfArtifact, Whole

MOST_SHARED = 10_000
"""The number of shared values after which they are dropped: if all names differ, sharing takes more than it saves."""
LATEST = 253_402_300_799
"""9999-12-31 23:59:59 in seconds since the epoch."""
_SHA256 = re.compile(r"sha256:([0-9a-f]{64})")


class ArtifactRecord(Struct, frozen=True, kw_only=True):
    """The fields of an artifact as GitHub's API names them; the URLs follow from repository and ID."""

    id: Whole
    name: str = ""
    size_in_bytes: Whole = 0
    expired: bool = False
    created_at: Moment | None = None
    updated_at: Moment | None = None
    expires_at: Moment | None = None
    digest: str | None = None
    workflow_run: RunOfArtifact | None = None


class Sharing:
    """Makes artifacts from records; equal names, branches and workflow runs become the same objects."""

    def __init__(self) -> None:
        self._values: dict[Any, Any] = {}
        self._runs: dict[RunOfArtifact, RunOfArtifact] = {}

    def artifact(self, record: ArtifactRecord) -> Artifact:
        """Return the compact form of a record."""
        created, run = seconds_of(record.created_at), record.workflow_run
        is_new = record.updated_at == record.created_at
        return Artifact(
            id=record.id,
            name=self._same(record.name),
            size_in_bytes=record.size_in_bytes,
            expired=record.expired,
            created=created,
            updated=created if is_new else seconds_of(record.updated_at),
            expires=seconds_of(record.expires_at),
            sha256=_bytes_of(record.digest),
            workflow_run=None if run is None else self._run(run),
        )

    def _run(self, run: RunOfArtifact) -> RunOfArtifact:
        known = self._runs.get(run)
        if known is None:
            if len(self._runs) > MOST_SHARED:
                self._runs.clear()
            known = RunOfArtifact(
                id=run.id,
                repository_id=self._same(run.repository_id),
                head_repository_id=self._same(run.head_repository_id),
                head_branch=self._same(run.head_branch),
                head_sha=run.head_sha,
            )
            self._runs[known] = known  # not the record's own run, whose strings would stay in memory
        return known

    def _same(self, value: Any) -> Any:
        if len(self._values) > MOST_SHARED:
            self._values.clear()
        return self._values.setdefault(value, value)


def artifact_of(record: ArtifactRecord) -> Artifact:
    """Return the compact form of one record."""
    return Sharing().artifact(record)


def record_of(artifact: Artifact) -> ArtifactRecord:
    """Return the record of an artifact, for JSON."""
    return ArtifactRecord(
        id=artifact.id,
        name=artifact.name,
        size_in_bytes=artifact.size_in_bytes,
        expired=artifact.expired,
        created_at=artifact.created_at,
        updated_at=artifact.updated_at,
        expires_at=artifact.expires_at,
        digest=artifact.digest,
        workflow_run=artifact.workflow_run,
    )


def seconds_of(moment: datetime | None) -> float | None:
    """Return a time in seconds since the epoch: a whole number unless it has a fraction."""
    if moment is None:
        return None
    seconds = min(moment.timestamp(), LATEST)  # the last microseconds of the year 9999 would be rounded up
    return seconds if moment.microsecond else int(seconds)


def _bytes_of(digest: str | None) -> bytes | str | None:
    match = _SHA256.fullmatch(digest) if digest else None
    return bytes.fromhex(match[1]) if match else digest
