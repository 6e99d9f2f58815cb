"""SQL statements as plain functions, one file per noun.

Functions that take a connection and batches of arguments are writer operations; those that take a session read or edit.
"""
