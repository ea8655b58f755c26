"""Clock times on the screen are those of one time zone wherever the tests run, and no test leaves anything behind."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

os.environ["TZ"] = "UTC"
time.tzset()


@pytest.fixture(autouse=True)
def nothing_is_left_in_the_working_directory() -> Iterator[None]:
    """A download without a directory of the test's own would go there."""
    before = set(os.listdir())
    yield
    assert {name for name in set(os.listdir()) - before if not name.startswith(".")} == set()
