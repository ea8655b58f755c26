"""Zip archives: read by range, unpacked onto disk."""
