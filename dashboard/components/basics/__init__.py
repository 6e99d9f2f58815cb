"""What all components use: text, fields, buttons, dialogs."""
