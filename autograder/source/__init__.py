"""What a student hands in, as text: a file or a notebook, and where something stands in it."""
