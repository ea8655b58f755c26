"""What ``get`` writes: a path or a row for each artifact as its download ends, and the document of ``--json``."""

from __future__ import annotations

from msgspec.structs import replace

from artifact_tui.cli.line.artifact_selection import ArtifactSelection
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import LineFailure, joint_code
from artifact_tui.cli.line.forms import Record, RowWriter
from artifact_tui.cli.line.get_rows import GetRow, paths_of, row_shape
from artifact_tui.cli.line.lasting_output import LastingOutput
from artifact_tui.cli.line.list import document
from artifact_tui.cli.line.table import NAMES


class GetReport:
    """Writes each row when it is known; ``expired`` is the number of artifacts left out because they have expired."""

    def __init__(self, context: LineContext) -> None:
        self._context = context
        self._output = LastingOutput(context.messages)
        self._writer: RowWriter[GetRow] = RowWriter(row_shape(), NAMES["get"].fields, context, self._output.write)
        self._failures: list[LineFailure] = []
        self.expired = 0

    @property
    def code(self) -> int:
        """The exit code of the command so far."""
        return joint_code([*self._failures, *self._output.failures])

    @property
    def has_failed(self) -> bool:
        """Whether an artifact failed."""
        return bool(self._failures)

    def add(self, row: GetRow) -> None:
        """Write one row, and its error or note."""
        messages, options = self._context.messages, self._context.options
        if row.failure is not None:
            self._failures.append(row.failure)
            messages.error(row.failure)
        elif row.result == "skipped" and row.problem.endswith("already exists."):
            messages.note(f"{row.problem} Skipped.")
        if row.result in ("downloaded", "present") and row.verified is None:
            messages.note(f"{row.artifact.name}: not verified by digest.")
        shown = [replace(row, path=path) for path in paths_of(row, options.print)] if options.names else [row]
        self._writer.rows(shown)

    def end(self, selection: ArtifactSelection, *, is_late: bool = False) -> None:
        """Write the JSON document; ``is_late`` if ``--timeout`` has left something out."""
        self._writer.end(lambda: self._document(selection, is_late=is_late))

    def _document(self, selection: ArtifactSelection, *, is_late: bool) -> Record:
        found = document(selection, is_broken=is_late)
        return found | {"left_out": found["left_out"] | {"expired": self.expired}}
