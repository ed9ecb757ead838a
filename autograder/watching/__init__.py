"""A file that is checked again at every save. In the process that you start."""
