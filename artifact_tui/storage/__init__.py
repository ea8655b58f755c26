"""Bytes held on GitHub: estimates of quota and cost."""
