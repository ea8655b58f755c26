"""Child processes that return a secret, without a terminal for prompts and with a time limit."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress

from msgspec import Struct

_LAST_WORDS = 0.5
"""Seconds to wait for a killed child's pipes, which a grandchild may hold open."""


class Finished(Struct, frozen=True):
    """A child's result; the repr leaves out the output, which may be a secret."""

    code: int
    output: bytes

    def __repr__(self) -> str:
        return f"Finished(code={self.code})"


class Unanswered(Exception):
    """The child did not end in time and was killed, with all its children."""


def ask_child(
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    said: bytes = b"",
    seconds: float,
    directory: str | None = None,
    with_errors: bool = False,
) -> Finished:
    """Run ``command`` in ``directory`` with ``said`` as stdin, and return its output.

    It runs in a new session without a controlling terminal, so it cannot prompt through ``/dev/tty``. Raises
    :class:`Unanswered` after ``seconds``, and :class:`OSError` if it cannot be started.
    """
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    child = subprocess.Popen(
        command,
        env=dict(environ),
        cwd=directory,
        stdin=pipe if said else nothing,
        stdout=pipe,
        stderr=subprocess.STDOUT if with_errors else nothing,
        start_new_session=True,
    )
    try:
        output, _ = child.communicate(said or None, timeout=seconds)
    except subprocess.TimeoutExpired:
        _end(child)
        raise Unanswered from None
    return Finished(child.returncode, output)


def _end(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        child.communicate(timeout=_LAST_WORDS)
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
