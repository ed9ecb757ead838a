"""Single keys from the terminal, without Return, while something else goes on.

with Keys() as keys:
keys.pressed()      # "q", or "" where nothing was pressed or there is no terminal
"""

import os
import select
import sys
from contextlib import suppress
from types import ModuleType
from typing import Self


class Keys:
    """The keyboard, where there is one; the terminal is as before when it is left."""

    def __init__(self) -> None:
        self.saved: list[object] | None = None

    @property
    def there(self) -> bool:
        """Whether keys can be pressed."""
        return self.saved is not None

    def __enter__(self) -> Self:
        terminal = termios()
        if terminal is not None and sys.stdin.isatty() and not in_background():
            import tty

            self.saved = terminal.tcgetattr(sys.stdin.fileno())
            tty.setcbreak(sys.stdin.fileno())
        return self

    def __exit__(self, *exception: object) -> None:
        terminal = termios()
        if terminal is not None and self.saved is not None:
            with suppress(OSError, terminal.error):  # it may be gone
                terminal.tcsetattr(sys.stdin.fileno(), terminal.TCSADRAIN, self.saved)

    def pressed(self) -> str:
        """Return the key that was pressed, if one was."""
        if not self.there or not select.select([sys.stdin], [], [], 0)[0]:
            return ""
        # Not through sys.stdin, which would read ahead.
        return os.read(sys.stdin.fileno(), 1).decode("utf-8", "replace").lower()


def in_background() -> bool:
    """Return whether this process would be stopped for changing its terminal."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) != os.getpgrp()
    except OSError:  # a terminal that controls no process
        return False


def termios() -> ModuleType | None:
    """Return the module that sets terminals; Windows has none."""
    try:
        import termios
    except ImportError:
        return None
    return termios
