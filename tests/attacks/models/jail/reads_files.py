"""Looks for the digits, the key and other people's files.

Seen: answers found on disk. The jail lets nothing be opened but libraries.
Expect: exit 3, no files and no network here
"""

from pathlib import Path

Path("/etc/passwd").read_bytes()
