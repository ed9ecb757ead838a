"""Processes that check and train: worker.py is the child, the rest is its parent's side."""
