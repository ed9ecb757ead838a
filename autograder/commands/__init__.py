"""The commands of the command line, in the process that you start: they read, call and render."""
