"""Copy and delete folders that students filled: ordinary files only, and no link is followed.

A student's folder may hold links out of it, pipes, a file of 40 GB, thousands of folders in each
other, and names that steer a terminal; and it may change while it is read. So each folder is opened
from the one above it, never by a whole path that a link could be put into, and nothing here
recurses further than a number that is written down.
"""

import os
import secrets
import stat
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

from autograder.words import harmless
from course.errors import UsageError
from course.ordinary import NotOrdinary, NotReadable, TooLarge, in_words, kind, read_ordinary, why

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Two joiners are no letters, but Persian names and some emoji are written with them.
JOINERS = "\u200c\u200d"


class ClassError(UsageError):
    """A sentence about a class's files or its gradebook: what was expected, what was found."""


@dataclass(frozen=True)
class Room:
    """How much of a folder is copied; lessons, with their figures, need a tenth of it."""

    a_file: int = 32 << 20  # bytes
    together: int = 64 << 20  # bytes
    entries: int = 2_000  # files and folders
    levels: int = 16  # folders in each other
    letters: int = 1_000  # of a path in the folder, so that a copy's path is one as well


@contextmanager
def opened(base: Path, *names: str) -> Iterator[int]:
    """Open a folder below `base`; NotReadable where one of `names` is a link or no folder."""
    handle = os.open(base, FOLDER & ~os.O_NOFOLLOW)  # the instructor's own, which may be a link
    try:
        for name in names:
            above, handle = handle, open_folder(name, handle)
            os.close(above)
        yield handle
    finally:
        os.close(handle)


def open_folder(name: str, above: int) -> int:
    """Open a folder in an open one, or say what is there instead."""
    mode = mode_of(name, above)
    if not stat.S_ISDIR(mode):
        raise NotOrdinary(kind(mode))
    try:
        return os.open(name, FOLDER, dir_fd=above)
    except OSError as error:
        raise NotReadable(why(error)) from None


def mode_of(name: str, above: int) -> int:
    """Look at what is in an open folder, and through no link."""
    try:
        return os.stat(name, dir_fd=above, follow_symlinks=False).st_mode
    except FileNotFoundError:
        raise
    except OSError as error:
        raise NotReadable(why(error)) from None


def fit(name: str) -> bool:
    """Return whether a name is one that can be shown, kept in a database, and typed."""
    return harmless(name, keep=JOINERS) == name


@dataclass
class Copying:
    """A folder on its way into another: what room is left, and what was left out and why."""

    room: Room
    ignored: Collection[str] = ()  # patterns of names that are left out without a word
    entries: int = 0
    bytes: int = 0
    left_out: dict[str, str] = field(default_factory=dict)  # by its path in the folder

    def copy(self, source: int, target: Path, above: str = "") -> None:
        """Copy an open folder's ordinary files, and its folders', as far as there is room."""
        for name in self.names(source):
            path = f"{above}{name}"
            if any(fnmatchcase(name, pattern) for pattern in self.ignored):
                continue
            try:
                if not fit(name):
                    raise NotReadable("a name with signs that are no letters")
                if len(os.fsencode(path)) > self.room.letters:
                    raise NotReadable("a path that is too long")
                self.copy_one(name, source, target, path)
            except FileNotFoundError:
                continue  # it was deleted meanwhile
            except NotReadable as found:
                self.leave_out(path, str(found))

    def names(self, folder: int) -> Sequence[str]:
        """List a folder, as far as there is room; notebooks come first, then as people sort."""
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, self.room.entries - self.entries)]
            if next(entries, None) is not None:
                self.leave_out("…", f"more than {self.room.entries} files")
        self.entries += len(names)
        return sorted(names, key=lambda name: (not name.endswith(".ipynb"), name))

    def copy_one(self, name: str, source: int, target: Path, path: str) -> None:
        """Copy a file, or a folder with what is in it."""
        if not stat.S_ISDIR(mode_of(name, source)):
            if self.bytes >= self.room.together:
                raise TooLarge(f"more than {in_words(self.room.together)} together")
            content = read_ordinary(name, self.room.a_file, folder=source)
            self.bytes += len(content)
            target.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(content)
        elif path.count("/") + 1 >= self.room.levels:
            raise NotReadable(f"more than {self.room.levels} folders in each other")
        else:
            handle = open_folder(name, source)
            try:
                self.copy(handle, target / name, f"{path}/")
            finally:
                os.close(handle)

    def leave_out(self, path: str, why: str) -> None:
        """Remember what was not copied; a few are enough to say."""
        if len(self.left_out) < 20 or path.endswith(".ipynb"):
            self.left_out[harmless(path, keep="")] = why


def delete_all(folder: Path) -> None:
    """Delete what is in a folder that nobody uses any more, however deep and however locked.

    shutil.rmtree recurses, and ends with an error in a thousand folders in each other. Here every
    inner folder is moved up next to the outermost ones, so that no path grows long.
    """
    with opened(folder) as top:
        while folders := empty_out(top, top):
            for name in folders:
                # Its owner may have denied itself everything. No link: nobody is at work here.
                with suppress(OSError):
                    os.chmod(name, 0o700, dir_fd=top)
                inner = open_folder(name, top)
                try:
                    empty_out(inner, top)
                finally:
                    os.close(inner)
                os.rmdir(name, dir_fd=top)


def empty_out(folder: int, top: int) -> list[str]:
    """Delete the files of a folder and move its folders to the top; return these, in the top."""
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    folders = []
    for name, is_folder in found:
        if not is_folder:
            os.unlink(name, dir_fd=folder)
        elif folder == top:
            folders.append(name)
        else:
            with suppress(OSError):
                os.chmod(name, 0o700, dir_fd=folder)  # to move a folder is to write in it
            os.rename(name, secrets.token_hex(8), src_dir_fd=folder, dst_dir_fd=top)
    return folders
