"""What a student takes home of a kept submission; it runs in the process that was started."""
