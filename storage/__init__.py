"""What must last. It knows the engine's nouns, ports and errors, and nothing else of it."""
