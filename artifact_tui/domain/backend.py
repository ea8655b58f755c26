"""The backend of the program, and where it starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from artifact_tui.domain.models import HostKind, RepositoryName
from artifact_tui.domain.provider import ArtifactStore, Provider
from artifact_tui.domain.sign_in import SignIn


class Backend(NamedTuple):
    """A host and how to reach it; provider and store are created late, in a thread, because they load slowly."""

    provider: Callable[[], Provider]
    storage: Callable[[], ArtifactStore]
    host: str
    kind: HostKind
    web_url: str
    api_url: str
    label: str
    """``HOST``, or ``ACCOUNT@HOST`` for a named account."""
    sign_in: SignIn | None = None
    """None if signing in changes nothing, as in the demo."""
    mark: Callable[[bytes], str] = lambda key: ""
    """Return a keyed hash that tells accounts apart on disk; blocks while it looks up the token."""
    requests: Callable[[], int] = lambda: 0
    """Return the number of API requests that were sent."""


class Start(NamedTuple):
    """The first screen: a workflow run, a repository's runs, or the repositories."""

    repository: RepositoryName | None = None
    run_id: int | None = None
