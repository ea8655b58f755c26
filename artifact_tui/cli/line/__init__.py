"""Commands that need no screen; nothing here loads Textual."""
