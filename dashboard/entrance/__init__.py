"""Set-up, invitations, sign-in, sessions, and the guards of every request."""
