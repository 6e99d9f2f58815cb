"""The way in: set-up, invitations, signing in, sessions, and what guards every request."""
