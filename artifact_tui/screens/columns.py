"""The columns that the settings may name."""

from __future__ import annotations

from artifact_tui.config.settings import Columns, SettingsError, check_columns
from artifact_tui.screens import artifact_columns as artifact_rows
from artifact_tui.screens import run_columns as run_rows
from artifact_tui.widgets.row_layout import name_of


def check_lists(columns: Columns) -> None:
    """Raise :class:`~artifact_tui.config.settings.SettingsError` for each column that a list does not have."""
    mistakes: list[str] = []
    for name, wanted, known in (
        ("artifacts", columns.artifacts, artifact_rows.COLUMNS),
        ("runs", columns.runs, run_rows.COLUMNS),
    ):
        try:
            check_columns(name, wanted, [name_of(column) for column in known])
        except SettingsError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise SettingsError(*mistakes)
