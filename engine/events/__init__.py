"""What comes in: types, parsing, chains."""
