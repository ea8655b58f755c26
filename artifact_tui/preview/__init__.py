"""Viewers for file types: one module per type, bytes in, styled lines out."""
