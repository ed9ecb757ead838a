"""Processes that check and train."""
