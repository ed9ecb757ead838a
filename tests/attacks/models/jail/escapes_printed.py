"""Prints escape signs to both streams until they are full.

Expect: exit 3, there is no network in this file
"""

import sys

for stream in (sys.stdout, sys.stderr):
    for _ in range(1000):
        stream.write("\x1b[2J\x1b[1;1H\x1b[32m✓ all checks passed\x1b[0m\x07\n")
    stream.flush()
