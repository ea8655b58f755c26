"""Time sources that tests can replace."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

Wait = Callable[[threading.Event, float | None], object]
"""Wait for an event, at most this many seconds."""


class Clock(NamedTuple):
    """Time sources: ``monotonic`` in seconds, ``now`` in UTC, and ``wait``, which threads use to wait."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = partial(datetime.now, UTC)
    wait: Wait = threading.Event.wait
