"""How long tests wait before they give up; nothing is measured by it."""

PATIENCE = 60.0
"""Seconds."""
