"""A setting is written in one place, which only a confirmed dialog, or the key that takes it back, leads to."""

from __future__ import annotations

from pathlib import Path

import artifact_tui

PACKAGE = Path(artifact_tui.__file__).parent


def users_of(call: str) -> set[str]:
    return {path.stem for path in PACKAGE.rglob("*.py") if call in path.read_text(encoding="utf-8")}


def test_only_the_flow_of_the_dialog_writes_settings() -> None:
    assert users_of(".set_retention(") == {"retention_writer"}
    assert users_of("RetentionWriter(") == {"retention_flow"}


def test_every_request_but_get_is_one_of_three() -> None:
    assert users_of('method="PUT"') == {"storage_requests"}
    assert users_of('method="DELETE"') == {"artifact_store"}
    assert users_of(".post(") <= {"device_flow"}
