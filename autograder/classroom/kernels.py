"""Start the Jupyter kernel that runs a student's notebook in the jail of locks/.

nbgrader runs notebooks as the instructor. Without a jail a cell can read the solutions, rewrite
the gradebook or send both away. Here the kernel can read the interpreter, the packages, MNIST and
the recorded runs; write in one folder of its own, which is deleted afterwards; connect to
nothing, start nothing, and use so much memory and processor time.

What this does not stop: code in the same process as the checks. A cell may replace what a check
calls, and it sees hidden tests when they run. So checks compare types strictly, and the points
that matter come from the autograder's verdict on model.py (gradebook.py), never from a cell.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_client.manager import AsyncKernelManager

from autograder.jail import cell
from autograder.jail.parent import JailError as JailError
from autograder.jail.parent import Limits, require
from course.data import mnist_folder
from course.records import FOLDERS

MOST_COPIED = 16 << 20  # bytes of the files that a student handed in beside a notebook
LIMITS = Limits(cpu_seconds=900, files=512)


class JailedKernels(AsyncKernelManager):
    """Manage one jailed kernel: its folder, its sockets in there, its end."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.home = TemporaryDirectory(prefix="kernel-")
        self.transport = "ipc"
        self.ip = f"{self.home.name}/socket"  # absolute, since the kernel runs elsewhere
        self.connection_file = f"{self.home.name}/connection.json"
        self.work = Path(self.home.name, "work")

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
        """Start the kernel in its own folder, with copies of the files beside the notebook."""
        try:
            self.jail = require()
        except JailError:
            self.home.cleanup()
            raise
        submitted = options.pop("cwd", None)
        self.work.mkdir(exist_ok=True)
        if submitted:
            copy_files(Path(submitted), self.work)
        make_ready(Path(self.home.name))
        options |= {"cwd": str(self.work), "env": self.environment()}
        with Path(self.home.name, "complaints").open("wb") as complaints:
            streams = {"stdin": subprocess.DEVNULL, "stdout": complaints, "stderr": complaints}
            await super().start_kernel(**options, **streams)

    def environment(self) -> dict[str, str]:
        """Return the kernel's whole environment: none of the instructor's."""
        home = self.home.name
        own = {"HOME": home, "TMPDIR": home, "IPYTHONDIR": f"{home}/ipython", "MPLBACKEND": "agg"}
        own |= {"MPLCONFIGDIR": f"{home}/matplotlib", "AUTOGRADE_DATA": str(mnist_folder())}
        own |= {"NBGRADER_EXECUTION": "autograde"}  # as nbgrader would, with its own kernels
        chosen = os.environ.get("AUTOGRADE_DIGITS")
        return cell.environment() | own | ({"AUTOGRADE_DIGITS": chosen} if chosen else {})

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """Write the command that locks a process and then serves the notebook."""
        arguments = ["-f", self.connection_file, *(extra_arguments or [])]
        readable = [str(mnist_folder() / "MNIST" / "raw"), *map(str, FOLDERS), "/etc/localtime"]
        return cell.notebook_command(
            LIMITS,
            required=self.jail.holding,
            readable=readable,
            own=self.home.name,
            notebook=arguments,
        )

    def cleanup_resources(self, restart: bool = False) -> Any:
        """Delete the kernel's folder with everything a student wrote there."""
        done = super().cleanup_resources(restart)
        if not restart:
            self.home.cleanup()
        return done


def copy_files(folder: Path, work: Path) -> None:
    """Give the kernel the ordinary files beside the notebook; a link may lead anywhere."""
    left = MOST_COPIED
    for path in ordinary_files(folder):
        left -= path.stat().st_size
        if left < 0:
            return
        target = work / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target, follow_symlinks=False)


def ordinary_files(folder: Path) -> Iterator[Path]:
    """Walk a folder without following a link."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.suffix == ".ipynb":
            continue
        if path.is_dir():
            yield from ordinary_files(path)
        elif path.is_file():
            yield path


def make_ready(home: Path) -> None:
    """Put into a kernel's folder what IPython and matplotlib would make there."""
    import matplotlib

    startup = home / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    (startup / "README").touch()  # IPython copies one, which takes a call that the jail denies
    fonts = home / "matplotlib"
    fonts.mkdir(exist_ok=True)
    for path in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        shutil.copyfile(path, fonts / path.name)  # looking for fonts takes seconds
