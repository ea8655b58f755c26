"""Settings, their files and their validation; independent of the screens."""
