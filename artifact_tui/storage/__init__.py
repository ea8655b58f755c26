"""Bytes held on GitHub: sums, scans of owners, estimates of quota and cost."""
