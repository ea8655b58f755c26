"""What a command finds around it when it runs in the process of the tests, which saves the half second of a start."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest

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
