"""Values and rules that every part of the program shares; knows no server, screen or disk."""
