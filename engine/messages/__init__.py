"""What people are told: notices and mail."""
