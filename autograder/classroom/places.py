"""Where hand-ins lie: a folder, or the zip that an LMS gave. Listed and read, never unpacked.

Nothing in it is trusted. A folder is opened from the one above it and through no link (folders.py);
a file of a zip is read into memory, up to its limit, so no path in it leads anywhere.
"""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

from autograder.classroom.folders import ClassError, opened
from autograder.words import summary_of
from course.ordinary import NotOrdinary, NotReadable, TooLarge, in_words, kind, read_ordinary

MOST_STUDENTS = 20_000  # entries of the outermost folder
MOST_ENTRIES = 2_000  # of a student's folder
MOST_LEVELS = 16  # of folders in each other, in a zip
Names = tuple[str, ...]  # a path below the place: ("ada", "model.py")


def is_hidden(name: str) -> bool:
    """Return whether a name is one that people do not see: a system's notes beside a file."""
    return not name or name.startswith((".", "__MACOSX"))


@dataclass(frozen=True)
class Entry:
    """What lies in a folder: its name, and what it is."""

    name: str
    mode: int

    @property
    def is_folder(self) -> bool:
        """Whether there can be something in it."""
        return stat.S_ISDIR(self.mode)

    @property
    def is_file(self) -> bool:
        """Whether it is an ordinary file."""
        return stat.S_ISREG(self.mode)

    @property
    def kind(self) -> str:
        """Name what it is."""
        return kind(self.mode)


class Place(Protocol):
    """What can be asked of a folder and of a zip alike."""

    def entries(self, names: Names, most: int) -> list[Entry]:
        """List a folder; NotReadable where it is none, or holds more than `most`."""

    def read(self, names: Names, most: int) -> bytes:
        """Read an ordinary file; NotReadable or FileNotFoundError where there is none."""

    def changed(self, names: Names) -> datetime | None:
        """Tell when a file was written, where that is known for sure."""


@dataclass(frozen=True)
class Folder:
    """Hand-ins in a folder."""

    base: Path

    def entries(self, names: Names, most: int) -> list[Entry]:
        """List a folder."""
        with opened(self.base, *names) as folder, os.scandir(folder) as found:
            entries = [
                Entry(one.name, one.stat(follow_symlinks=False).st_mode)
                for one in islice(found, most)
                if not is_hidden(one.name)
            ]
            if next(found, None) is not None:
                raise TooLarge(f"more than {most:,} files")
        return sorted(entries, key=lambda entry: entry.name)

    def read(self, names: Names, most: int) -> bytes:
        """Read an ordinary file."""
        with opened(self.base, *names[:-1]) as folder:
            return read_ordinary(names[-1], most, folder=folder)

    def changed(self, names: Names) -> datetime | None:
        """Tell when a file was written."""
        try:
            with opened(self.base, *names[:-1]) as folder:
                found = os.stat(names[-1], dir_fd=folder, follow_symlinks=False)
            return datetime.fromtimestamp(found.st_mtime, UTC)
        except (OSError, NotReadable, OverflowError, ValueError):
            return None


class Zip:
    """Hand-ins in a zip, as Canvas and Moodle give it for download."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: dict[Names, zipfile.ZipInfo] = {}
        self.folders: dict[Names, dict[str, int]] = {}  # what each holds, by name
        with self.open() as archive:
            found = archive.infolist()
        if len(found) > MOST_STUDENTS:
            raise ClassError(f"expected at most {MOST_STUDENTS:,} files in {path}; unpack it")
        for one in found:
            names = tuple(one.filename.rstrip("/").split("/"))
            if len(names) <= MOST_LEVELS and not any(map(is_hidden, names)):
                self.add(names, one)

    def add(self, names: Names, one: zipfile.ZipInfo) -> None:
        """Remember a file, and the folders above it, which need no entry of their own in a zip."""
        self.files[names] = one
        self.folders.setdefault(names[:-1], {})[names[-1]] = mode_in_zip(one)
        for depth in range(len(names) - 1):
            self.folders.setdefault(names[:depth], {})[names[depth]] = stat.S_IFDIR

    @contextmanager
    def open(self) -> Iterator[zipfile.ZipFile]:
        """Open the zip for a while."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                yield archive
        except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
            why = summary_of(error, 100)  # a password, an odd compression, a download cut short
            raise ClassError(f"expected a zip that can be read, found {why}; unpack it") from None

    def entries(self, names: Names, most: int) -> list[Entry]:
        """List a folder of the zip."""
        found = self.folders.get(names, {})
        if len(found) > most:
            raise TooLarge(f"more than {most:,} files")
        return [Entry(name, mode) for name, mode in sorted(found.items())]

    def read(self, names: Names, most: int) -> bytes:
        """Read a file of the zip, and no more of it than is allowed."""
        one = self.files.get(names)
        if one is None:
            raise FileNotFoundError(names[-1])
        if not stat.S_ISREG(mode_in_zip(one)):
            raise NotOrdinary(kind(mode_in_zip(one)))
        with self.open() as archive, archive.open(one) as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise TooLarge(f"more than {in_words(most)}")
        return content

    def changed(self, names: Names) -> datetime | None:
        """Tell nothing: the times in a zip have no zone, and are those of the download."""
        return None


def mode_in_zip(one: zipfile.ZipInfo) -> int:
    """Return what an entry of a zip is; most writers say nothing of an ordinary file."""
    mode = one.external_attr >> 16
    if one.is_dir():
        return stat.S_IFDIR
    return mode if stat.S_IFMT(mode) else stat.S_IFREG


def place_of(path: Path) -> Place:
    """Open what an instructor named: a folder, or a zip."""
    if path.is_dir():
        return Folder(path)
    if path.is_file() and path.suffix.lower() == ".zip":
        return Zip(path)
    raise ClassError(f"expected a folder with hand-ins, or the zip from Canvas or Moodle: {path}")
