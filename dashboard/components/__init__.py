"""Page components, one folder per subject."""
