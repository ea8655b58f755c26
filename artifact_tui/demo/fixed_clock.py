"""The fixed time of the demo."""

from datetime import UTC, datetime

DEMO_NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def demo_clock() -> datetime:
    """Return `DEMO_NOW`."""
    return DEMO_NOW
