"""The time in the demo."""

from datetime import UTC, datetime

DEMO_NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""The moment at which the demo's world stands still."""


def demo_clock() -> datetime:
    """Return `DEMO_NOW`, always."""
    return DEMO_NOW
