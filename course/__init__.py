"""What the lessons import and the grader trains with."""
