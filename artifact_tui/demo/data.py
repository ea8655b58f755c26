"""The demo's world: people, repositories, workflows, runs and artifacts.

`tests/tools/catalog.py` generates the world into `world.json`, so that the demo starts without building and hashing
gigabytes of zips. All times are ISO 8601 texts in UTC, as in the API: they sort as text and need no formatting.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

ORGANIZATION, VIEWER = "fernwood-labs", "mira-holm"
WORLD_FILE = Path(__file__).with_name("world.json")
_ZIP = "application/zip"
CONTENT_TYPES = {"raw-tar": "application/gzip", "raw-log": "text/plain", "raw-png": "image/png", "empty": _ZIP}
"""The content type of each kind of artifact that is not zipped."""


class Person(msgspec.Struct, array_like=True, frozen=True):
    """An account that owns repositories or starts runs; `kind` is User, Organization or Bot."""

    id: int
    login: str
    kind: str
    name: str


class DemoRepository(msgspec.Struct, array_like=True, frozen=True):
    """A repository; `former_name` redirects to it, `parent` is the id of the forked repository (0: none)."""

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
    """A workflow run; `pull` is the number of its pull request (0: none), `head` is the repository it came from."""

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
    """An artifact and the recipe of its bytes.

    `kind` is the recipe in `artifact_tui.demo.archives`, `weight` the number of filler bytes in its members. `size` and
    `digest` (hex) describe the downloaded bytes, `raw_size` is the sum of the files inside. `oddity` is a deviation
    from the API description that occurs in real answers (see `answers.artifact`).
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
        """Whether the download is the file itself, not a zip."""
        return self.kind in CONTENT_TYPES

    @property
    def content_type(self) -> str:
        """The content type of the download."""
        return CONTENT_TYPES.get(self.kind, _ZIP)


class DemoCache(msgspec.Struct, frozen=True):
    """A cache of workflow steps, with the fields of the API; `ref` is a full ref."""

    id: int
    ref: str
    key: str
    version: str
    last_accessed_at: str
    created_at: str
    size_in_bytes: int


class World(msgspec.Struct, frozen=True):
    """All data of the demo server, each list in ascending order of ID.

    `troubles` holds the status of repositories whose artifacts cannot be listed, by full name; 504 is a timeout.
    """

    people: Sequence[Person]
    repositories: Sequence[DemoRepository]
    workflows: Sequence[DemoWorkflow]
    runs: Sequence[DemoRun]
    artifacts: Sequence[DemoArtifact]
    troubles: Mapping[str, int] = {}


def load_world(path: Path = WORLD_FILE) -> World:
    """Read a stored world, by default the one of the demo."""
    return msgspec.json.decode(path.read_bytes(), type=World)


parse_time = datetime.fromisoformat


def format_time(moment: datetime) -> str:
    """Return a time as in the API: UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
