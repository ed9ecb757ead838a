"""Reads the grader's own memory and its key through /proc.

Expect: exit 3, no files and no network here
"""

import os
from pathlib import Path

Path(f"/proc/{os.getppid()}/environ").read_bytes()
