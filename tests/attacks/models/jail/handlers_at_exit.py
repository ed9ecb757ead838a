"""Leaves handlers and finalizers that would forge an answer when the process ends.

Expect: exit 3, there is no network in this file
"""

import atexit
import os


class Late:
    def __del__(self):
        os.write(3, b"forged")
        os._exit(0)


late = Late()
atexit.register(os._exit, 0)
atexit.register(os.write, 3, b"forged")
