"""The open page: every recorded network below 8,000 parameters, and what made it possible.

Read from solutions/ when the site is built: a record of tomorrow is on the page of tomorrow, with
the words that its own model.py opens with.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from autograder.assignment import load
from course import figures
from course.records import LAST, RECORDED, Record, names, others, record, recorded

RULES = "under-8k"
FOLDERS = {
    "ladder": "a step of the course",
    "beside": "tried beside it",
    "frontier": "for the fewest parameters",
}


@dataclass(frozen=True)
class Entry:
    """A network on the page."""

    record: Record
    said: str  # the first line of its file
    analysis: str
    model: str  # its file

    @property
    def title(self) -> str:
        """Return its name as a heading."""
        return re.sub(r"^\d+ ", "", self.record.title)

    @property
    def where(self) -> str:
        """Say what it is to the course."""
        return FOLDERS.get(self.record.name.partition("/")[0], "")

    @property
    def anchor(self) -> str:
        """Return the name that a link leads to."""
        return self.record.title.replace(" ", "-")

    @property
    def worst(self) -> float:
        """Return the least that any seed reads in an epoch that counts."""
        return min(epoch.test_accuracy for run in self.record.epochs for epoch in run[-LAST:])

    @property
    def diagram(self) -> str:
        """Draw it layer by layer."""
        return figures.draw_network({self.title: self.record.ledger}).to_picture()


def entries() -> list[Entry]:
    """Return every recorded network that is small enough, the smallest first."""
    most = load(RULES).fewer_parameters_than
    found = [one for name in names() if (one := record(name)).parameters < most]
    # Of one size, the one that reads most: a step of the course is the step before it, and more.
    return sorted(map(entry, found), key=lambda e: (e.record.parameters, -e.record.accuracy))


def entry(found: Record) -> Entry:
    """Take the words of a record from its model.py."""
    model = recorded(found.name)[0].read_text("utf-8")
    words = ast.get_docstring(ast.parse(model)) or found.title
    said = words.splitlines()[0]
    analysis = re.search(r"^Analysis: (.+?)(?:\n\n|\Z)", words, re.DOTALL | re.MULTILINE)
    told = " ".join(analysis[1].split()) if analysis else ""
    told = re.sub(r"(?:\.\./)+(?:\w+/)*", "", told)  # a network by its name, which is on the page
    return Entry(found, said, told[:1].upper() + told[1:], model)


def frontier(found: list[Entry]) -> str:
    """Draw them all, parameters against accuracy."""
    points = [one.record.point() for one in found]
    for point, one in zip(points, found, strict=True):
        point["name"], point["group"] = one.title, RECORDED
    title = "The recorded networks below 8,000 parameters"
    return figures.draw_frontier([*points, *others()], title=title, fewer_than=8_000).to_picture()
