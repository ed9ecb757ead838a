"""What a network sees of a digit, and which digits it misreads, as plain numbers."""
