"""Asks for memory without end.

Expect: exit 3, MemoryError
"""

hoard = []
while True:
    hoard.append(bytearray(1 << 26))
