"""A program in a pseudo-terminal at the far end of a slow line, and a terminal that answers at the near end."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

QUESTIONS = re.compile(rb"\x1b\[\?(\d+)\$p|\x1b\[(6)n|\x1b\[>?(c)|\x1b\[(5)n")
BUFFER = 16384
"""Bytes that the far end's SSH and TCP take before they make a program wait."""
STILL = 0.6
"""Seconds without a byte after which nothing more comes; longer than a round trip."""


class Line(NamedTuple):
    """Bits a second (0: no limit) and seconds each way."""

    rate: int
    delay: float


class SlowTerminal:
    """Reads from the program as the line carries it away, and answers a delay later."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], directory: Path, line: Line) -> None:
        self.received = 0
        self.last = self.started = time.monotonic()
        self._line = line
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=dict(environ), cwd=directory, start_new_session=True
        )
        os.close(slave)
        self._out: deque[tuple[float, bytes]] = deque()
        self._in: deque[tuple[float, bytes]] = deque()
        self._free_at = 0.0
        self._tail = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def type(self, keys: str) -> None:
        """Type keys, which arrive a delay later."""
        self._in.append((time.monotonic() + self._line.delay, keys.encode()))

    def settle(self, longest: float) -> tuple[int, float]:
        """Until nothing has come for a while: bytes, and seconds from the start to the last of them."""
        start = time.monotonic()
        before = self.received
        while time.monotonic() - max(self.last, start) < (longest if self.received == before else STILL) or self._out:
            self._step()
        return self.received - before, max(0.0, self.last - start)

    def after(self, keys: str) -> tuple[int, float]:
        """Type, and take what comes of it."""
        self.type(keys)
        return self.settle(STILL * 2)

    def hold(self, key: str, seconds: float, rate: int) -> tuple[int, float]:
        """Hold a key down: bytes, and seconds after its release until the last has arrived."""
        before, start = self.received, time.monotonic()
        for press in range(int(seconds * rate)):
            self.pump(start + press / rate - time.monotonic())
            self.type(key)
        released = time.monotonic()
        self.settle(STILL * 2)
        return self.received - before, max(0.0, self.last - released)

    def pump(self, seconds: float) -> None:
        """Let time pass."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._step()

    def _step(self) -> None:
        now = time.monotonic()
        while self._in and self._in[0][0] <= now:
            os.write(self._master, self._in.popleft()[1])
        while self._out and self._out[0][0] <= now:
            self._arrive(self._out.popleft()[1], now)
        under_way = sum(len(data) for _, data in self._out)
        room = under_way < BUFFER
        if select.select([self._master] if room else [], [], [], 0.002)[0]:
            self._send(os.read(self._master, 1024))

    def _send(self, data: bytes) -> None:
        """Onto the line, behind what is on it."""
        now = time.monotonic()
        took = len(data) * 8 / self._line.rate if self._line.rate else 0.0
        self._free_at = max(self._free_at, now) + took
        self._out.append((self._free_at + self._line.delay, data))

    def _arrive(self, data: bytes, now: float) -> None:
        self.received += len(data)
        self.last = now
        text = self._tail + data
        end = 0
        for match in QUESTIONS.finditer(text):
            end = match.end()
            mode, place, attributes, _ = match.groups()
            if mode:
                answer = b"\x1b[?%s;%d$y" % (mode, 2 if mode == b"2026" else 0)
            else:
                answer = b"\x1b[1;1R" if place else b"\x1b[?62;22c" if attributes else b"\x1b[0n"
            self._in.append((now + self._line.delay, answer))
        self._tail = text[max(end, len(text) - 12) :]
