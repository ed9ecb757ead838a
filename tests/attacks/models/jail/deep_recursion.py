"""Recurses until the interpreter's stack is full, with the limit taken away.

Expect: exit 3, the file
"""

import sys

sys.setrecursionlimit(10**9)


def deeper(n):
    return [deeper(n + 1)]


deeper(0)
