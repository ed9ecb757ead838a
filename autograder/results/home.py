"""What the autograder itself keeps: the leaderboard, the key that seeds come from, figures.

It lies in the user's data folder, or where AUTOGRADE_HOME says. A folder that its group may write
to (chmod 2770) is shared: several assistants of a class use one key and one leaderboard. There,
what one of them makes is the group's as well, and nobody else's.
"""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from platformdirs import user_data_path

from course.errors import MachineError

KEY_BYTES = 32


class HomeError(MachineError):
    """A sentence about a folder or file that cannot be used, and what to do."""


def home() -> Path:
    """Return the autograder's own folder, made if it is not there."""
    path = Path(os.environ.get("AUTOGRADE_HOME") or user_data_path("under8k"))
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(path, error) from None
    return path


def is_shared(folder: Path) -> bool:
    """Return whether a home belongs to a group of people."""
    return bool(folder.stat().st_mode & stat.S_IWGRP)


def share(path: Path) -> None:
    """Let the group of a shared home read and write something in it."""
    with suppress(PermissionError):  # another one made it, and has shared it
        if is_shared(home()):
            more = stat.S_IRWXG if path.is_dir() else stat.S_IRGRP | stat.S_IWGRP
            path.chmod((path.stat().st_mode | more) & ~stat.S_IRWXO)


def shared_file(path: Path) -> Path:
    """Make a file before anybody writes it, where the home is shared, so that it is the group's."""
    with suppress(OSError):  # whoever writes it will say what is wrong
        if is_shared(home()) and not path.exists():
            path.touch()
            share(path)
    return path


def make_shared(path: Path) -> Path:
    """Make a home that a group of people shares, or share one's own."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not is_shared(path):
            path.chmod(0o2770)  # what is made in it belongs to its group
    except OSError as error:
        raise unusable(path, error) from None
    return path


def unusable(path: Path, error: OSError) -> HomeError:
    """Say what is wrong with a place to keep things in, and the way out."""
    why = (error.strerror or "it cannot be used").lower()
    return HomeError(
        f"expected to keep results in {path}, found: {why}. "
        "Free or unlock it, or set AUTOGRADE_HOME to a folder you may write to."
    )


def key() -> bytes:
    """Return this installation's secret key, drawn at random the first time.

    Whoever knows it can try out seeds beforehand: a class keeps its key to itself.
    """
    path = home() / "key"
    try:
        if not path.exists():
            # Written whole under another name first, then linked: of two starters one wins.
            draft = path.with_name(f"key.{os.getpid()}.{secrets.token_hex(4)}")
            try:
                with open(draft, "xb", opener=private) as file:
                    file.write(secrets.token_bytes(KEY_BYTES))
                share(draft)
                with suppress(FileExistsError):
                    os.link(draft, path)
            finally:
                draft.unlink(missing_ok=True)
        found = path.read_bytes()
    except OSError as error:
        raise unusable(path, error) from None
    if len(found) != KEY_BYTES:
        raise HomeError(
            f"expected {KEY_BYTES} bytes in {path}, found {len(found)}; remove the file"
        )
    return found


def private(path: str, flags: int) -> int:
    """Open a file that nobody else may read."""
    return os.open(path, flags, mode=0o600)
