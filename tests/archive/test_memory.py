"""The largest archives that are read at all, honest and not, in bounded memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.archive.places import save
from tests.archive.zips import crowd, zipped
from tests.slow_cases import slow_but

MOST = 150 * 1024
"""kB of memory in RAM, that of the interpreter with it."""

LOOK = """
import sys
from pathlib import Path
from artifact_tui.archive.errors import ArchiveRefused
from artifact_tui.archive.unpack import check_contents, unpack_tree
look = {"check": lambda archive: check_contents(archive),
        "unpack": lambda archive: unpack_tree(archive, archive.with_name("out"))}[sys.argv[1]]
try:
    look(Path(sys.argv[2]))
    said = "whole"
except ArchiveRefused as refusal:
    said = str(refusal)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(status["VmHWM"].split()[0], said)
"""


def many(name: Callable[[int], bytes], count: int, flags: int = 0x800) -> bytes:
    return crowd(map(name, range(count)), flags)


def greek(number: int) -> bytes:
    """Letters that take three times as much elsewhere as in code page 437, and have two cases."""
    return b"d/" + b"\xe2" * 83 + b"%06d" % number


def implied(number: int) -> bytes:
    """One file, for which 57 directories would have to be made."""
    return b"%06d/" % number + b"a/" * 56 + b"x"


def report(number: int) -> bytes:
    return b"reports/%03d/Case%05d.xml" % (number % 300, number)


CASES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "implied directories": ("unpack", lambda: many(implied, 99_999), "more files and directories"),
    "long names": ("unpack", lambda: many(lambda number: b"n" * 65_000 + b"%03d" % number, 250), "too long"),
    "a bomb": ("unpack", lambda: zipped({"zeros": bytes(300_000_000)}), "whole"),
    "as many as there may be": ("check", lambda: many(report, 99_699), "whole"),
    "a long list": (
        "unpack",
        lambda: many(lambda number: b"n" * 180 + b"%06d" % number, 99_999),
        "a table of contents of 23.2 MB, more than the limit of 16.8 MB",
    ),
    "a list of wide letters": ("check", lambda: many(greek, 99_999, 0), "whole"),
}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc on this system")
@pytest.mark.parametrize("case", slow_but(2, CASES))
def test_no_archive_takes_more_memory_than_there_is(place: Path, case: str) -> None:
    verb, make, expected = CASES[case]
    archive = save(place, make())
    done = subprocess.run([sys.executable, "-c", LOOK, verb, archive], capture_output=True, text=True, check=True)
    peak, said = done.stdout.split(" ", 1)
    assert expected in said
    assert int(peak) < MOST
