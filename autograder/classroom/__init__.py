"""A class: who handed in what, what it is worth, and how that reaches the LMS."""
