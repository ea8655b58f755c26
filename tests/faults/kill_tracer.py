"""System calls of a child process, listed and made to fail one by one with strace."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tests.faults.kill_yard import Yard, said_by

CALLS = {
    "write": ("ENOSPC", "EIO"),
    "pwrite64": ("ENOSPC", "EIO"),
    "ftruncate": ("EIO", "ENOSPC"),
    "fsync": ("EIO", "ENOSPC"),
    "fdatasync": ("EIO", "ENOSPC"),
    "syncfs": ("EIO", "ENOSPC"),
    "rename": ("EACCES", "ENOSPC", "EIO"),
    "renameat": ("EACCES", "ENOSPC", "EIO"),
    "renameat2": ("EACCES", "ENOSPC", "EIO"),
    "link": ("EACCES", "ENOSPC", "EIO"),
    "linkat": ("EACCES", "ENOSPC", "EIO"),
    "openat": ("EACCES", "ENOSPC", "EIO"),
    "unlink": ("EACCES", "EIO"),
    "unlinkat": ("EACCES", "EIO"),
    "mkdir": ("ENOSPC", "EACCES", "EIO"),
    "mkdirat": ("ENOSPC", "EACCES", "EIO"),
}
"""What a download asks of the file system, and what each call may be answered."""


class Fault(NamedTuple):
    """The ``when``-th call of this name in a thread fails with ``error``, or with an empty one kills the program."""

    call: str
    when: int
    error: str = ""

    def __str__(self) -> str:
        return f"{self.call} {self.when} {self.error or 'KILL'}"


def why_not() -> str:
    """Why nothing can be traced here; empty when it can."""
    if not shutil.which("strace"):
        return "strace is not installed"
    tried = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    return f"strace cannot trace here: {tried.stderr.strip()}" if tried.returncode else ""


def rehearse(yard: Yard, log: Path) -> list[Fault]:
    """Let the program download, and give every call failing in one way (the ways take turns) or being the last."""
    said_by(traced(yard, "-y", "-o", str(log), "-e", f"trace={','.join(CALLS)}"))
    calls = Counter(re.findall(r"^(\d+) +(\w+)\(", log.read_text(errors="replace"), re.MULTILINE))
    most: dict[str, int] = {}
    for (_, call), count in calls.items():
        most[call] = max(count, most.get(call, 0))
    counted = [(call, when) for call in most for when in range(1, most[call] + 1)]
    errors = [Fault(call, when, CALLS[call][when % len(CALLS[call])]) for call, when in counted]
    return [*errors, *(Fault(call, when) for call, when in counted)]


def failing(yard: Yard, fault: Fault) -> subprocess.Popen[str]:
    """Start the program with that call failing; a thread counts its own calls."""
    effect = f"error={fault.error}" if fault.error else "signal=KILL"
    inject = f"inject={fault.call}:{effect}:when={fault.when}"
    return traced(yard, "-o", "/dev/null", "-e", f"trace={fault.call}", "-e", inject)


def traced(yard: Yard, *options: str) -> subprocess.Popen[str]:
    """Start the program and let it go once strace has it; what it did before is not seen."""
    process = yard.start("--wait")
    assert process.stdout
    assert process.stdin
    assert process.stdout.readline() == "ready\n"
    command = ["strace", "-f", *options, "-p", str(process.pid)]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert tracer.stderr
    assert "attached" in (said := tracer.stderr.readline()), said
    threading.Thread(target=tracer.communicate, daemon=True).start()  # it ends with what it traces
    process.stdin.write("\n")
    process.stdin.flush()
    return process
