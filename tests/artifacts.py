"""Any artifact: strategies for hypothesis, with names, branches and times that meet often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from artifact_tui.domain.artifact_record import ArtifactRecord, artifact_of
from artifact_tui.domain.models import Artifact, RunOfArtifact

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)

_moments = st.integers(-40 * 24, 40 * 24).map(lambda hours: NOW + timedelta(hours=hours))
_origins = st.builds(
    RunOfArtifact,
    id=st.none() | st.integers(1, 6),
    repository_id=st.none() | st.just(1),
    head_repository_id=st.none() | st.sampled_from((1, 2)),
    head_branch=st.none() | st.sampled_from(("main", "v1.0", "topic")),
)


def listed(**fields: Any) -> Artifact:
    """An artifact with these fields of the API."""
    return artifact_of(ArtifactRecord(**fields))


def any_artifacts() -> st.SearchStrategy[list[Artifact]]:
    """A list without two of one id."""
    one = st.builds(
        listed,
        id=st.integers(1, 60),
        name=st.sampled_from(("wheel", "release-notes", "logs", "Logs")),
        size_in_bytes=st.integers(0, 5) | st.integers(0, 10**12),
        expired=st.booleans(),
        created_at=st.none() | _moments,
        expires_at=st.none() | _moments,
        workflow_run=st.none() | _origins,
    )
    return st.lists(one, unique_by=lambda artifact: artifact.id, max_size=24)
