"""Executions: the list, the attempts, the requests and the chain."""
