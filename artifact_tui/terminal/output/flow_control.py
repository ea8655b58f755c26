"""Flow control: the terminal answers a query at the end of a frame, which shows how fast the connection is.

The query is DECRQM for mode 2026 (synchronized output), because it has no effect and a known answer.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from threading import Condition

QUESTION = "\x1b[?2026$p"
SMALLEST, LARGEST = 800, 65536
"""Bytes that may be unanswered: what a slow line carries in 0.1 s, and enough for any connection."""
PATIENCE = 3.0
"""Seconds after which an answer counts as lost; frames are unpaced until the next answer."""
SLACK = 0.05
"""Seconds by which an answer may be late without shrinking the window."""

SLOW = 16_000
"""Bytes per second below which a connection is slow; a line of 64 kbit/s carries 8,000."""
LEAST_MORE = 1_000
"""The bytes by which two frames must differ to compute the rate from their times."""


class FlowControl:
    """Counts unanswered bytes; their limit, the window, grows with fast answers and shrinks with late ones."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = Condition()
        self._sent: deque[tuple[float, int]] = deque()
        self._window = SMALLEST * 2
        self._soonest = PATIENCE
        self._answering = False
        self._answered: deque[tuple[int, float, bool]] = deque(maxlen=8)
        """The sizes of the last answered frames, the seconds until their answers, and whether they had to queue."""
        self._last_answer = 0.0
        self.is_slow = False
        """Whether the connection was slow in the last comparison of frames of different sizes."""

    @property
    def is_open(self) -> bool:
        """Whether another frame may be sent."""
        with self._changed:
            if self._sent and self._clock() - self._sent[0][0] > PATIENCE:
                self._sent.clear()
                self._answering = False
            return not self._answering or not self._sent or sum(size for _, size in self._sent) < self._window

    @property
    def due(self) -> float:
        """Seconds until the oldest query counts as unanswered."""
        with self._changed:
            return max(0.0, self._sent[0][0] + PATIENCE - self._clock()) if self._sent else 0.0

    def send(self, size: int) -> None:
        """Count a frame of that many bytes, with a query at its end."""
        with self._changed:
            self._sent.append((self._clock(), size))

    def answer(self) -> None:
        """Note an answer; may be called from any thread."""
        with self._changed:
            self._answering = True
            if self._sent:
                moment, size = self._sent.popleft()
                took = self._clock() - moment
                self._adapt(took)
                if took < PATIENCE:  # otherwise the terminal did not read, for example while detached
                    self._compare(moment, size)
                self._last_answer = self._clock()
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until every query is answered, for at most this many seconds; return whether they are."""
        with self._changed:
            if not self._answering:
                return not self._sent
            return self._changed.wait_for(lambda: not self._sent, seconds)

    def reset(self) -> None:
        """Forget what is known about the terminal, because it may be another one now."""
        with self._changed:
            self._sent.clear()
            self._answered.clear()
            self.is_slow = False
            self._soonest, self._answering = PATIENCE, False

    def _compare(self, moment: float, size: int) -> None:
        """Decide whether the connection is slow, by how much longer large frames take than the fastest one.

        The time that all frames take is the round trip. A frame that was sent before the last answer had to queue; it
        took at most the time since that answer, and at least that without a round trip. A connection is slow if one
        frame shows that and no other frame shows the opposite.
        """
        queued = moment < self._last_answer
        self._answered.append((size, self._clock() - max(moment, self._last_answer), queued))
        alone = [answer for answer in self._answered if not answer[2]]
        if not alone:
            return
        least, soonest, _ = min(alone, key=lambda answer: answer[1])
        larger = [(size - least, took, queued) for size, took, queued in self._answered if size >= least + LEAST_MORE]
        if any(more >= (took if queued else took - soonest) * SLOW for more, took, queued in larger):
            self.is_slow = False
        elif any(more < (took - soonest) * SLOW for more, took, _ in larger):
            self.is_slow = True

    def _adapt(self, took: float) -> None:
        self._soonest = min(self._soonest, took)
        if took < self._soonest * 1.5 + SLACK:
            self._window = min(self._window * 3 // 2, LARGEST)
        elif took > self._soonest * 2 + SLACK:
            self._window = max(self._window // 2, SMALLEST)
