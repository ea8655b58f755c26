"""Columns as the settings want them: only those, in that order, with the right texts under each header."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifact_tui.cli.check_settings import read_configuration
from artifact_tui.config.settings import Columns, Settings
from artifact_tui.domain.artifact_filter import Sort
from artifact_tui.domain.models import Artifact
from artifact_tui.screens import artifact_columns
from artifact_tui.screens.artifact_columns import ArtifactRow
from artifact_tui.widgets.row_layout import Column
from tests.ui.program import KESTREL, Program


def program_with(columns: Columns) -> Program:
    return Program(KESTREL, settings=Settings(columns=columns))


async def test_runs() -> None:
    program = program_with(Columns(runs=("age", "run", "actor")))
    async with program.running():
        header, first = program.text.split("\n")[1:3]
        assert header.split() == ["Age", "Run", "Actor"]
        assert first.split()[1:] == ["4", "min", "#2044", "jonas-veit"]


async def test_artifacts_whose_columns_can_still_be_sorted_by() -> None:
    program = program_with(Columns(artifacts=("branch", "size", "name")))
    async with program.running("3", "s", "g"):
        header, first = program.text.split("\n")[1:3]
        assert header.split() == ["Branch", "Size▼", "Name"]
        assert first.split()[1:] == ["main", "2.0", "GB", "logs-integration-2026-11-20"]


async def test_the_last_ones_give_way_when_there_is_little_room() -> None:
    program = program_with(Columns(artifacts=("expires", "size", "age", "run", "branch", "name")))
    async with program.running("3", size=(40, 20)):
        assert program.text.split("\n")[1].split()[:3] == ["Expires", "Size", "Age▼"]
        assert "Name" not in program.text.split("\n")[1]


async def test_a_column_is_one_record_that_table_sort_menu_and_settings_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    number = Sort[Artifact]("number", "Number", lambda artifact: artifact.id)
    column = Column[ArtifactRow]("number", "No", 12, cell=lambda row: str(row.artifact.id), sort=number)
    monkeypatch.setattr(artifact_columns, "COLUMNS", (column, *artifact_columns.COLUMNS))
    file = tmp_path / "config.toml"
    file.write_text('columns.artifacts = ["name", "no"]\n')
    program = program_with(read_configuration(file).columns)
    async with program.running("3", "o") as pilot:
        assert "Number" in program.text
        await pilot.press("enter")
        header, first = program.text.split("\n")[1:3]
        assert header.split() == ["Name", "No▲"]
        assert first.split()[-1] == str(min(artifact.id for artifact in program.screen.table.items))
