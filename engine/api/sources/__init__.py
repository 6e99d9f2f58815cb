"""Sources over HTTP: their routes, their mappings, and the addresses that platforms post to."""
