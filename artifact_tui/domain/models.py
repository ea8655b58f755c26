"""GitHub's things as frozen values, decoded straight from the API.

Field names are the API's own, so that one typed decode does all the work. What may be missing or null on some
server has a default; unknown keys are ignored. Strings are exactly what the server sent: attacker-controlled,
made printable by :mod:`artifact_tui.text` only where they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Meta, Struct

__all__ = [
    "Account",
    "Actor",
    "Artifact",
    "Connection",
    "Digest",
    "Page",
    "Place",
    "RateLimit",
    "Repository",
    "RepositoryName",
    "RunFilter",
    "RunOfArtifact",
    "Server",
    "Workflow",
    "WorkflowRun",
    "stored_bytes",
]

Thing = TypeVar("Thing")

Moment = Annotated[datetime, Meta(tz=True)]
"""A point in time with its zone: one without could not be compared with the clock, so decoding refuses it."""


Whole = Annotated[int, Meta(ge=0, le=2**63 - 1)]
"""An id, a number or a size in bytes. No server has others, and neither the journal's database nor a cached list could
hold one."""


class RepositoryName(Struct, frozen=True, order=True):
    """An ``owner/name`` pair, the key of a repository in every address of the API."""

    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> RepositoryName | None:
        """Read ``owner/name``; None when it is not one. The allowed characters are GitHub's."""
        match = re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9_-]{0,99})/([A-Za-z0-9._-]{1,100})", text.strip())
        if match is None or match[2] in {".", ".."}:
            return None
        return cls(match[1], match[2].removesuffix(".git") or match[2])


class Actor(Struct, frozen=True):
    """Who started a workflow run."""

    login: str = ""


class Repository(Struct, frozen=True, kw_only=True):
    """A repository, as every listing of repositories gives it."""

    id: Whole
    full_name: str
    private: bool = False
    archived: bool = False
    fork: bool = False
    description: str | None = None
    default_branch: str | None = None
    html_url: str = ""
    pushed_at: Moment | None = None

    @property
    def name(self) -> RepositoryName:
        """The key for addresses; the part before the first slash is the owner."""
        owner, _, name = self.full_name.partition("/")
        return RepositoryName(owner, name)


class Workflow(Struct, frozen=True, kw_only=True):
    """A workflow file of a repository."""

    id: Whole
    name: str = ""
    path: str = ""
    state: str = ""


class WorkflowRun(Struct, frozen=True, kw_only=True):
    """A workflow run; ``status`` and ``conclusion`` are open sets of words, so plain strings."""

    id: Whole
    name: str | None = None
    display_title: str | None = None
    run_number: Whole = 0
    run_attempt: Whole | None = None
    event: str = ""
    status: str | None = None
    conclusion: str | None = None
    head_branch: str | None = None
    head_sha: str = ""
    path: str = ""
    workflow_id: Whole = 0
    html_url: str = ""
    actor: Actor | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    run_started_at: Moment | None = None

    @property
    def attempt(self) -> int:
        """The latest attempt, counted from 1; servers before run attempts had one each."""
        return self.run_attempt or 1

    @property
    def state(self) -> str:
        """The conclusion when there is one, else the status: the one word people look for."""
        return self.conclusion or self.status or "unknown"


class RunOfArtifact(Struct, frozen=True, kw_only=True):
    """What an artifact says of its workflow run; every field may be missing."""

    id: Whole | None = None
    repository_id: Whole | None = None
    head_repository_id: Whole | None = None
    head_branch: str | None = None
    head_sha: str | None = None


class Digest(Struct, frozen=True):
    """A digest in GitHub's form ``sha256:HEX``, of the uploaded bytes (the zip itself, or the raw file)."""

    algorithm: str
    hex: str

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"

    @classmethod
    def parse(cls, text: str | None) -> Digest | None:
        """Read ``sha256:HEX`` whatever its case; None for unknown algorithms, so that nothing is half-checked."""
        match = re.fullmatch(r"(?i:sha256):([0-9a-fA-F]{64})", (text or "").strip())
        return cls("sha256", match[1].lower()) if match else None


