"""Points for Canvas's gradebook: the CSV that its Grades page exports and imports.

    Student,ID,SIS User ID,SIS Login ID,Section,Capstone (1234)
    Points Possible,,,,,10
    "Lovelace, Ada",4711,s0042,ada,Section 1,7.5

Canvas finds a student by ID, then SIS ids, then name, and an assignment by the number in its title.
A title without a number makes a new assignment. An empty cell takes away what stood there, so who
is not graded keeps what they had, or has no line.
"""

import re
from collections.abc import Iterator, Sequence

from autograder.classroom.folders import ClassError
from autograder.classroom.lms.sheets import (
    Exported,
    Key,
    Sheet,
    by_id,
    by_lms_id,
    by_mail,
    by_name,
    either_order,
    listed,
    matched,
    number,
    on_scale,
    ungraded,
    written,
)
from autograder.classroom.rows import ClassRow
from autograder.words import printable

ABOUT = (
    *("Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID"),
    *("Integration ID", "Root Account", "Section"),
)
NUMBERED = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)")  # an assignment that Canvas knows
POSSIBLE = "Points Possible"


def canvas(rows: Sequence[ClassRow], into: Sheet | None, title: str) -> Exported:
    """Fill Canvas's own table, or write one that it reads."""
    return filled(rows, into, title) if into is not None else made(rows, title)


def made(rows: Sequence[ClassRow], title: str) -> Exported:
    """Write a table; where the title is none that Canvas knows, it makes an assignment of it."""
    most = max((row["most"] for row in rows), default=0)
    table = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title or "model.py"],
        [POSSIBLE, "", "", "", "", number(most)],
    ]
    table += [
        [row["name"], row["lms_id"], row["student"], row["email"] or row["student"], "", points]
        for row in rows
        if (points := on_scale(row, number(most))) is not None
    ]
    return Exported(written(table), tuple(ungraded(rows)))


def filled(rows: Sequence[ClassRow], into: Sheet, title: str) -> Exported:
    """Fill one assignment of Canvas's table; nothing else of it but who is who is written.

    What else stands in the table may be old by the time that it is imported.
    """
    about = [n for n, name in enumerate(into.header) if name in ABOUT]
    if not about or "ID" not in into.header:
        header = printable(", ".join(into.header), 80)
        raise ClassError(f"expected Canvas's gradebook with Student, ID, …, found {header}")
    column = column_of(into, title)
    most, lines = possible(into, column), into.rows[1:]
    found, notes = matched(rows, (words(into.header, line) for line in lines), "Canvas's table")
    for line, row in zip(lines, found, strict=True):
        if row is not None and (points := on_scale(row, most)) is not None:
            line[column] = points
    table = [[line[n] for n in (*about, column)] for line in into.rows]
    return Exported(written(table), (*ungraded(rows), *notes))


def column_of(into: Sheet, title: str) -> int:
    """Return the column of the assignment that is meant."""
    section = into.header.index("Section") if "Section" in into.header else len(ABOUT)
    known = {
        n: found["title"]
        for n, name in enumerate(into.header)
        if n > section and (found := NUMBERED.fullmatch(name))
    }
    meant = [n for n, name in known.items() if title in ("", name, into.header[n])]
    if len(meant) != 1:
        names = listed([into.header[n] for n in known]) or "none"
        wanted = title or "one of its titles with --title"
        raise ClassError(f"expected an assignment of Canvas's table ({names}), found {wanted}")
    return meant[0]


def possible(into: Sheet, column: int) -> str:
    """Return how many points the assignment has in Canvas."""
    return next((line[column] for line in into.rows[1:] if POSSIBLE in line[0]), "")


def words(header: Sequence[str], line: Sequence[str]) -> Iterator[tuple[Key, str]]:
    """Yield what a line says of its student, in the order in which Canvas itself looks.

    A line about the assignments says nothing that anybody goes by.
    """
    said = dict(zip(header, line, strict=False))
    yield by_lms_id, said.get("ID", "").strip()
    for name in ("SIS User ID", "SIS Login ID"):
        word = said.get(name, "").strip().casefold()
        yield by_id, word
        yield by_mail, word
    name = said.get("Student") or f"{said.get('LastName', '')}, {said.get('FirstName', '')}"
    for letters in either_order(name):
        yield by_name, letters
