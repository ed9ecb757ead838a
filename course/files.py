"""Write a file whole or not at all, over what was there or not over anything."""

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> Path:
    """Write a file; whoever opens the path meanwhile finds the old file or the new one, whole.

    With a mode of 0o600 nobody but its owner ever reads it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder, and so on the same disk: only there is the replacement below one step.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(mode)  # mkstemp makes files that only their owner may read
        os.replace(name, path)  # noqa: PTH105
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def write_new(path: Path, content: bytes) -> Path:
    """Write a file where none was, or raise FileExistsError; what fails leaves nothing behind."""
    file = path.open("xb")  # outside of what follows: what was there before is never removed
    try:
        with file:
            file.write(content)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
