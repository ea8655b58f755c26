"""Cases of a parametrized test that run only with ``-m slow``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def slow_but(kept: int, cases: Iterable[Any]) -> list[Any]:
    """Return the cases, of which all but the first ``kept`` are slow; tuples are several arguments."""
    listed = list(cases)
    slow = [pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.slow) for case in listed]
    return [*listed[:kept], *slow[kept:]]
