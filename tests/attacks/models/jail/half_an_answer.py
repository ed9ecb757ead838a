"""Sends the beginning of an answer and ends.

Expect: exit 3, expected a submission, found bytes that are not one
"""

import os

os.write(3, (1 << 16).to_bytes(8, "little") + b'{"__metadata__": {"submission": "{')
os._exit(0)
