"""A class's server as a student's machine sees it; it runs in the process that was started."""
