"""Every figure of the course."""
