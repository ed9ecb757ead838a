"""What is kept, and who stands where."""
