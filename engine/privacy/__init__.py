"""People's data: which fields, who sees them, masked."""
