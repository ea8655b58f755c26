"""Zstandard files written block by block (RFC 8878, 3.1.1), which needs no library."""

from __future__ import annotations

_BLOCK = 100_000


def zst(data: bytes, window_log: int = 20) -> bytes:
    """A frame that states its window; blocks of one byte over and over take four bytes."""
    blocks = [data[at : at + _BLOCK] for at in range(0, len(data), _BLOCK)]
    return b"\x28\xb5\x2f\xfd" + bytes([0, (window_log - 10) << 3]) + b"".join(map(_block, blocks)) + b"\x01\0\0"


def _block(data: bytes) -> bytes:
    is_one_byte = data == data[:1] * len(data)
    return (len(data) << 3 | is_one_byte << 1).to_bytes(3, "little") + (data[:1] if is_one_byte else data)
