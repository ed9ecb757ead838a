"""Folders that try to get past the class's door; each is built here, since no repository holds one.

Each builder is given the folder that a student hands in, which is not made so far, and a folder of
somebody else's that must stay as it is. Its first line says what it tries.
"""

import os
import socket
from collections.abc import Callable
from pathlib import Path

HONEST = "# an honest file\n"
NAMES = (
    "\x1b[31mred",
    "\x1b]0;owned\x07",
    "\x1b]8;;mailto:owned\x1b\\link",
    "line\nbreak",
    "\x9b31m",
    "\x7f",
    "\u202egnp.ledom",
    "\u2066isolated",
    os.fsdecode(b"\xff\xfe"),
    "[red]markup",
    "[link=mailto:owned]here",
    ":bomb:",
    "--help",
    "-rf",
    "=cmd()",
    "a,b",
    'quote"s',
    "'",
    "spa ce",
    "*",
    "[ab]",
    "?",
    "мodel",  # its first letter is Cyrillic
    "ﬁle",
    "e\u0301",
    "x" * 255,
    "\\",
    "{0}",
    "%s%n",
    "$(touch owned)",
    "CON",
)


def huge(folder: Path, elsewhere: Path) -> None:
    """A model.py of 2 MB."""
    made(folder).joinpath("model.py").write_bytes(b"#" * (2 << 20))


def sparse(folder: Path, elsewhere: Path) -> None:
    """A model.py of 40 GB, of which the disk holds nothing."""
    hole(made(folder) / "model.py")


def pipe(folder: Path, elsewhere: Path) -> None:
    """A model.py that waits for somebody to write into it."""
    os.mkfifo(made(folder) / "model.py")


def device(folder: Path, elsewhere: Path) -> None:
    """A model.py that never ends."""
    try:
        os.mknod(made(folder) / "model.py", 0o20666, os.makedev(1, 5))  # as /dev/zero
    except PermissionError:  # only root may; a link to one must do
        (folder / "model.py").symlink_to("/dev/zero")


def socket_(folder: Path, elsewhere: Path) -> None:
    """A model.py that somebody would have to listen at."""
    made(folder)
    before = Path.cwd()
    os.chdir(folder)  # a socket's whole name must be short
    try:
        with socket.socket(socket.AF_UNIX) as made_here:
            made_here.bind("model.py")
    finally:
        os.chdir(before)


def folder_(folder: Path, elsewhere: Path) -> None:
    """A model.py that is a folder."""
    (made(folder) / "model.py").mkdir()


def link(folder: Path, elsewhere: Path) -> None:
    """A model.py that is somebody else's."""
    (made(folder) / "model.py").symlink_to(elsewhere / "model.py")


def linked_folder(folder: Path, elsewhere: Path) -> None:
    """A folder that is somebody else's."""
    made(folder.parent)
    folder.symlink_to(elsewhere)


def linked_student(folder: Path, elsewhere: Path) -> None:
    """All folders of a student are somebody else's."""
    made(folder.parents[1])
    (made(elsewhere / folder.name) / "model.py").write_text(HONEST)
    folder.parent.symlink_to(elsewhere)


REFUSED: dict[str, tuple[Callable[[Path, Path], None], str]] = {
    "huge": (huge, "more than 1024 KB"),
    "sparse": (sparse, "more than 1024 KB"),
    "pipe": (pipe, "a pipe"),
    "device": (device, "found a "),
    "socket": (socket_, "a socket"),
    "folder": (folder_, "a folder"),
    "link": (link, "a link"),
    "linked_folder": (linked_folder, "a link"),
    "linked_student": (linked_student, "a link"),
}


def made(folder: Path) -> Path:
    """Make a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def hole(path: Path) -> None:
    """Make a file of 40 GB."""
    with path.open("wb") as file:
        file.truncate(40 << 30)


def nested(folder: Path, levels: int, name: str = "d") -> None:
    """Make folders in each other, deeper than any path reaches."""
    above = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=above)
        inner = os.open(name, os.O_RDONLY, dir_fd=above)
        os.close(above)
        above = inner
    os.close(above)


def crowd(folder: Path, elsewhere: Path) -> None:
    """Put all that may lie beside a file into a student's folder; none of it is in the way."""
    hole(made(folder) / "sparse.bin")
    os.mkfifo(folder / "pipe.txt")
    os.mkfifo(folder / "timestamp.txt")
    (folder / "out").symlink_to(elsewhere)
    (folder / "secret").symlink_to(elsewhere / "secret")
    (folder / "round").symlink_to(folder)
    nested(folder, 1_500)
    nested(folder, 1_500, "deeper than a path reaches")
    for name in NAMES:
        (folder / name).write_text("odd")
    (made(folder / "inner") / "\x1b[2J").write_text("odd")
