"""Text: what a name may contain, and normal forms of Unicode. Pure."""
