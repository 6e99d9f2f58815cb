"""The frame of every page: the bar, the navigation, the bell, the shortcuts."""
