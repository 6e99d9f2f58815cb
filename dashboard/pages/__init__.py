"""One page per file. A page places components and handles their actions; it has no rules of its own."""
