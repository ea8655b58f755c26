"""What ``delete`` writes: the plan, one row per artifact as it is settled, and the document of JSON."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, NamedTuple

from artifact_tui.cli.line.artifact_selection import ArtifactSelection, SelectedArtifact
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.delete_options import WORDS
from artifact_tui.cli.line.delete_plan import PlannedDeletion
from artifact_tui.cli.line.failures import LineFailure
from artifact_tui.cli.line.forms import Record, RowWriter, Shape, TableColumn
from artifact_tui.cli.line.lasting_output import LastingOutput
from artifact_tui.cli.line.list import artifact_shape
from artifact_tui.cli.line.list import document as list_document
from artifact_tui.cli.line.stderr import clean
from artifact_tui.cli.line.table import NAMES
from artifact_tui.domain.models import Artifact, RepositoryName, stored_bytes
from artifact_tui.transfers.deletions.duration import least_time
from artifact_tui.transfers.deletions.models import planned_requests
from artifact_tui.transfers.models import Outcome

_LONG = 60.0
"""The least duration of a plan that is shown, in seconds."""
_WIDEST = max(len(outcome) for outcome in Outcome)
_TONES = {Outcome.DELETED: "good", Outcome.FAILED: "bad", Outcome.SKIPPED: "busy", Outcome.NOT_TRIED: "faint"}


class DeleteRow(NamedTuple):
    """An artifact of the plan; ``outcome`` is None in a dry run."""

    repository: RepositoryName
    artifact: Artifact
    outcome: Outcome | None = None
    problem: str = ""


class SettledRows(ABC):
    """Writes the rows of one deletion; ``settled`` are those with an outcome so far."""

    command: ClassVar[str]
    key: ClassVar[str]

    def __init__(self, context: LineContext, *, names_repositories: bool = False) -> None:
        self._context = context
        self._columns = (_RESULT, _REPOSITORY, *_ARTIFACT) if names_repositories else (_RESULT, *_ARTIFACT)
        self._output = LastingOutput(context.messages)
        self._writer: RowWriter[DeleteRow] | None = None
        self.settled: list[DeleteRow] = []

    @abstractmethod
    def record(self, row: DeleteRow) -> Record:
        """Return the record of a row."""

    @abstractmethod
    def document(self) -> Record:
        """Return the document of JSON, without its rows."""

    @property
    def output_failures(self) -> list[LineFailure]:
        """The error if standard output could not be written; the deletion does not depend on it."""
        return self._output.failures

    def add(self, row: DeleteRow) -> None:
        """Write a settled artifact."""
        self.settled.append(row)
        self._outcomes().rows([row])

    def end(self) -> None:
        """Write the document."""
        self._outcomes().end(self.document)

    def _outcomes(self) -> RowWriter[DeleteRow]:
        if self._writer is None:
            options = self._context.options
            options.no_header = options.no_header or not options.tsv
            fields = NAMES[self.command].fields
            self._writer = RowWriter(self._shape(self._columns), fields, self._context, self._output.write)
        return self._writer

    @property
    def counts(self) -> dict[Outcome, int]:
        """The number of settled artifacts by outcome."""
        outcomes = [row.outcome for row in self.settled]
        return {outcome: outcomes.count(outcome) for outcome in Outcome}

    @property
    def bytes_freed(self) -> int:
        """The bytes on the server that the deletion has freed."""
        return stored_bytes(row.artifact for row in self.settled if row.outcome is Outcome.DELETED)

    def _shape(self, columns: tuple[TableColumn[DeleteRow], ...]) -> Shape[DeleteRow]:
        return Shape(self.key, self.record, columns, lambda row: str(row.artifact.id), lambda row: row.artifact.name)


class DeleteReport(SettledRows):
    """Writes a plan, or the rows of its deletion."""

    command, key = "delete", "artifacts"

    def __init__(self, context: LineContext, planned: PlannedDeletion, listed: ArtifactSelection | None) -> None:
        super().__init__(context)
        self._planned = planned
        self._listed = listed
        context.options.long = context.options.with_runs = False
        self._shown = artifact_shape(context)

    def write_plan(self) -> None:
        """Write the whole plan and the document: nothing is deleted."""
        columns = tuple(
            TableColumn[DeleteRow](one.header, _of_artifact(one), one.is_number) for one in self._shown.columns
        )
        writer = RowWriter(self._shape(columns), NAMES[self.command].fields, self._context)
        writer.rows([DeleteRow(*item) for item in self._planned.plan.items])
        writer.end(self.document)

    def record(self, row: DeleteRow) -> Record:
        """Return the record of a row."""
        known = self._shown.record(SelectedArtifact(row.artifact))
        del known["attempt"]
        return known | {"result": row.outcome and row.outcome.value, "problem": clean(row.problem) or None}

    def document(self) -> Record:
        """Return the document of JSON, without its rows."""
        planned, has_run = self._planned, bool(self.settled)
        common = list_document(self._listed) if self._listed else _without_list(self._context)
        common["left_out"]["protected"] = len(planned.protected)
        protected = [
            {"id": one.id, "name": one.name, "reasons": [WORDS[reason] for reason in reasons]}
            for one, reasons in planned.protected
        ]
        return common | {
            "count": len(planned.plan.artifacts),
            "bytes": planned.plan.bytes,
            "digest_of_plan": planned.digest,
            "protected": protected,
            "requests": len(planned_requests(planned.plan)),
            "counts": {outcome.value: number for outcome, number in self.counts.items()} if has_run else None,
            "bytes_freed": self.bytes_freed if has_run else None,
        }


def long_time(context: LineContext, deletes: int) -> str:
    """Return the least time of a plan, as a sentence; nothing below a minute."""
    backend = context.backend
    interval = context.settings.delete_interval_at(backend.host, is_cloud=backend.kind.is_cloud)
    return least_time(deletes, interval, context.provider.connection.rate_limit, context.clock(), told=_LONG)


def _of_artifact(column: TableColumn[SelectedArtifact]) -> Callable[[DeleteRow], str]:
    return lambda row: column.cell(SelectedArtifact(row.artifact))


def _without_list(context: LineContext) -> Record:
    """Return the document of a plan from a file."""
    left_out = {"expired": 0, "forks": 0, "older_attempts": 0, "protected": 0, "over_limit": 0}
    return {
        "repository": str(context.repository),
        "run": None,
        "artifacts": [],
        "total_count": None,
        "truncated": False,
        "left_out": left_out,
        "notes": context.messages.notes,
    }


_RESULT = TableColumn[DeleteRow](
    "RESULT",
    lambda row: (row.outcome or "").ljust(_WIDEST),
    tone=lambda row: _TONES.get(row.outcome, "") if row.outcome else "",
)
_REPOSITORY = TableColumn[DeleteRow]("REPOSITORY", lambda row: str(row.repository))
_ARTIFACT = (
    TableColumn[DeleteRow]("ID", lambda row: str(row.artifact.id), True),
    TableColumn[DeleteRow]("NAME", lambda row: row.artifact.name),
)
