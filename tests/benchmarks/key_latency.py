"""How long a key takes from the keyboard to the screen, in the program itself, in a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import random
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.benchmarks.shelf import PLACE, RUN
from tests.pty_program import PROGRAM, environment

ROWS = 14
"""How many artifacts named ``row-NNNN`` the list has, of which the first eight are gone through."""
_STEPS = 8
_LONGEST = 20.0
_CURSOR = "▌  row-{:04}"


class Keyboard:
    """The program in a terminal of 80x24, showing the artifacts of a run; leaving the context ends it."""

    def __init__(self, api: str, home: Path) -> None:
        self._parent, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        command = (*PROGRAM, str(PLACE), "--run", str(RUN), "--api-url", api, "--dir", str(home / "artifacts"))
        # Drawn by Textual itself: words are then whole in what is written, and nothing waits for a terminal's answer.
        drawn = {"ARTIFACT_TUI_LEAN_OUTPUT": "0"}
        environ = environment(home, GH_ENTERPRISE_TOKEN="a-token-for-loopback", **drawn)
        self._process = subprocess.Popen(
            command, stdin=child, stdout=child, stderr=child, env=environ, cwd=home, start_new_session=True
        )
        os.close(child)
        self._written = b""
        self._draw = random.Random(1)
        self._row, self._down = ROWS - 1, True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._parent)

    def only_rows(self) -> None:
        """Filter the list, so that the keys to come go through the same rows every time."""
        self._press("/\x15row\r", _CURSOR.format(ROWS - 1))
        self._row = ROWS - 1

    def download_all(self, word: str) -> None:
        """Mark everything that the filter finds, and download it as it is."""
        self._press(f"/\x15{word}\r", f"▌  {word}")
        self._press("a", f"▌● {word}")
        self._press("d", "into the directory")
        self._press("\r", "downloads into")

    def press(self, presses: int) -> list[float]:
        """Milliseconds of each j and k, until the cursor was written on the next row."""
        return [self._step() for _ in range(presses)]

    def until_shown(self, text: str) -> None:
        """Wait for it, and then a moment for what is written with it."""
        self._until(lambda: text.encode() in self._written, text)
        self.rest()

    def rest(self) -> None:
        """Let half a second pass."""
        self._drain(0.5)

    def _step(self) -> float:
        self._drain(0.02 + self._draw.random() / 50)
        if self._row in {ROWS - 1, ROWS - 1 - _STEPS}:
            self._down = self._row == ROWS - 1
        self._row += -1 if self._down else 1
        return self._press("j" if self._down else "k", _CURSOR.format(self._row))

    def _press(self, keys: str, text: str) -> float:
        """Milliseconds until the text was written."""
        self._written = b""
        start = time.perf_counter()
        os.write(self._parent, keys.encode())
        self._until(lambda: text.encode() in self._written, text)
        return (time.perf_counter() - start) * 1000

    def _until(self, true: Callable[[], bool], what: str) -> None:
        while not true():
            if not select.select([self._parent], [], [], _LONGEST)[0]:
                raise SystemExit(f"never written: {what!r}; the end was {self._written[-800:]!r}")
            self._written += os.read(self._parent, 65536)

    def _drain(self, seconds: float) -> None:
        """Let time pass, reading."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self._parent], [], [], left)[0]:
                self._written += os.read(self._parent, 65536)
