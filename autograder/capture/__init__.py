"""Turn a student's model.py into a graph and a recipe; this package runs inside the jail only."""
