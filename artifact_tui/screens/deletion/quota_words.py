"""Why deleting frees no quota, where it does not: the person who deletes for its sake should know before.

GitHub's documentation, "GitHub Actions billing": public repositories use Actions free of charge, accounts have a quota
of artifact storage for private ones. An Enterprise Server keeps artifacts in a storage of its owner's.
"""

from __future__ import annotations

from artifact_tui.domain.models import RepositoryName
from artifact_tui.screens.session import Session

PUBLIC = "GitHub counts the storage of private repositories, and this one is public"
OWN_STORAGE = "this server keeps artifacts in a storage of its own"


def why_uncounted(session: Session, repository: RepositoryName) -> str:
    """A clause; empty where a quota counts the artifacts, or may."""
    if not session.is_cloud:
        return OWN_STORAGE
    return PUBLIC if session.public.get(repository) else ""
