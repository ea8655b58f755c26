"""When Python collects garbage by itself, as programs have it; tests let it happen less often (``conftest.py``)."""

from __future__ import annotations

import gc

PROGRAM = gc.get_threshold()
