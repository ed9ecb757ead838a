"""Kills its own process by a signal, so that the parent sees no exit code.

Expect: exit 3, the file
"""

import ctypes

ctypes.string_at(0)  # a segmentation fault: the kernel sends the signal that os.kill may not
