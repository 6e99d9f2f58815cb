"""Executions: the path of one event, what is waiting, lists, search and chains."""
