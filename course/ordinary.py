"""Read a file that somebody else put there: an ordinary one only, and no more than is allowed.

    read_ordinary("model.py", 2**20)     # its bytes, or NotReadable

A name may lead to a pipe that nobody writes to, a device that never ends, a link to another's
work, or 40 GB of nothing. So nothing is waited for, nothing is read whole before its size is
known, and a link is followed only where whoever runs this has typed the name.
"""

import os
import stat
from pathlib import Path

# A pipe is opened at once, and not when somebody writes to it; a terminal does not become ours.
# What a system does not know is 0: Windows has none of these, and no such files either.
AT_ONCE = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFREG: "a file",
}


class NotReadable(Exception):
    """What was found where an ordinary file was expected; completes the sentence "found …"."""


class NotOrdinary(NotReadable):
    """A folder, a link, a pipe, a socket or a device."""


class TooLarge(NotReadable):
    """An ordinary file, but a larger one than is read."""


def kind(mode: int) -> str:
    """Name what a file is, by its mode."""
    return KINDS.get(stat.S_IFMT(mode), "a special file")


def read_ordinary(
    path: str | Path, most: int, *, folder: int | None = None, follow: bool = False
) -> bytes:
    """Read a file of at most `most` bytes, or say what is there instead.

    `folder` is an open folder that the path begins at. FileNotFoundError is let through.
    """
    flags = os.O_RDONLY | AT_ONCE | (0 if follow else NO_LINK)
    try:
        # Looked at before it is opened, since opening alone can do something (a tape rewinds), and
        # again after, since another file may have taken its place in between.
        expect_ordinary(os.stat(path, dir_fd=folder, follow_symlinks=follow), most)
        with os.fdopen(os.open(path, flags, dir_fd=folder), "rb") as file:
            expect_ordinary(os.fstat(file.fileno()), most)
            content = file.read(most + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise NotReadable(why(error)) from None
    except ValueError:  # a null character
        raise NotReadable("a name that no file can have") from None
    if len(content) > most:  # it grew
        raise TooLarge(f"more than {in_words(most)}")
    return content


def expect_ordinary(found: os.stat_result, most: int) -> None:
    """Refuse what is no ordinary file, and one that is too large."""
    if not stat.S_ISREG(found.st_mode):
        raise NotOrdinary(kind(found.st_mode))
    if found.st_size > most:
        raise TooLarge(f"more than {in_words(most)}")


def why(error: OSError) -> str:
    """Say in the system's words what failed."""
    return (error.strerror or "it cannot be read").lower()


def in_words(size: int) -> str:
    """Write a number of bytes as a person would."""
    return f"{size >> 20} MB" if size >= 2 << 20 else f"{size >> 10} KB"
