"""Looking back at events and executions, and replaying them."""
