"""What a command finds around it when it runs in the process of the tests, which saves the half second of a start."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest

from artifact_tui.cli.line.command import run_command
from tests.pty_program import environment


@contextmanager
def surroundings(home: Path, typed: str = "", **more: str) -> Iterator[dict[str, str]]:
    """Give this process the environment, the directory and the standard input of a program, and take them back."""
    environ = environment(home, **more)
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - environ.keys():
            if not name.startswith("PYTEST_"):  # pytest's own notes
                patch.delenv(name)
        for name, value in environ.items():
            patch.setenv(name, value)
        patch.chdir(home)
        patch.setattr(sys, "stdin", StringIO(typed))
        yield environ


def called(command: str, arguments: Sequence[str], environ: Mapping[str, str]) -> tuple[int, str, str]:
    """The exit code of a command, and what it wrote to standard output and standard error."""
    out, errors = TextIOWrapper(BytesIO(), "utf-8"), StringIO()
    with redirect_stdout(out), redirect_stderr(errors):
        code = run_command(command, arguments, environ)
    out.seek(0)
    return code, out.read(), errors.getvalue()
