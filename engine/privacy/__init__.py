"""Personal data: which fields, who sees them, masking."""
