"""A jailed notebook computes, draws and trains; what it tries beyond that is refused."""

import asyncio
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from autograder.classroom.notebooks import kernels
from autograder.classroom.notebooks.kernels import JailedKernels, copy_files
from autograder.jail.parent import JailError, strength

locked = pytest.mark.skipif(
    len(strength().holding) < 3, reason=f"the jail here is {strength().name}: {strength().missing}"
)


def run(cells: list[str], folder: Path, seconds: int = 60) -> tuple[list[str], Path]:
    """Run cells in one jailed kernel; return what each shows, and the kernel's folder."""
    made = []

    class Watched(JailedKernels):
        def __init__(self, **options):
            super().__init__(**options)
            made.append(self)

    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(
        book,
        allow_errors=True,
        timeout=seconds,
        kernel_manager_class=Watched,
        kernel_name="python3",
    )
    client.execute(cwd=str(folder))
    shown = [
        "".join(o.get("text") or o.get("ename") or str(o.get("data", "")) for o in cell.outputs)
        for cell in book.cells
    ]
    return shown, Path(made[0].home.name)


WORKS = {
    "print(6 * 7)": "42",
    "import torch; print(torch.ones(2).sum().item())": "2.0",
    "from course import figures; figures.draw_digits([[[0, 1], [1, 0]]])": "image/png",
    "from course.records import record; print(record('under_8k').title)": "under 8k",
    "open('x.txt', 'w').write('hello'); print(open('x.txt').read())": "hello",
    "print(open('beside.txt').read())": "handed in",
    "from threading import Thread; t = Thread(target=print, args='t'); t.start(); t.join()": "t",
}
REFUSED = {
    "reads the gradebook": "open({secret!r}).read()",
    "lists the class": "import os; os.listdir({folder!r})",
    "writes the gradebook": "open({secret!r}, 'a')",
    "changes its mode": "import os; os.chmod({secret!r}, 0)",
    "follows a link": "open('link').read()",
    "reads the solutions of lessons": "open({lesson!r}).read()",
    "reads other processes": "open('/proc/1/environ').read()",
    "reads the password file": "open('/etc/passwd').read()",
    "starts a program": "import subprocess; subprocess.run(['true'])",
    "forks": "import os; os.fork()",
    "opens the network": "import socket; socket.socket()",
    "sends to a Unix socket": (
        "import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', '/dev/log')"
    ),
    "connects to a Unix socket": "import socket; socket.socket(socket.AF_UNIX).connect('/run/x')",
    "kills its parent": "import os; os.kill(os.getppid(), 9)",
    "raises its limits": (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)"
    ),
}


@locked
@pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning")
def test_a_jailed_notebook_computes_and_nothing_else(tmp_path, monkeypatch):
    handed_in, secret = tmp_path / "submitted", tmp_path / "gradebook.db"
    handed_in.mkdir()
    secret.write_text("every student's points")
    (handed_in / "beside.txt").write_text("handed in")
    (handed_in / "link").symlink_to(secret)
    monkeypatch.setenv("SECRET_OF_THE_TEACHER", "1")
    lesson = Path(__file__).parents[3] / "lessons" / "01_look_and_count.py"
    names = {"secret": str(secret), "folder": str(tmp_path), "lesson": str(lesson)}
    attempts = [attempt.format(**names) for attempt in REFUSED.values()]
    asked = "import os; print(os.environ.get('SECRET_OF_THE_TEACHER'))"
    shown, home = run([*WORKS, asked, *attempts], handed_in)
    for (cell, expected), found in zip(WORKS.items(), shown, strict=False):
        assert expected in found, (cell, found)
    assert shown[len(WORKS)].strip() == "None"
    refusals = {"PermissionError", "FileNotFoundError", "OSError", "ValueError"}
    for what, found in zip(REFUSED, shown[len(WORKS) + 1 :], strict=True):
        assert found in refusals, (what, found)
    assert secret.read_text() == "every student's points"
    assert not home.exists(), "what a student wrote is left behind"


@locked
def test_a_kernel_that_takes_too_much_memory_ends_alone(tmp_path):
    shown, _ = run(["import torch", "x = torch.ones(1 << 34)", "print('alive')"], tmp_path)
    assert shown[1] == "RuntimeError"
    assert shown[2].strip() == "alive"


@locked
def test_processor_time_is_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(kernels, "LIMITS", kernels.Limits(cpu_seconds=3))
    with pytest.raises(DeadKernelError):
        run(["while True: pass"], tmp_path)


def test_only_ordinary_files_are_copied_and_not_too_many(tmp_path, monkeypatch):
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "data").mkdir(parents=True)
    there.mkdir()
    (here / "a.txt").write_text("a")
    (here / "data" / "b.txt").write_text("b" * 100)
    (here / "data" / "round").symlink_to(here)
    (here / "book.ipynb").write_text("{}")
    copy_files(here, there)
    assert sorted(p.name for p in there.rglob("*")) == ["a.txt", "b.txt", "data"]
    monkeypatch.setattr(kernels, "MOST_COPIED", 50)
    again = tmp_path / "again"
    again.mkdir()
    copy_files(here, again)
    assert [p.name for p in again.rglob("*")] == ["a.txt"]


def test_a_jail_that_is_required_and_missing_stops_the_grading(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRADE_JAIL", "landlock99+seccomp+rlimits")
    with pytest.raises(JailError, match="landlock99"):
        asyncio.run(JailedKernels(kernel_name="python3").start_kernel(cwd=str(tmp_path)))
    assert sys.executable  # nothing was started
