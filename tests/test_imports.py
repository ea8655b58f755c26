"""What is not needed is not loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.pty_program import not_measured

HEAVY = {"textual", "rich", "httpx", "httpcore", "keyring", "msgspec", "truststore", "asyncio", "argparse"}


def loaded_by(code: str) -> set[str]:
    """The top-level modules that are loaded after running ``code`` in a fresh interpreter."""
    probe = f"import sys\n{code}\nsys.stderr.write(' '.join(name for name, found in sys.modules.items() if found))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stderr.split()}


@not_measured
def test_a_list_loads_neither_screen_nor_engine() -> None:
    code = "from artifact_tui.cli.line.command import run_command; "
    code += "run_command('list', ['--demo', 'fernwood-labs/kestrel', '--limit', '1', '-q'], {})"
    probe = f"import sys\n{code}\nsys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "httpx" in loaded
    assert (
        not {"textual", "rich", "click", "sqlite3", "zipfile", "artifact_tui.transfers", "artifact_tui.archive"}
        & loaded
    )


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_and_version_load_nothing(argument: str) -> None:
    assert not HEAVY & loaded_by(f"from artifact_tui.cli.main import main; main(['{argument}'])")


def test_before_the_first_frame_there_is_no_http() -> None:
    loaded = loaded_by("import artifact_tui.app, artifact_tui.cli.backends, artifact_tui.screens.repositories")
    assert not {"httpx", "httpcore", "keyring", "truststore"} & loaded
    assert {"textual", "msgspec"} <= loaded


def test_the_first_frame_needs_no_engine_and_no_dialog() -> None:
    code = "import artifact_tui.app, artifact_tui.screens.repositories"
    probe = f"{code}\nimport sys\nsys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    late = {"transfers.engine", "archive.unpack", "screens.dialogs", "screens.contents", "demo.server"}
    assert not {f"artifact_tui.{name}" for name in late} & set(done.stderr.split())


@not_measured
def test_without_a_journal_nothing_that_reads_one_is_loaded(tmp_path: Path) -> None:
    """Nor the engine: a start without earlier downloads costs nothing for them."""
    code = f"""
import asyncio
from pathlib import Path
from tests.ui.program import RECORDER, Program
async def start():
    program = Program(RECORDER, journal=Path({str(tmp_path)!r}) / "transfers.sqlite")
    async with program.running():
        pass
asyncio.run(start())
"""
    probe = f"{code}\nimport sys\nsys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert not {"sqlite3", "artifact_tui.transfers.engine", "artifact_tui.screens.dialogs.question"} & set(
        done.stderr.split()
    )
