"""Fields of a source's events that change: what events look like, when a change is more than chance, and its words."""
