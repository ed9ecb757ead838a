"""model.py in, verdict out."""
