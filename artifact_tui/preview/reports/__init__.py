"""Viewers of test reports, coverage and findings."""
