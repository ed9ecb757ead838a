"""What this machine offers to the autograder, and the remedy for each thing missing."""

import os
import platform
from dataclasses import dataclass

from course.validators import counted


@dataclass(frozen=True)
class Found:
    """One thing looked at."""

    what: str
    fine: bool
    found: str
    fix: str = ""


def examine() -> list[Found]:
    """Look at everything a grading needs."""
    return [versions(), device(), data(), jail(), home_folder()]


def versions() -> Found:
    """Python and the libraries that results depend on."""
    from importlib.metadata import version

    names = ("torch", "torchvision", "under8k")
    return Found(
        "versions",
        True,
        ", ".join([f"Python {platform.python_version()}", *(f"{n} {version(n)}" for n in names)]),
    )


def device() -> Found:
    """What trains."""
    from autograder.machine import cores, device_name, instruction_set, pick_device

    picked = pick_device()
    text = device_name(picked)
    if picked.type == "cpu":
        text += f", {instruction_set()}, {counted(cores(), 'core')}; "
        text += "an under-8k network takes minutes here, seconds on a GPU"
    return Found("device", True, text)


def data() -> Found:
    """MNIST, whole and unaltered."""
    from course.data import REMEDY, DataError, load, mnist_folder

    try:
        load("mnist", download=False)
    except DataError as error:
        fix = f"The first submit downloads it. Without a network: {REMEDY}"
        return Found("MNIST", False, str(error).removesuffix(REMEDY).strip(), fix)
    return Found("MNIST", True, f"whole, in {mnist_folder()}")


def jail() -> Found:
    """How well a student's code is locked in."""
    from autograder.jail.parent import strength

    found = strength()
    missing = "; ".join(found.missing)
    return Found("jail", not missing, found.name, missing)


def home_folder() -> Found:
    """Where results are kept."""
    from autograder.results.archive import taken
    from autograder.results.home import HomeError, home, is_shared

    try:
        path = home()
    except HomeError as error:
        return Found("results", False, str(error))
    if not os.access(path, os.W_OK):
        return Found("results", False, f"{path} cannot be written", "set AUTOGRADE_HOME elsewhere")
    whose = "its whole group may write there" if is_shared(path) else "you alone may write there"
    mode = f"{path.stat().st_mode & 0o7777:o}"
    submissions, size = taken()
    learned = (
        f"; weights and answers of {counted(submissions, 'submission')} take {size / 1e6:,.1f} MB"
    )
    text = f"kept in {path}; {whose} (mode {mode})"
    return Found("results", True, text + (learned if submissions else ""))
