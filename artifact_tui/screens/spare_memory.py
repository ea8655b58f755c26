"""Returning the memory of a replaced long list to the system, which the C library would keep."""

from __future__ import annotations

LONG = 10_000
"""Rows of a list from which on it is worth the milliseconds."""


def give_back() -> None:
    """Ask glibc to return its free pages; other C libraries have no such function and are left alone."""
    try:
        import ctypes
    except ImportError:  # a Python built without libffi
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
