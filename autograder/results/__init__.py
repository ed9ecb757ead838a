"""What is kept of submissions, and who stands where; it runs in the process that was started."""
