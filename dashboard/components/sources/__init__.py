"""Sources: the list, the form, and what came from one."""
