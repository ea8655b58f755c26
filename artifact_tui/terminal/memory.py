"""Frees memory: garbage collection, references of Textual 8.2 to closed screens, and free pages of the C library."""

from __future__ import annotations

import gc
from functools import lru_cache, partial
from typing import Any

from textual._styles_cache import StylesCache
from textual.app import App
from textual.color import Color

LONG = 10_000
"""Rows of a list from which `give_back` is worth its milliseconds."""


def resume_collection() -> None:
    """Turn the garbage collector on after the start, and exempt the objects made so far."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def share_style_cache() -> None:
    """Replace Textual's cache of inner and outer styles, whose keys hold the lines of 1,024 closed widgets."""
    compute = getattr(StylesCache.get_inner_outer, "__wrapped__", None)
    if compute is None:  # another version of Textual, or already replaced
        return
    shared = lru_cache(1024)(partial(compute, StylesCache))

    def get_inner_outer(self: StylesCache, base_background: Color, background: Color) -> Any:
        return shared(base_background, background)

    StylesCache.get_inner_outer = get_inner_outer  # type: ignore[method-assign, assignment]  # the purpose


def drop_closed_watchers(app: App[Any]) -> None:
    """Remove the watchers of closed screens; Textual does so only when the watched value changes."""
    for watchers in getattr(app, "__watchers", {}).values():
        watchers[:] = [pair for pair in watchers if not pair[0]._closing]


def give_back() -> None:
    """Return free pages to the system; only glibc has this function."""
    try:
        import ctypes
    except ImportError:  # a Python built without libffi
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
