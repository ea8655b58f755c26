"""Programs in a pseudo-terminal, timed from the outside by what they write."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence

LONGEST = 20.0


def milliseconds_until(command: Sequence[str], text: bytes, environ: Mapping[str, str], size: tuple[int, int]) -> float:
    """Start ``command`` in a terminal of ``size`` (columns, lines) and wait until it has written ``text``."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=child, stdout=child, stderr=child, env=dict(environ), start_new_session=True
    )
    os.close(child)
    try:
        return _wait(parent, text, start)
    finally:
        process.kill()
        process.wait()
        os.close(parent)


def _wait(parent: int, text: bytes, start: float) -> float:
    written = b""
    while text not in written:
        ready, _, _ = select.select([parent], [], [], LONGEST)
        if not ready:
            raise TimeoutError(f"{text!r} was never written; the end was {written[-500:]!r}")
        written += os.read(parent, 65536)
    return (time.perf_counter() - start) * 1000
