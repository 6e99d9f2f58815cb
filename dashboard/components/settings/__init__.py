"""Cards of the settings page."""
