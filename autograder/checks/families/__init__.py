"""One function for each family of operations: where the labels of the axes go (labels.py)."""
