"""Runs a shell that would outlive the grading.

Expect: exit 3, PermissionError
"""

import subprocess

subprocess.Popen(["/bin/sh", "-c", "sleep 1000"])
