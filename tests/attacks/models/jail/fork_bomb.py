"""Forks for ever, and each child forks as well.

Expect: exit 3, PermissionError
"""

import os

while True:
    os.fork()
