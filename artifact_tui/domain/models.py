"""GitHub's objects as immutable values, decoded directly from the API.

Field names are the API's, so one typed decode is enough. Fields that some server leaves out or sets to null have a
default; unknown keys are ignored. Strings are exactly what the server sent and untrusted: only :mod:`artifact_tui.text`
makes them printable, where they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Meta, Struct
from msgspec.structs import replace

Thing = TypeVar("Thing")
Moment = Annotated[datetime, Meta(tz=True)]
"""A point in time with a time zone; decoding refuses one without, because it cannot be compared with the clock."""
Whole = Annotated[int, Meta(ge=0, le=2**63 - 1)]
"""An id, number or size in bytes that fits SQLite and msgpack."""


class RepositoryName(Struct, frozen=True, order=True):
    """An ``owner/name`` pair, the key of a repository in the API's URLs."""

    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> RepositoryName | None:
        """Parse ``owner/name`` with GitHub's character rules; None if invalid."""
        match = re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9_-]{0,99})/([A-Za-z0-9._-]{1,100})", text.strip())
        if match is None or match[2] in {".", ".."}:
            return None
        return cls(match[1], match[2].removesuffix(".git") or match[2])


class Actor(Struct, frozen=True):
    """The account that started a workflow run."""

    login: str = ""


class Repository(Struct, frozen=True, kw_only=True):
    """A repository, as repository lists describe it."""

    id: Whole
    full_name: str
    private: bool = False
    visibility: str = ""
    archived: bool = False
    fork: bool = False
    description: str | None = None
    default_branch: str | None = None
    html_url: str = ""
    pushed_at: Moment | None = None

    @property
    def access(self) -> str:
        """``public``, ``private`` or ``internal``; old servers know only the first two."""
        return self.visibility or ("private" if self.private else "public")

    @property
    def name(self) -> RepositoryName:
        """The key for URLs."""
        owner, _, name = self.full_name.partition("/")
        return RepositoryName(owner, name)


class Workflow(Struct, frozen=True, kw_only=True):
    """A workflow file of a repository."""

    id: Whole
    name: str = ""
    path: str = ""
    state: str = ""


class Identity(Struct, frozen=True, gc=False):
    """The id of an object inside another one."""

    id: Whole | None = None


class WorkflowRun(Struct, frozen=True, kw_only=True):
    """A workflow run; ``status`` and ``conclusion`` are open sets of words, hence strings."""

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
    repository: Identity | None = None
    head_repository: Identity | None = None

    @property
    def from_fork(self) -> bool:
        """Whether its code comes from another repository, or from one that no longer exists."""
        head = self.head_repository.id if self.head_repository else None
        return self.repository is not None and head != self.repository.id

    @property
    def attempt(self) -> int:
        """The latest attempt, counted from 1; 1 on servers without attempts."""
        return self.run_attempt or 1

    @property
    def state(self) -> str:
        """The conclusion, or the status of an unfinished run."""
        return self.conclusion or self.status or "unknown"


class RunOfArtifact(Struct, frozen=True, kw_only=True, gc=False):
    """The workflow run as an artifact describes it; every field may be missing."""

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
        """Parse ``sha256:HEX`` in any case; None for unknown algorithms, which cannot be verified."""
        match = re.fullmatch(r"(?i:sha256):([0-9a-fA-F]{64})", (text or "").strip())
        return cls("sha256", match[1].lower()) if match else None


