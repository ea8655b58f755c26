"""The import contracts hold, and each of these changes, which break the architecture, breaks one of them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = "Every module imports only from the layers below its own"
CYCLES = "No import cycles between siblings, at any depth"
DRAWING = "Only what draws imports Textual or Rich"
HTTP = "Only github and the demo's transport import an HTTP library"
TRANSFERS = "transfers: the engine joins downloads and deletions, which do not know each other"
GITHUB = "github: sign-in over provider and store, these over HTTP, HTTP over tokens and hosts"
LINE = "Line mode loads nothing that draws"


class Mutation(NamedTuple):
    """Imports added to a module (a new one where there is none), and the contracts that they break."""

    module: str
    imports: tuple[str, ...]
    broken: tuple[str, ...]


MUTATIONS = (
    Mutation("domain/run_filter.py", ("textual", "httpx"), (DRAWING, HTTP)),
    Mutation("transfers/downloads/byte_ranges.py", ("artifact_tui.transfers.engine",), (CYCLES, TRANSFERS)),
    Mutation("github/hosts.py", ("artifact_tui.github.provider",), (CYCLES, GITHUB)),
    Mutation("without_a_layer.py", (), (LAYERS,)),
    Mutation("cli/line/verify.py", ("artifact_tui.screens.session",), (LINE,)),
    Mutation("config/keymap_rules.py", ("textual", "httpx"), (DRAWING, HTTP)),
    Mutation("domain/urls.py", ("textual", "httpx"), (DRAWING, HTTP)),
    Mutation("log_file.py", ("textual", "httpx"), (DRAWING, HTTP)),
    Mutation("screens/dialogs/question.py", ("artifact_tui.screens.artifacts.screen",), (CYCLES,)),
    Mutation("transfers/engine.py", ("textual",), (DRAWING,)),
    Mutation("storage/quota.py", ("httpx",), (HTTP,)),
    Mutation("transfers/downloads/queue.py", ("artifact_tui.transfers.deletions.queue",), (TRANSFERS,)),
)
FAST = 2
"""The first of them break each contract that is named here; the others are slow."""


def broken_contracts(directory: Path) -> set[str]:
    """The names of the contracts that the package in a directory breaks."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", "pyproject.toml"]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, env={"COLUMNS": "400", "PATH": ""})
    names = re.findall(r"^(.+) (KEPT|BROKEN)$", done.stdout, re.MULTILINE)
    assert len(names) >= 11, done.stdout + done.stderr
    broken = {name for name, result in names if result == "BROKEN"}
    assert bool(broken) == bool(done.returncode)
    return broken


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", directory)
    shutil.copytree(ROOT / "artifact_tui", directory / "artifact_tui", ignore=shutil.ignore_patterns("__pycache__"))
    return directory


def test_the_contracts_hold(copy: Path) -> None:
    assert broken_contracts(copy) == set()


@pytest.mark.parametrize(
    "mutation",
    [*MUTATIONS[:FAST], *(pytest.param(mutation, marks=pytest.mark.slow) for mutation in MUTATIONS[FAST:])],
    ids=lambda mutation: mutation.module,
)
def test_a_change_that_breaks_the_architecture_breaks_a_contract(copy: Path, mutation: Mutation) -> None:
    path = copy / "artifact_tui" / mutation.module
    before = path.read_text(encoding="utf-8") if path.exists() else None
    added = "".join(f"import {name}\n" for name in mutation.imports)
    path.write_text(f"{before or ''}\n{added}", encoding="utf-8")
    try:
        assert set(mutation.broken) <= broken_contracts(copy)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")
