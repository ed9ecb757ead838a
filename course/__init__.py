"""What the lessons import and the grader trains with."""

__version__ = "0.2.0"
