"""How long downloads may wait for rate limits in total."""

from __future__ import annotations

from artifact_tui.cli.line.allowed_waits import AllowedWaits


def test_waits_at_the_same_time_count_once_and_later_ones_add_up() -> None:
    waits = AllowedWaits(100.0)
    assert waits.allows(1, end=60.0, now=0.0)
    assert waits.allows(1, end=60.2, now=30.0)
    assert waits.allows(2, end=60.0, now=10.0)
    assert not waits.allows(3, end=101.0, now=10.0)
    assert waits.allows(4, end=100.0, now=10.0)
    assert not waits.allows(1, end=210.0, now=200.0)
    assert waits.allows(2, end=200.0, now=200.0)


def test_nothing_waits_by_default() -> None:
    assert not AllowedWaits(0.0).allows(1, end=1.0, now=0.0)
    assert AllowedWaits(0.0).allows(1, end=0.0, now=0.0)
