"""Downloads: queue, jobs, connections, part files, journal."""
