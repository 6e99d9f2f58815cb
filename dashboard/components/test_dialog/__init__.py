"""The dialog that tests a hook on an event."""
