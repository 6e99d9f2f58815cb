"""What surrounds every page: the bar, the navigation, the bell, the keys."""
