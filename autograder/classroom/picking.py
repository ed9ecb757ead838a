"""Which of a student's files is the one to grade: model.py, or what a browser made of that name.

    pick([Entry("Model (1).py", …), Entry("notes.txt", …)])     "Model (1).py"

A second download is `model (1).py`, a second upload to Canvas `model-1.py`, and some systems write
a capital. Of several the highest number is the latest. Where it is not clear, nothing is guessed.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from autograder.classroom.folders import ClassError
from autograder.classroom.places import Entry
from autograder.words import printable

FILE, NOTEBOOK = "model.py", "model.ipynb"
MOST_NAMED = 5  # of the files that a sentence lists
COPY = re.compile(r"(?P<stem>.*?)(?: ?\((?P<download>\d{1,4})\)|-(?P<upload>\d{1,4}))?", re.S)


def pick(entries: Sequence[Entry], wanted: Sequence[str] = (FILE, NOTEBOOK)) -> str:
    """Return the name of the file to grade, or say what was found instead.

    For each wanted name in turn: the name itself, its highest copy, the only file of its kind.
    """
    for name in wanted:
        found = of_kind(entries, name)
        if any(entry.name == name for entry in found):
            return name
        if copies := [entry for entry in found if copy_number(entry.name, name) is not None]:
            return latest(copies, name)
        files = [entry for entry in found if not entry.is_folder]
        if len(files) == 1:
            return files[0].name
        if files:
            raise ClassError(f"expected one {name}, found {listed(files)}")
    raise ClassError(f"expected {' or '.join(wanted)}, found {listed(entries)}")


def of_kind(entries: Iterable[Entry], name: str) -> list[Entry]:
    """Return what ends as a name does."""
    ending = name[name.rindex(".") :]
    return [entry for entry in entries if entry.name.casefold().endswith(ending)]


def copy_number(found: str, name: str) -> int | None:
    """Return which copy of `name` a file is: 0 for another spelling, 1 for "Model (1).py"."""
    ending = name[name.rindex(".") :]
    parts = COPY.fullmatch(found[: -len(ending)])
    if parts is None or parts["stem"].casefold() != name.removesuffix(ending).casefold():
        return None
    return int(parts["download"] or parts["upload"] or 0)


def latest(copies: Sequence[Entry], name: str) -> str:
    """Return the copy with the highest number, if there is one such."""
    number: Callable[[Entry], int] = lambda entry: copy_number(entry.name, name) or 0  # noqa: E731
    highest = max(map(number, copies))
    first, *others = [entry for entry in copies if number(entry) == highest]
    if others:
        raise ClassError(f"expected one {name}, found {listed([first, *others])}")
    return first.name


def listed(entries: Sequence[Entry]) -> str:
    """Name what was found, as far as a sentence holds it."""
    names = [
        f"the folder {printable(entry.name, 60)}" if entry.is_folder else printable(entry.name, 60)
        for entry in entries[:MOST_NAMED]
    ]
    more = len(entries) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "") or "nothing"
