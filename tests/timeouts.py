"""How long tests wait before they give up; nothing is measured by it."""

TIMEOUT = 60.0
"""Seconds."""
