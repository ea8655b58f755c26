"""Clock times on the screen are those of one time zone wherever the tests run."""

from __future__ import annotations

import os
import time

os.environ["TZ"] = "UTC"
time.tzset()
