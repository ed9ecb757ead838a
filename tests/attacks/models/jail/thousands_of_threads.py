"""Starts threads until there are no more, all of them busy.

Expect: exit 3, status
"""

import threading


def busy():
    while True:
        pass


while True:
    threading.Thread(target=busy, daemon=True).start()
