"""Inside the jail: model.py becomes a graph."""
