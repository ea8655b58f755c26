"""HTTP to an API: requests, exchanges, pages, redirects, errors, connections."""
