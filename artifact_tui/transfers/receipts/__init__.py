"""Receipts of downloads, and verification against them."""
