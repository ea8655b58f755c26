"""Files on disk: names, atomic renames, free space, the database of the journals."""
