"""Sends an answer of a gigabyte instead of a network.

Expect: exit 3, sent more data
"""

import os

block = bytes(1 << 20)
for _ in range(1 << 10):
    os.write(3, block)
os._exit(0)
