"""Asks for memory without end.

Expect: exit 3, there is no network in this file
"""

hoard = []
while True:
    hoard.append(bytearray(1 << 26))
