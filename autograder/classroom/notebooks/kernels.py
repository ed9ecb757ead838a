"""Run a student's notebook in a Jupyter kernel that is jailed (autograder/jail).

    NotebookClient(notebook, kernel_manager_class=JailedKernels).execute()

nbgrader runs notebooks as the instructor. Without a jail a cell can read the solutions, rewrite
the gradebook or send both away. Here the kernel can read the interpreter, the packages, MNIST and
the recorded runs, and write in one folder of its own, which is deleted afterwards. It can connect
to nothing and start nothing, and its memory and processor time are limited.

What this does not stop: a student's cells run in the same process as the checks. A cell may
replace what a check calls, and it sees hidden tests when they run. So checks compare types
strictly, and the points that matter come from the autograder's verdict on model.py
(gradebook.py), never from a cell.
"""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_client.manager import AsyncKernelManager

from autograder.classroom.folders import Copying, Room, delete_all, opened
from autograder.jail import cell
from autograder.jail.parent import JailError, Limits, require
from course.data import mnist_folder
from course.records import FOLDERS

MOST_COPIED = 16 << 20  # bytes of the files that a student handed in beside a notebook
# Processor time as a notebook has real time (lessons/nbgrader_config.py), and more open files than
# usual, since a kernel's sockets count. `seconds` is not used: JailedExecute keeps the time.
LIMITS = Limits(cpu_seconds=900, files=512)


class JailedKernels(AsyncKernelManager):
    """Manage one jailed kernel: its folder, the sockets in it, and its end."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.home = TemporaryDirectory(prefix="kernel-")
        # Unix sockets, which are files: Landlock confines them to that folder, and no other user
        # of this machine can connect to them. With TCP, Jupyter's usual way, anybody could.
        self.transport = "ipc"
        self.ip = f"{self.home.name}/socket"  # absolute, since the kernel runs elsewhere
        self.connection_file = f"{self.home.name}/connection.json"
        self.work = Path(self.home.name, "work")

    async def start_kernel(  # type: ignore[override]  # as AsyncKernelManager's own
        self, **options: object
    ) -> None:
        """Start the kernel in its own folder, with copies of the files beside the notebook."""
        try:
            self.jail = require()  # format_kernel_cmd needs it
        except JailError:
            self.home.cleanup()
            raise
        submitted = options.pop("cwd", None)
        self.work.mkdir(exist_ok=True)
        if isinstance(submitted, str | Path):
            copy_files(Path(submitted), self.work)
        make_ready(Path(self.home.name))
        options |= {"cwd": str(self.work), "env": self.environment()}
        with Path(self.home.name, "complaints").open("wb") as complaints:
            streams = {"stdin": subprocess.DEVNULL, "stdout": complaints, "stderr": complaints}
            await super().start_kernel(**options, **streams)

    def environment(self) -> dict[str, str]:
        """Return the kernel's whole environment; the instructor's may hold keys and passwords."""
        home = self.home.name
        own = {"HOME": home, "TMPDIR": home, "IPYTHONDIR": f"{home}/ipython", "MPLBACKEND": "agg"}
        own |= {"MPLCONFIGDIR": f"{home}/matplotlib", "AUTOGRADE_DATA": str(mnist_folder())}
        own |= {"NBGRADER_EXECUTION": "autograde"}  # as nbgrader's own kernels have it
        chosen = os.environ.get("AUTOGRADE_DIGITS")
        return cell.environment() | own | ({"AUTOGRADE_DIGITS": chosen} if chosen else {})

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """Return the command that locks a process and then runs the kernel in it."""
        arguments = ["-f", self.connection_file, *(extra_arguments or [])]
        readable = [str(mnist_folder() / "MNIST" / "raw"), *map(str, FOLDERS), "/etc/localtime"]
        return cell.notebook_command(
            LIMITS,
            locks=self.jail.holding,
            readable=readable,
            own=self.home.name,
            arguments=arguments,
        )

    async def cleanup_resources(  # type: ignore[override]  # as AsyncKernelManager's own
        self, restart: bool = False
    ) -> None:
        """Delete the kernel's folder with everything a student wrote there."""
        await super().cleanup_resources(restart)
        if not restart and Path(self.home.name).is_dir():
            delete_all(Path(self.home.name))  # deeper than what cleanup() can delete
            self.home.cleanup()


def copy_files(folder: Path, work: Path) -> None:
    """Copy the ordinary files beside the notebook for the kernel, up to MOST_COPIED bytes.

    Links are left out, since the copying is done by the instructor's process, which may read
    whatever they lead to.
    """
    with opened(folder) as source:
        Copying(Room(MOST_COPIED, MOST_COPIED), ["*.ipynb"]).copy(source, work)


def make_ready(home: Path) -> None:
    """Put into a kernel's folder what IPython and matplotlib would otherwise make there."""
    import matplotlib

    startup = home / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    # IPython copies a README where there is none, with a call that the jail denies.
    (startup / "README").touch()
    fonts = home / "matplotlib"
    fonts.mkdir(exist_ok=True)
    for path in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        shutil.copyfile(path, fonts / path.name)  # looking for fonts takes seconds
