"""What the program remembers of servers between starts."""
