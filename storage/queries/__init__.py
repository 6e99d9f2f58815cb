"""Statements, as plain functions, one file a noun.

Those that take a connection and many arguments are operations of the writer; those that take a session read or edit.
"""
