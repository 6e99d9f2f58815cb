"""One page a file. A page places components and says what happens; it holds no rule."""
