"""Programs that are asked for a secret: without a terminal to prompt on, and never waited for beyond a limit."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress

from msgspec import Struct

_LAST_WORDS = 0.5
"""Seconds to wait for a killed child's pipes, which a grandchild may hold open for ever."""


class Finished(Struct, frozen=True):
    """What a child came to; output is not part of the repr, for it may be a secret."""

    code: int
    output: bytes

    def __repr__(self) -> str:
        return f"Finished(code={self.code})"


class Unanswered(Exception):
    """The child did not end in time; it and all that it started were killed."""


def ask_child(
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    said: bytes = b"",
    seconds: float,
    directory: str | None = None,
    with_errors: bool = False,
) -> Finished:
    """Run ``command`` in its own session in ``directory`` with ``said`` as stdin, and return its output.

    A session of its own has no controlling terminal, so nothing can prompt over our screen through ``/dev/tty``.
    Raises :class:`Unanswered` after ``seconds``, and :class:`OSError` when it cannot be started.
    """
    stdin = subprocess.PIPE if said else subprocess.DEVNULL
    stderr = subprocess.STDOUT if with_errors else subprocess.DEVNULL
    pipe = subprocess.PIPE
    child = subprocess.Popen(
        command, env=dict(environ), cwd=directory, stdin=stdin, stdout=pipe, stderr=stderr, start_new_session=True
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
