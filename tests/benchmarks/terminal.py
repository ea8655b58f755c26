"""A program in a pseudo-terminal of 80x24 at the far end of a line, seen from the near end."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import pyte

QUESTIONS = re.compile(rb"\x1b\[\?(\d+)\$p|\x1b\[(6)n|\x1b\[>?(c)|\x1b\[(5)n")
BUFFER = 16384
"""Bytes that SSH and TCP at the far end take before they make a program wait."""
STILL = 0.6
"""Seconds without a byte after which output has ended; longer than a round trip of the lines here."""
LONGEST = 120.0
"""Seconds after which waiting fails."""


class Line(NamedTuple):
    """Bits per second (0: no limit) and seconds each way."""

    rate: int = 0
    delay: float = 0.0


DIRECT = Line()


class Terminal:
    """Reads from the program at the rate of the line, and answers terminal queries after its delay."""

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], directory: Path, line: Line = DIRECT
    ) -> None:
        self.received = 0
        self.written = b""
        """All bytes that have arrived."""
        self._line = line
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._out: deque[tuple[float, bytes]] = deque()
        self._in: deque[tuple[float, bytes]] = deque()
        self._free_at, self._shown = 0.0, 0
        self._screen = pyte.Screen(80, 24)
        self._emulator = pyte.ByteStream(self._screen)
        self.typed = self.last = time.monotonic()
        """When a key was typed, or the program was started; and when the last byte arrived."""
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(environ),
            cwd=directory,
            start_new_session=True,
            preexec_fn=_control,  # no other thread runs in this process
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._master)

    @property
    def text(self) -> str:
        """What the screen shows."""
        self._emulator.feed(self.written[self._shown :])
        self._shown = len(self.written)
        return "\n".join(self._screen.display)

    @property
    def cpu(self) -> float:
        """Milliseconds of processor time that the program has used, in all its threads."""
        return time.clock_gettime(~self._process.pid << 3 | 2) * 1000  # the clock id of clock_getcpuclockid(3)

    def memory(self, field: str = "VmRSS") -> float:
        """Return megabytes in RAM, or at most so far with ``VmHWM``."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(rf"{field}:\s+(\d+) kB", status)
        return int(found[1]) * 1024 / 1e6 if found else 0.0

    def type(self, keys: str) -> None:
        """Type keys, which arrive a delay later."""
        self.typed = time.monotonic()
        self._in.append((self.typed + self._line.delay, keys.encode()))
        self._step(0)

    def until(self, true: Callable[[], object], tick: float = 0.05) -> float:
        """Wait until something is true, checked each ``tick``; return seconds from the last key, or the start."""
        end = time.monotonic() + LONGEST
        while not true():
            if time.monotonic() > end:
                raise TimeoutError(f"waited for {LONGEST:.0f} s at\n{self.text}")
            self._step(tick)
        return time.monotonic() - self.typed

    def until_shown(self, *texts: str) -> float:
        """Wait until the screen shows all of these; return seconds to the arrival of the last bytes of them."""
        return self.until_text(lambda screen: all(text in screen for text in texts))

    def until_text(self, true: Callable[[str], object]) -> float:
        """Wait until something is true of the screen; return seconds to the arrival of the bytes that made it so."""
        self.until(lambda: true(self.text))
        return self.last - self.typed

    def until_ended(self) -> float:
        """Wait until the program has ended; return seconds from the last key."""
        return self.until(lambda: self._process.poll() is not None, 0.0005)

    def settle(self, longest: float, still: float = STILL) -> tuple[int, float]:
        """Wait until nothing has arrived for a while; return bytes, and seconds from now to the last of them."""
        start, before = time.monotonic(), self.received
        while time.monotonic() - max(self.last, start) < (longest if self.received == before else still) or self._out:
            self._step(0.01)
        return self.received - before, max(0.0, self.last - start)

    def after(self, keys: str, still: float = STILL) -> tuple[int, float]:
        """Type keys, and return the result of :meth:`settle`."""
        self.type(keys)
        return self.settle(still * 2, still)

    def hold(self, key: str, seconds: float, rate: int) -> tuple[int, float]:
        """Hold a key down; return bytes, and seconds after its release until the last has arrived."""
        before, start = self.received, time.monotonic()
        for press in range(int(seconds * rate)):
            self.rest(start + press / rate - time.monotonic())
            self.type(key)
        released = time.monotonic()
        self.settle(STILL * 2)
        return self.received - before, max(0.0, self.last - released)

    def rest(self, seconds: float) -> int:
        """Let time pass; return the number of bytes that arrived."""
        before, end = self.received, time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._step(min(left, 0.05))
        return self.received - before

    def _step(self, seconds: float) -> None:
        """Deliver what is due in both directions; wait at most this long for it."""
        now = time.monotonic()
        while self._in and self._in[0][0] <= now:
            os.write(self._master, self._in.popleft()[1])
        while self._out and self._out[0][0] <= now:
            self._arrive(self._out.popleft()[1], now)
        due = min((each[0][0] for each in (self._in, self._out) if each), default=now + seconds)
        has_room = sum(len(data) for _, data in self._out) < BUFFER
        wait = max(0.0, min(seconds, due - now))
        if select.select([self._master] if has_room else [], [], [], wait)[0]:
            self._send(self._read())

    def _read(self) -> bytes:
        try:
            return os.read(self._master, 1024 if self._line.rate else 65536)
        except OSError:  # the program has ended
            time.sleep(0.0005)
            return b""

    def _send(self, data: bytes) -> None:
        """Put data onto the line, behind what is on it."""
        now = time.monotonic()
        self._free_at = max(self._free_at, now) + (len(data) * 8 / self._line.rate if self._line.rate else 0.0)
        if self._line == DIRECT:
            self._arrive(data, now)
        else:
            self._out.append((self._free_at + self._line.delay, data))

    def _arrive(self, data: bytes, now: float) -> None:
        if not data:
            return
        self.received += len(data)
        self.last = now
        before = len(self.written) - 12
        self.written += data
        for match in QUESTIONS.finditer(self.written, max(0, before)):
            if match.end() > before + 12:
                self._in.append((now + self._line.delay, _answer(*match.groups())))


def _control() -> None:
    """Make this the controlling terminal, as a login does: programs ask whether they are in the foreground."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _answer(mode: bytes | None, place: bytes | None, attributes: bytes | None, _: bytes | None) -> bytes:
    """Return what a modern terminal answers."""
    if mode:
        return b"\x1b[?%s;%d$y" % (mode, 2 if mode == b"2026" else 0)
    return b"\x1b[1;1R" if place else b"\x1b[?62;22c" if attributes else b"\x1b[0n"
