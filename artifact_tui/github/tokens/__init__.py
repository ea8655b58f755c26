"""Sources and stores of tokens."""
