"""Shared by all components: text, fields, buttons, dialogs."""
