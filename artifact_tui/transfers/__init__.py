"""Downloads and deletes in their own threads, without the UI."""
