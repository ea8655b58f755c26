"""Provider and Storage over the REST API of every GitHub flavor."""
