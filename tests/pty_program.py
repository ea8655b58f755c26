"""The program in a real pseudo-terminal, started as a person starts it, and what stands on that terminal's screen."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte
import pytest

from tests.terminal.emulator import Cell, Screen, cells_of
from tests.timeouts import TIMEOUT

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = (sys.executable, "-m", "artifact_tui")
MEASURED = "COVERAGE_PROCESS_CONFIG"
"""Set by coverage.py, so that the programs that tests start are measured too."""
not_measured = pytest.mark.skipif(MEASURED in os.environ, reason="coverage.py is loaded too, and writes files")
"""For tests of what a program loads, or of each of its system calls."""
SHELL = ("bash", "--norc", "--noprofile", "-i")
_CONTROLLED = (
    "import fcntl, os, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.environ.pop('LC_CTYPE', None); "
    "[signal.signal(number, signal.SIG_DFL) for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)]; "
    "os.execvp(sys.argv[1], sys.argv[1:])"
)
"""Makes the terminal the one that sends signals to the program, as a login does, whatever ignored signals we inherited.

Where the locale is C, Python itself has set ``LC_CTYPE`` in this step.
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of the machine's own: no tokens, no settings, no proxy, no git configuration."""
    kept = {name: os.environ[name] for name in ("PATH", MEASURED) if name in os.environ}
    own = {"HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    return kept | own | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CEILING_DIRECTORIES": str(home)} | more


def unknown_user(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The same for a user id that the system does not know, as in a container: no HOME, and no entry to find one in."""
    (folder / "sitecustomize.py").write_text("import pwd\ndel pwd.getpwuid\npwd.getpwuid = {}.__getitem__\n")
    kept = {name: value for name, value in environ.items() if name != "HOME"}
    return kept | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


LAST = b"\x00"
"""Written behind the output of a program that has ended; terminals ignore it."""


class Terminal:
    """A terminal of 80x24 with a program in it; leaving the context ends both."""

    def __init__(self, command: tuple[str, ...], environ: Mapping[str, str], directory: Path) -> None:
        self.output = b""
        self._ended: int | None = None
        self._screen = Screen(80, 24)
        self._text: str | None = None
        self._is_stopped = False
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._before = termios.tcgetattr(slave)
        self._slave = slave
        self._closed: set[int] = set()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _CONTROLLED, *command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(environ),
            cwd=directory,
            start_new_session=True,
        )

        self._ended = os.pidfd_open(self.process.pid) if hasattr(os, "pidfd_open") else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()
        if self._ended is not None:
            os.close(self._ended)
            self._ended = None

    @property
    def text(self) -> str:
        """What stands on the screen."""
        if self._text is None:
            self._text = "\n".join(line.rstrip() for line in self._screen.display)
        return self._text

    def hang_up(self) -> None:
        """The terminal goes away, as when a window is closed or SSH is killed."""
        for descriptor in {self._slave, self._master} - self._closed:
            os.close(descriptor)
            self._closed.add(descriptor)

    @property
    def cells(self) -> list[list[Cell]]:
        """What stands on the screen, with its colors."""
        return cells_of(self._screen)

    def resize(self, width: int, height: int) -> None:
        """As a window does: the program is told by a signal."""
        self._screen.resize(height, width)
        self._text = None
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def read(self) -> None:
        """Take what has been written, waiting a moment for it."""
        self._read()

    @property
    def is_restored(self) -> bool:
        """Whether the line settings are those from before the program."""
        return termios.tcgetattr(self._slave) == self._before

    def stop_output(self) -> None:
        """As Ctrl+S does where the line settings let it: nothing more is taken from the program."""
        self._is_stopped = True
        termios.tcflow(self._slave, termios.TCOOFF)

    def type(self, keys: str) -> None:
        """Type this."""
        self.send(keys.encode())

    def send(self, data: bytes) -> None:
        """Send bytes as no keyboard does."""
        os.write(self._master, data)

    def look(self, seconds: float, *sentences: str) -> None:
        """Read for some time, or until all of these stand on the screen."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (sentences and all(sentence in self.text for sentence in sentences)):
            self._read()

    def until(self, true: Callable[[], object], what: str) -> None:
        """Read what is written until something is true."""
        end = time.monotonic() + TIMEOUT
        while not true():
            if time.monotonic() > end:
                raise AssertionError(f"never: {what}\n{self.text}")
            self._read()

    def until_shown(self, *sentences: str) -> None:
        """Read until all of these stand on the screen."""
        self.until(lambda: all(sentence in self.text for sentence in sentences), repr(sentences))

    def exit_code(self) -> int:
        """Read until the program has ended."""
        self.until(lambda: self.process.poll() is not None, "the program ends")
        self._drain()
        return self.process.wait()

    def _drain(self) -> None:
        """Read what is left: the kernel hands output on later than a program ends, and in order."""
        if self._is_stopped:
            self._read()
            return
        while select.select([self._master], [], [], 0)[0]:
            self._read()
        os.write(self._slave, LAST)
        self.until(lambda: self.output.endswith(LAST), "the end of the output")
        self.output = self.output.removesuffix(LAST)

    def _read(self) -> None:
        """Wait a moment for output, or for the program's end where the system can tell of it."""
        ended = [self._ended] if self._ended is not None and self.process.returncode is None else []
        ready = select.select([self._master, *ended], [], [], 0.1 if self.process.returncode is None else 0.01)[0]
        if self._master in ready:
            data = os.read(self._master, 65536)
            self.output += data
            self._stream.feed(data)
            self._text = None
        elif ready:
            self.process.wait()
