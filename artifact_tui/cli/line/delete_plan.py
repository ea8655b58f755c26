"""The plan of ``delete``: its artifacts, what is protected, its digest, and its file."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from artifact_tui import exact_json
from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.line.forms import SCHEMA
from artifact_tui.domain.artifact_record import ArtifactRecord, artifact_of, record_of
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.protection import Reason
from artifact_tui.errors import UsageError
from artifact_tui.transfers.deletions.models import DeletePlan

KIND = "artifact-tui delete"
_MOST_BYTES = 500_000_000


class PlannedDeletion(Struct, frozen=True, kw_only=True):
    """What a deletion in a repository would delete, and the artifacts that it leaves because they are protected."""

    host: str
    repository: RepositoryName
    plan: DeletePlan
    protected: tuple[tuple[Artifact, tuple[Reason, ...]], ...] = ()
    included: frozenset[Reason] = frozenset()

    @classmethod
    def of(
        cls,
        host: str,
        repository: RepositoryName,
        artifacts: Iterable[Artifact],
        protections: Mapping[int, tuple[Reason, ...]],
        included: frozenset[Reason],
    ) -> PlannedDeletion:
        """Return the plan without protected artifacts, except those with no other reason than ``included``."""
        going, protected = [], []
        for artifact in artifacts:
            reasons = protections.get(artifact.id, ())
            if included.issuperset(reasons):
                going.append(artifact)
            else:
                protected.append((artifact, reasons))
        plan = DeletePlan.of(repository, going)
        return cls(host=host, repository=repository, plan=plan, protected=tuple(protected), included=included)

    @property
    def reasons(self) -> Counter[Reason]:
        """How many protected artifacts have each reason; one may have several."""
        return Counter(reason for _, reasons in self.protected for reason in reasons)

    @property
    def digest(self) -> str:
        """The SHA-256 of what would be deleted and what protects it, whatever the order."""
        artifacts = sorted(self.plan.artifacts, key=lambda artifact: artifact.id)
        rows = [
            [one.id, one.name, one.size_in_bytes, one.created, one.run_id, one.branch, one.from_fork]
            for one in artifacts
        ]
        text = json.dumps([self.host, str(self.repository), sorted(self.included), rows], separators=(",", ":"))
        return f"sha256:{hashlib.sha256(text.encode('ascii')).hexdigest()}"


class _PlanFile(Struct, frozen=True, kw_only=True):
    schema: int
    kind: str
    host: str
    repository: str
    digest_of_plan: str
    include_protected: tuple[Reason, ...]
    artifacts: tuple[ArtifactRecord, ...]


def save_plan(planned: PlannedDeletion, path: Path) -> None:
    """Write a plan for ``--plan``; raise LineError."""
    content = _PlanFile(
        schema=SCHEMA,
        kind=KIND,
        host=planned.host,
        repository=str(planned.repository),
        digest_of_plan=planned.digest,
        include_protected=tuple(sorted(planned.included)),
        artifacts=tuple(map(record_of, planned.plan.artifacts)),
    )
    try:
        path.write_bytes(exact_json.encode(content) + b"\n")
    except OSError as error:
        raise LineError("disk", f"Cannot write {path}: {error.strerror}.", "Choose another file.") from None


def read_plan(path: Path, host: str) -> PlannedDeletion:
    """Read the plan that :func:`save_plan` wrote; raise UsageError if it is another file or was changed."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES)
        content = exact_json.decode(data, _PlanFile)
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror}.") from None
    except msgspec.DecodeError:
        raise UsageError(f"{path} is not a plan. Write one with --save-plan.") from None
    repository = RepositoryName.parse(content.repository)
    if repository is None or (content.schema, content.kind) != (SCHEMA, KIND):
        raise UsageError(f"{path} is not a plan of this version. Write one with --save-plan.")
    planned = PlannedDeletion(
        host=content.host,
        repository=repository,
        plan=DeletePlan.of(repository, map(artifact_of, content.artifacts)),
        included=frozenset(content.include_protected) - {Reason.DOWNLOADING},
    )
    if planned.digest != content.digest_of_plan:
        raise UsageError(f"{path} was changed after it was saved. Write a new plan with --save-plan.")
    if planned.host != host:
        raise UsageError(f"{path} is a plan for {planned.host}, not for {host}. Use --host.")
    return planned
