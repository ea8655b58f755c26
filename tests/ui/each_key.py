"""Tests that stand for a binding: run once for each of its keys, and noted, so that no binding goes without."""

from __future__ import annotations

import pytest

from artifact_tui.keymap import KEYS

covered: set[str] = set()


def keys_of(name: str) -> list[str]:
    """The default keys of a binding, by its id; notes that a test is about it."""
    covered.add(name)
    return next(key.keys for key in KEYS if key.id == name).split(",")


def each_key_of(name: str) -> pytest.MarkDecorator:
    """Parametrise a test's ``key`` over all keys of a binding."""
    return pytest.mark.parametrize("key", keys_of(name))
