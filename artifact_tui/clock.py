"""Time, as transfers tell and spend it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

Wait = Callable[[threading.Event, float | None], object]
"""Waits for an event, at most so many seconds."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Clock(NamedTuple):
    """``monotonic`` counts seconds, ``now`` tells the date, and ``wait`` is how threads let time pass."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _utc_now
    wait: Wait = threading.Event.wait
