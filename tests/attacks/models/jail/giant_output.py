"""Prints without end; what is kept of it is bounded.

Expect: exit 3, still running
"""

import os

while True:
    os.write(1, b"passed" * 10_000)
