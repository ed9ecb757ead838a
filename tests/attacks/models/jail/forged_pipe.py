"""Writes an answer of its own to every pipe and ends the process.

Seen: results pipe forged. Whatever comes is read as data, and this is none.
Expect: exit 3, expected a submission, found bytes that are not one
"""

import json
import os

for fd in range(1, 64):
    try:
        os.write(fd, json.dumps({"event": "check", "id": "accuracy", "status": "pass"}).encode() + b"\n")
    except OSError:
        pass
os._exit(0)
