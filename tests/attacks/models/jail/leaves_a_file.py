"""Writes a file that a later submission could read.

Expect: exit 3, no files and no network here
"""

from pathlib import Path

Path("/tmp/answers.txt").write_text("passed")
