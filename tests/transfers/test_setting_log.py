"""The log of settings keeps the value before, or nothing is changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from artifact_tui.domain.models import RepositoryName
from artifact_tui.transfers.errors import JournalError
from artifact_tui.transfers.setting_log import SettingLog

NAME = RepositoryName("octocat", "hello")


def log(journal: Path | None) -> SettingLog:
    return SettingLog(journal, "github.com", lambda: datetime(2026, 11, 20, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("journal", "file"),
    [("transfers.sqlite", "settings.jsonl"), ("demo-transfers.sqlite", "demo-settings.jsonl")],
)
def test_each_change_is_a_line_beside_the_journal_for_its_owner_only(tmp_path: Path, journal: str, file: str) -> None:
    log(tmp_path / "state" / journal).append(NAME, 90, 7, "sent")
    log(tmp_path / "state" / journal).append(NAME, 90, 7, "set")
    path = tmp_path / "state" / file
    first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert first == {
        "time": "2026-11-20T12:00:00.000+00:00",
        "host": "github.com",
        "repository": "octocat/hello",
        "setting": "artifact-and-log-retention",
        "before": 90,
        "days": 7,
        "result": "sent",
    }
    assert second["result"] == "set"
    assert path.stat().st_mode & 0o777 == 0o600


def test_without_a_journal_there_is_no_log() -> None:
    log(None).append(NAME, 90, 7, "sent")


def test_a_log_that_cannot_be_written_is_an_error_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "settings.jsonl").mkdir()
    with pytest.raises(JournalError, match=r"settings\.jsonl cannot be written: Is a directory\."):
        log(tmp_path / "transfers.sqlite").append(NAME, 90, 7, "sent")
