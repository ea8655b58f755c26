"""Explore, download and delete GitHub Actions artifacts from the terminal."""

__version__ = "0.1.0"
