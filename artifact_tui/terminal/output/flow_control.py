"""How much may be under way to the terminal: its answers to a question at the end of each frame are the clock.

The question is whether synchronized output is known (DECRQM of mode 2026), because it has no effect and a known answer.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from threading import Condition

QUESTION = "\x1b[?2026$p"
SMALLEST, LARGEST = 800, 65536
"""Bytes that may be unanswered: as many as a slow line carries in a tenth of a second, and as many as any needs."""
PATIENCE = 3.0
"""Seconds after which an answer is given up; frames go out unpaced until the next one."""
SLACK = 0.05
"""Seconds by which any answer may be late without the line being called full."""


class FlowControl:
    """Counts what was sent and not yet answered; the window grows while answers come soon, and shrinks when late."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = Condition()
        self._sent: deque[tuple[float, int]] = deque()
        self._window = SMALLEST * 2
        self._soonest = PATIENCE
        self._answering = False

    @property
    def is_open(self) -> bool:
        """Whether another frame may go."""
        with self._changed:
            self._give_up()
            return not self._answering or not self._sent or self._unanswered < self._window

    @property
    def due(self) -> float:
        """Seconds until the oldest question is given up."""
        with self._changed:
            return max(0.0, self._sent[0][0] + PATIENCE - self._clock()) if self._sent else 0.0

    def send(self, size: int) -> None:
        """Count a frame of that many bytes, with a question at its end."""
        with self._changed:
            self._sent.append((self._clock(), size))

    def answer(self) -> None:
        """Note an answer; may be called from any thread."""
        with self._changed:
            self._answering = True
            if self._sent:
                self._adapt(self._clock() - self._sent.popleft()[0])
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Until every question is answered, at most so long; whether they are."""
        with self._changed:
            if not self._answering:
                return not self._sent
            return self._changed.wait_for(lambda: not self._sent, seconds)

    def reset(self) -> None:
        """Forget everything known of the terminal, which may be another one now."""
        with self._changed:
            self._sent.clear()
            self._soonest, self._answering = PATIENCE, False

    @property
    def _unanswered(self) -> int:
        return sum(size for _, size in self._sent)

    def _adapt(self, took: float) -> None:
        self._soonest = min(self._soonest, took)
        if took < self._soonest * 1.5 + SLACK:
            self._window = min(self._window * 3 // 2, LARGEST)
        elif took > self._soonest * 2 + SLACK:
            self._window = max(self._window // 2, SMALLEST)

    def _give_up(self) -> None:
        if self._sent and self._clock() - self._sent[0][0] > PATIENCE:
            self._sent.clear()
            self._answering = False
