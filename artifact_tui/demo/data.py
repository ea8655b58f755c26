"""The demo's world as plain values: people, repositories, workflows, runs and artifacts.

The world is made once by `tests/tools/catalog.py` and stored beside this module in `world.json`, so that
starting the demo costs one decode instead of building and hashing gigabytes of zips. All times are ISO 8601
texts in UTC, exactly as the API states them: they sort as text and need no formatting for an answer.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

ORGANIZATION, VIEWER = "fernwood-labs", "mira-holm"
"""The organization of the demo, and the person who looks at it."""

WORLD_FILE = Path(__file__).with_name("world.json")


CONTENT_TYPES = {
    "raw-tar": "application/gzip",
    "raw-log": "text/plain",
    "raw-png": "image/png",
    "empty": "application/zip",
}
"""Content type of each kind of artifact that is stored as it was uploaded; all others are made into zips."""


class Person(msgspec.Struct, array_like=True, frozen=True):
    """An account that owns repositories or starts runs; `kind` is User, Organization or Bot."""

    id: int
    login: str
    kind: str
    name: str


class DemoRepository(msgspec.Struct, array_like=True, frozen=True):
    """A repository; `former_name` still redirects to it, `parent` is the id it was forked from (0: none)."""

    id: int
    owner: str
    name: str
    description: str | None
    language: str | None
    private: bool
    archived: bool
    parent: int
    stars: int
    size: int
    created_at: str
    pushed_at: str
    former_name: str

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"


class DemoWorkflow(msgspec.Struct, array_like=True, frozen=True):
    """A workflow file of a repository; `state` as in the API (active, disabled_manually, ...)."""

    id: int
    repository: int
    name: str
    file: str
    state: str


class DemoRun(msgspec.Struct, array_like=True, frozen=True):
    """A workflow run; `pull` numbers its pull request (0: none), `head` is the repository it came from."""

    id: int
    repository: int
    workflow: int
    title: str
    branch: str | None
    event: str
    status: str
    conclusion: str | None
    actor: str
    number: int
    attempt: int
    created_at: str
    started_at: str
    updated_at: str
    sha: str
    head: int
    pull: int


class DemoArtifact(msgspec.Struct, array_like=True, frozen=True):
    """An artifact and what its bytes are made from.

    `kind` names the recipe in `artifact_tui.demo.archives`, `weight` the bytes of filling spread over its
    members. `size` and `digest` (hex) are those of exactly the bytes that are downloaded, `raw_size` is the
    sum of the files inside. `oddity` names one way in which real answers differ from the description (see
    `answers.artifact`).
    """

    id: int
    repository: int
    run: int
    name: str
    kind: str
    weight: int
    size: int
    raw_size: int
    digest: str
    created_at: str
    expires_at: str
    oddity: str

    @property
    def raw(self) -> bool:
        """Whether the download is the file itself and not a zip around it."""
        return self.kind in CONTENT_TYPES

    @property
    def content_type(self) -> str:
        """The content type of the download."""
        return CONTENT_TYPES.get(self.kind, "application/zip")


class World(msgspec.Struct, frozen=True):
    """Everything the demo server knows, each list in ascending order of id."""

    people: Sequence[Person]
    repositories: Sequence[DemoRepository]
    workflows: Sequence[DemoWorkflow]
    runs: Sequence[DemoRun]
    artifacts: Sequence[DemoArtifact]


def load_world(path: Path = WORLD_FILE) -> World:
    """Read a stored world; the one of the demo unless told otherwise."""
    return msgspec.json.decode(path.read_bytes(), type=World)


def parse_time(text: str) -> datetime:
    """Return the moment that an ISO 8601 text of the world names."""
    return datetime.fromisoformat(text)


def format_time(moment: datetime) -> str:
    """Return a moment as the API writes it: UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
