"""Settings, their files, and what is wrong with them; knows no screen."""
