"""Reading requests: bodies within bounds and as JSON, whatever their encoding, and the parts of queries."""
