"""The Storage screen: what uses the storage of a repository."""
