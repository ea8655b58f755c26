"""The sizes of the terminal in which screens are looked at; in the larger one only with ``-m slow``."""

from __future__ import annotations

import pytest

from tests.ui.program import LARGE, SMALL

SIZES = pytest.mark.parametrize("size", [SMALL, pytest.param(LARGE, marks=pytest.mark.slow)], ids=["80x24", "120x36"])
