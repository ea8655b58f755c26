"""System calls of a child process, listed and made to fail one by one with strace."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CALLS = {
    "write": ("ENOSPC", "EIO"),
    "pwrite64": ("ENOSPC", "EIO"),
    "ftruncate": ("EIO", "ENOSPC"),
    "fsync": ("EIO", "ENOSPC"),
    "fdatasync": ("EIO", "ENOSPC"),
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


class Rehearsal(NamedTuple):
    """What a start of the program did to files below a place: how often each call in one thread, and to which."""

    counts: dict[str, int]
    paths: frozenset[str]

    def faults(self) -> Iterator[Fault]:
        """Every call failing in one way, the ways taking turns, and every call being the last."""
        for call, count in self.counts.items():
            for when in range(1, count + 1):
                yield Fault(call, when, CALLS[call][when % len(CALLS[call])])
                yield Fault(call, when)


def why_not() -> str:
    """Why nothing can be traced here; empty when it can."""
    if not shutil.which("strace"):
        return "strace is not installed"
    tried = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    return f"strace cannot trace here: {tried.stderr.strip()}" if tried.returncode else ""


def listing(log: Path) -> list[str]:
    """The command that lists the calls of what follows it."""
    return ["strace", "-f", "-y", "-qq", "-s", "4096", "-o", str(log), "-e", f"trace={','.join(CALLS)}"]


def read_listing(log: Path, place: Path) -> Rehearsal:
    """What stands in a log about files below ``place``."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    paths: set[str] = set()
    for line in log.read_text(errors="replace").splitlines():
        call = re.match(r"(\d+) +(\w+)\(", line)
        found = re.findall(rf'(?<=["<]){re.escape(str(place))}[^">]*', line)
        if call and found:
            counts[call[2]][call[1]] += 1
            paths.update(found)
    return Rehearsal({call: max(threads.values()) for call, threads in counts.items()}, frozenset(paths))


def injecting(fault: Fault, rehearsal: Rehearsal) -> list[str]:
    """The command that lets one call of what follows it fail, counted in each thread and for these paths only."""
    effect = f"error={fault.error}" if fault.error else "signal=KILL"
    only = [option for path in sorted(rehearsal.paths) for option in ("-P", path)]
    trace = ["-e", f"trace={fault.call}", "-e", f"inject={fault.call}:{effect}:when={fault.when}"]
    return ["strace", "-f", "-qq", "-o", "/dev/null", *only, *trace]
