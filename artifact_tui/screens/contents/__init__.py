"""The files of an artifact: list, preview, search, comparison, saving."""
