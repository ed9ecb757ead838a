"""Run a student's file, statement by statement, inside the jail."""
