"""Whose a file is, told from its name alone, as each LMS puts names together.

    owner_of(entry)     "lovelaceada_LATE_4711_98765_model.py" is lovelaceada's, 4711 in Canvas
    matching(owner)     and in the roster that is Ada Lovelace

A name that fits no LMS is a person's own: ada.py, or a folder ada.
"""

import re
from dataclasses import dataclass
from typing import Literal

from autograder.classroom.places import Entry
from autograder.classroom.roster import Roster, Student

# As Canvas puts them together; `anon_…` where students are not named, no file's number for texts.
CANVAS = re.compile(
    r"(?:(?P<name>\w+?)_)??(?P<late>LATE_)?(?P<id>\d+|anon_\w+?)_"
    r"(?:\d+_(?P<file>.+)|(?P<text>(?:text|link)\.html))",
    re.S,
)
MOODLE = re.compile(
    r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)", re.S
)


@dataclass(frozen=True)
class Owner:
    """Whose something is, as its name says it."""

    name: str
    lms_id: str = ""  # Canvas's number of the student, Moodle's of the submission
    layout: Literal["canvas", "moodle", "plain"] = "plain"
    words: tuple[str, ...] = ()  # what else they go by: an id, an address


def owner_of(entry: Entry, roster: Roster | None) -> tuple[Owner | None, bool, str]:
    """Say whose an entry is, whether the LMS calls it late, and what its file was called."""
    name = entry.name
    if found := MOODLE.fullmatch(name):
        return Owner(found["name"], found["id"], "moodle"), False, found["file"] or name
    if (found := CANVAS.fullmatch(name)) and not entry.is_folder:
        owner = Owner(found["name"] or found["id"], found["id"], "canvas")
        return owner, found["late"] is not None, found["file"] or found["text"]
    if entry.is_folder or not entry.is_file:  # a link in a folder's place is somebody's as well
        return Owner(name.removesuffix(".py").removesuffix(".ipynb")), False, name
    stem, dot, ending = name.rpartition(".")
    known = roster is not None and bool(roster.known(stem) or roster.named(stem))
    if dot and (ending.casefold() in ("py", "ipynb") or known) and stem != "nbgrader_config":
        return Owner(stem), False, name
    return None, False, ""  # grades.csv, a README: nobody's


def matching(owner: Owner, roster: Roster) -> list[Student]:
    """Find whom of the roster a name or a number means; several where that is not clear."""
    if owner.layout == "canvas" and (found := roster.numbered(owner.lms_id)):
        return found
    for word in owner.words:
        if found := roster.known(word):
            return found
    # Moodle's number is the submission's, not the student's; a group's name may stand in front.
    parts = owner.name.split("-") if owner.layout == "moodle" else [owner.name]
    for start in range(min(len(parts), 5)):
        name = "-".join(parts[start:])
        if found := roster.known(name) or roster.named(name):
            return found
    return []
