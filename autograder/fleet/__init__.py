"""Many submissions: a queue, and who works it off. In the process that you start."""
