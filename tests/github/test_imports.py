"""What only reads arguments does not pay for the network."""

from __future__ import annotations

import subprocess
import sys

import pytest


def loaded_by(module: str) -> set[str]:
    code = f"import {module}, sys; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split())


@pytest.mark.parametrize("module", ["hosts", "tokens.credentials", "remotes"])
def test_reading_arguments_and_environment_needs_no_network(module: str) -> None:
    assert not {"httpx", "httpcore", "truststore", "ssl", "textual"} & loaded_by(f"artifact_tui.github.{module}")


def test_the_client_is_there_before_its_connections() -> None:
    assert not {"httpcore", "truststore", "anyio", "h11", "textual"} & loaded_by("artifact_tui.github.provider")
