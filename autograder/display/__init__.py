"""What people see in a terminal; it runs in the process that was started, which loads no torch."""
