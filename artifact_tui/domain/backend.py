"""Where the program gets its artifacts from, and where it starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from artifact_tui.domain.models import HostKind, RepositoryName
from artifact_tui.domain.provider import ArtifactStore, Provider
from artifact_tui.domain.sign_in import SignIn


class Backend(NamedTuple):
    """A host, and how to reach it.

    Provider and storage are made late, in a thread, because their libraries take time to load.
    """

    provider: Callable[[], Provider]
    storage: Callable[[], ArtifactStore]
    host: str
    kind: HostKind
    web_url: str
    api_url: str
    label: str
    """The host, with the account that is asked for before it, if one is."""
    sign_in: SignIn | None = None
    """None where signing in changes nothing, as in the demo."""
    mark: Callable[[bytes], str] = lambda key: ""
    """What tells accounts apart on disk and leads back to none; blocks, as asking for the token does."""


class Start(NamedTuple):
    """Where the program opens: a workflow run, a repository's runs, or the repositories."""

    repository: RepositoryName | None = None
    run_id: int | None = None
