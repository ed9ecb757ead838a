"""Writes a file that a later submission could read.

Expect: exit 3, PermissionError
"""

from pathlib import Path

Path("/tmp/answers.txt").write_text("passed")