class Artifact(Struct, frozen=True, kw_only=True):
    """An artifact as listed; names are not unique, even within one workflow run.

    ``size_in_bytes`` is the size of the archive where there is a digest, and the sum of the files before
    compression on servers without one.
    """

    id: Whole
    name: str = ""
    size_in_bytes: Whole = 0
    node_id: str = ""
    url: str = ""
    archive_download_url: str = ""
    expired: bool = False
    created_at: Moment | None = None
    updated_at: Moment | None = None
    expires_at: Moment | None = None
    digest: str | None = None
    workflow_run: RunOfArtifact | None = None

    @property
    def run_id(self) -> int | None:
        """The workflow run's id, when the server tells it."""
        return self.workflow_run.id if self.workflow_run else None

    @property
    def branch(self) -> str | None:
        """The branch or tag the workflow run was started for, when the server tells it."""
        return self.workflow_run.head_branch if self.workflow_run else None

    @property
    def from_fork(self) -> bool:
        """Whether the code that made it came from another repository than the one that keeps it."""
        run = self.workflow_run
        return bool(
            run and run.repository_id and run.head_repository_id and run.repository_id != run.head_repository_id
        )

    def attempt(self, run: WorkflowRun) -> tuple[Literal["exactly", "before"], int]:
        """Which attempt of its workflow run made it: exactly N, or some attempt before N.

        The API does not say; but an artifact older than the start of the latest attempt is from an earlier one.
        """
        last = run.attempt
        if last == 1 or not (self.created_at and run.run_started_at) or self.created_at >= run.run_started_at:
            return "exactly", last
        return ("exactly", 1) if last == 2 else ("before", last)


def stored_bytes(artifacts: Iterable[Artifact]) -> int:
    """Return the bytes that artifacts still take on the server: those of expired ones are gone already."""
    return sum(artifact.size_in_bytes for artifact in artifacts if not artifact.expired)


class RunFilter(Struct, frozen=True, kw_only=True):
    """Query parameters of the listing of workflow runs; empty means any.

    ``commit`` is a whole SHA-1. ``created`` is a range of GitHub's search syntax, as ``<2026-10-28T09:00:00Z``.
    """

    workflow: str = ""
    branch: str = ""
    event: str = ""
    actor: str = ""
    status: str = ""
    commit: str = ""
    created: str = ""


class Place(Struct, frozen=True):
    """Where a listing continues: the next page, the rows per page, and the IDs seen so far."""

    page: int
    size: int
    seen: set[Hashable]


class Page(Struct, Generic[Thing], frozen=True):
    """One page of a listing.

    ``total`` is the server's count, which may change between pages; with ``is_minimum`` there are that many at least.
    ``read`` counts the distinct rows of this page and those before it, and ``skipped`` the rows of this page that
    could not be decoded. ``rest`` is None on the last page; with ``is_cut`` the listing would go on, but the program
    reads no more of it.
    """

    items: tuple[Thing, ...]
    total: int | None = None
    is_minimum: bool = False
    read: int = 0
    skipped: int = 0
    rest: Place | None = None
    is_cut: bool = False


class RateLimit(Struct, frozen=True, kw_only=True):
    """The primary rate limit; ``reset`` in seconds since the epoch."""

    limit: Whole
    remaining: Whole
    reset: Whole


class Account(Struct, frozen=True, kw_only=True):
    """Who we are to the server; an empty login means without a token.

    ``scopes`` are those of a ``classic`` token; what a fine-grained one may do the server does not tell.
    """

    login: str = ""
    scopes: str = ""
    classic: bool = False


class HostKind(StrEnum):
    """The product that a host runs: github.com, GitHub Enterprise Cloud with data residency, or Enterprise Server."""

    GITHUB = "github.com"
    DATA_RESIDENCY = "data residency"
    ENTERPRISE_SERVER = "enterprise server"

    @property
    def is_cloud(self) -> bool:
        """Whether GitHub runs the host, with its limits and its quota."""
        return self is not HostKind.ENTERPRISE_SERVER


class Server(Struct, frozen=True, kw_only=True):
    """What the server is, as far as it has said.

    ``version`` is the release of an Enterprise Server (``3.10.2``), ``api_version`` the API version in use
    (``2022-11-28``); empty where there is none or it is not known.
    """

    host: str
    kind: HostKind
    version: str = ""
    api_version: str = ""


class Connection(Struct, frozen=True, kw_only=True):
    """All that the status bar shows of the server; None stands for "not known".

    ``token_source`` names where the token comes from (``GH_TOKEN``, ``gh``, ``keyring``), empty where there is none.
    ``hidden_organizations`` counts those that lists leave out until the token went through their single sign-on.
    ``token_wanted`` is the sentence of the request that needed one, or another one than was sent. ``account_failed``
    says that the server was asked for the account and did not tell.
    """

    server: Server
    account: Account | None = None
    rate_limit: RateLimit | None = None
    read_only: bool = False
    token_source: str = ""
    token_expires: datetime | None = None
    token_wanted: str = ""
    account_failed: bool = False
    hidden_organizations: int = 0
