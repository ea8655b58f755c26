"""The driver as a process of the test's own, seen through what it prints."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from tests.faults.driver import Errand
from tests.timeouts import TIMEOUT

_ROOT = Path(__file__).parents[2]
_RUN = 'exec "$@"'


@functools.cache
def namespace() -> tuple[str, ...] | None:
    """The command that gives a program mounts of its own, None where this machine does not let us."""
    for command in (("unshare", "-m"), ("unshare", "-rm")):
        with contextlib.suppress(OSError):
            if not subprocess.run([*command, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode:
                return command
    return None


def mounting(*commands: tuple[str | Path, ...]) -> tuple[str, ...]:
    """A prefix that runs these first, in a namespace of mounts that ends with the program."""
    prefix = namespace()
    assert prefix is not None
    script = " && ".join([*(shlex.join(map(str, command)) for command in commands), _RUN])
    return (*prefix, "sh", "-c", script, "sh")


class Driven:
    """A driver under way; leaving the context kills it."""

    def __init__(self, errand: Errand, *, prefix: tuple[str, ...] = (), environ: Mapping[str, str] = {}) -> None:
        self._told = threading.Condition()
        self.transfers: list[dict[str, Any]] = []
        self.seen: list[str] = []
        self.ended: dict[str, Any] = {}
        text = msgspec.json.encode(errand).decode()
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "tests.faults.driver", text],
            cwd=_ROOT,
            env={**os.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()

    @property
    def root(self) -> Path:
        """Where the file system stands as the driver sees it."""
        return Path(f"/proc/{self.process.pid}/root")

    def until(self, right: Callable[[], object], policy: float = TIMEOUT) -> None:
        with self._told:
            assert self._told.wait_for(right, policy), self.transfers

    def until_received(self, bytes_: int) -> None:
        """Wait until the first transfer has at least these many."""
        self.until(lambda: self.transfers and self.transfers[0]["received"] >= bytes_)

    def until_said(self, words: str) -> None:
        """Wait until some transfer had this problem once."""
        self.until(lambda: any(words in problem for problem in self.seen))

    def until_ended(self, policy: float = TIMEOUT) -> list[dict[str, Any]]:
        """Wait until nothing is under way any more; how the transfers ended."""
        self.until(lambda: self.ended, policy)
        return self.transfers

    def tell(self, word: str) -> None:
        """Write a line to its input."""
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def send(self, number: int) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._told:
                self._take(json.loads(line))
                self._told.notify_all()

    def _take(self, told: Any) -> None:
        if isinstance(told, dict):
            self.ended = told
            return
        self.transfers = told
        self.seen += [each["problem"] for each in told if each["problem"]]
