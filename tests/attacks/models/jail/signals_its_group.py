"""Sends a signal to everybody in its process group.

Expect: exit 3, PermissionError
"""

import os
import signal

os.killpg(0, signal.SIGTERM)
