"""Tests that stand for a binding: run once for each of its keys, and noted, so that no binding goes without."""

from __future__ import annotations

import pytest

from artifact_tui.keymap import KEYS
from tests.slow_cases import slow_but

covered: set[str] = set()


def keys_of(name: str) -> list[str]:
    """The default keys of a binding, by its id; notes that a test is about it."""
    covered.add(name)
    return next(key.keys for key in KEYS if key.id == name).split(",")


def each_key_of(name: str) -> pytest.MarkDecorator:
    """Parametrise a test's ``key`` over all keys of a binding; those after its first are slow."""
    return pytest.mark.parametrize("key", slow_but(1, keys_of(name)))