class Artifact(Struct, frozen=True, kw_only=True, gc=False):
    """An artifact as listed; names are not unique, even within one workflow run.

    ``size_in_bytes`` is the size of the archive, or, on servers without digests, the sum of the uncompressed files.
    A list may hold 200,000 artifacts, so the fields are compact. Times are seconds since the epoch, with a fraction
    only if the server sends one. ``sha256`` is 32 bytes, or the server's text for a digest of another kind. No field
    can refer back to the artifact, so the garbage collector does not track it. The form in JSON is
    :class:`~artifact_tui.domain.artifact_record.ArtifactRecord`.
    """

    id: int
    name: str = ""
    size_in_bytes: int = 0
    expired: bool = False
    created: float | None = None
    updated: float | None = None
    expires: float | None = None
    sha256: bytes | str | None = None
    workflow_run: RunOfArtifact | None = None

    @property
    def created_at(self) -> datetime | None:
        """The time of creation."""
        return _moment(self.created)

    @property
    def updated_at(self) -> datetime | None:
        """The time of the last change."""
        return _moment(self.updated)

    @property
    def expires_at(self) -> datetime | None:
        """The time from which on it can no longer be downloaded."""
        return _moment(self.expires)

    @property
    def digest(self) -> str | None:
        """The digest as the server reports it, such as ``sha256:HEX``."""
        return f"sha256:{self.sha256.hex()}" if isinstance(self.sha256, bytes) else self.sha256

    @property
    def run_id(self) -> int | None:
        """The workflow run's id, if the server reports it."""
        return self.workflow_run.id if self.workflow_run else None

    @property
    def branch(self) -> str | None:
        """The branch or tag of the workflow run, if the server reports it."""
        return self.workflow_run.head_branch if self.workflow_run else None

    @property
    def from_fork(self) -> bool:
        """Whether it was built from another repository, as for a pull request from a fork."""
        run = self.workflow_run
        return bool(
            run and run.repository_id and run.head_repository_id and run.repository_id != run.head_repository_id
        )

    def at(self, now: datetime) -> Artifact:
        """Return the artifact, marked as expired if its expiry date has passed by ``now``."""
        is_over = not self.expired and self.expires is not None and self.expires <= now.timestamp()
        return replace(self, expired=True) if is_over else self

    def attempt(self, run: WorkflowRun) -> tuple[Literal["exactly", "before"], int]:
        """Return the attempt that made it: exactly N, or one before N.

        The API does not say, but an artifact older than the start of the latest attempt is from an earlier one.
        """
        last = run.attempt
        if last == 1 or not (self.created_at and run.run_started_at) or self.created_at >= run.run_started_at:
            return "exactly", last
        return ("exactly", 1) if last == 2 else ("before", last)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def stored_bytes(artifacts: Iterable[Artifact]) -> int:
    """Return the bytes that can still be downloaded, without those of expired artifacts.

    GitHub removes their data by itself, at the latest within days.
    """
    return sum(artifact.size_in_bytes for artifact in artifacts if not artifact.expired)


class RunFilter(Struct, frozen=True, kw_only=True):
    """Query parameters for workflow runs; empty means any.

    ``commit`` is a full SHA-1, ``created`` a range in GitHub's search syntax, such as ``<2026-10-28T09:00:00Z``.
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

    ``total`` is the server's count, which may change between pages; ``is_minimum`` makes it a lower bound. ``read``
    counts the distinct rows up to here, ``skipped`` the rows of this page that could not be decoded. ``rest`` is None
    on the last page; ``is_cut`` means that the program stops before the end of the listing. ``etag`` is that of page 1.
    ``is_unchanged`` means that page 1 still has the ETag that was sent; such a page has no items and is the only one.
    """

    items: tuple[Thing, ...]
    total: int | None = None
    is_minimum: bool = False
    read: int = 0
    skipped: int = 0
    rest: Place | None = None
    is_cut: bool = False
    etag: str = ""
    is_unchanged: bool = False


class RateLimit(Struct, frozen=True, kw_only=True):
    """The primary rate limit; ``reset`` is in seconds since the epoch."""

    limit: Whole
    remaining: Whole
    reset: Whole


class Account(Struct, frozen=True, kw_only=True):
    """The signed-in account, with an empty login for none; only ``classic`` tokens report their ``scopes``."""

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
    """The server; ``version`` is an Enterprise Server's release (``3.10.2``); empty strings mean unknown."""

    host: str
    kind: HostKind
    version: str = ""
    api_version: str = ""


class Connection(Struct, frozen=True, kw_only=True):
    """The state of the connection, for the status bar; None means unknown.

    ``token_source`` is the source of the token (``GH_TOKEN``, ``gh``, ``keyring``), empty for none.
    ``hidden_organizations`` counts organizations missing from lists until the token is authorized for single sign-on.
    ``token_wanted`` is the error of a request that needs a token, or another one. ``account_failed`` means that the
    request for the account failed.
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
