"""Looking inside artifacts: their files, one of them as what it is, two artifacts side by side, files in them all."""
