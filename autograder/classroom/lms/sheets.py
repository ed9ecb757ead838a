"""Tables on their way to an LMS: read as it wrote them, filled, and written so that nothing runs.

What an LMS exports comes back to it in its own separator, with every column where it was.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.classroom.folders import ClassError
from autograder.classroom.roster import letters_of, text_of
from autograder.classroom.rows import ClassRow
from autograder.results.exports import defused
from autograder.words import harmless
from course.ordinary import NotReadable, read_ordinary

MOST_BYTES = 64 << 20
NUMBER = re.compile(r"[-+]?[\d.,\s]*%?")  # also "-", which stands for nothing


@dataclass(frozen=True)
class Sheet:
    """A table as an LMS wrote it."""

    rows: list[list[str]]
    separator: str

    @property
    def header(self) -> list[str]:
        """The first row."""
        return self.rows[0]


@dataclass(frozen=True)
class Exported:
    """What goes to an LMS, and what whoever sends it should know."""

    text: str
    notes: tuple[str, ...] = ()


def read_sheet(path: Path) -> Sheet:
    """Read a CSV that an LMS wrote."""
    try:
        text = text_of(read_ordinary(path, MOST_BYTES, follow=True))
    except FileNotFoundError:
        raise ClassError(f"expected the LMS's own table, found no file {path}") from None
    except NotReadable as found:
        raise ClassError(f"expected the LMS's own table, found {found}: {path}") from None
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise ClassError(f"expected the LMS's own table, a CSV, found {error}: {path}") from None
    filled = [row for row in rows if any(row)]
    if len(filled) < 2:
        raise ClassError(f"expected the LMS's own table with its students, found nothing: {path}")
    width = len(filled[0])
    return Sheet([(row + [""] * width)[: max(width, len(row))] for row in filled], separator)


def written(rows: Iterable[Sequence[object]], separator: str = ",") -> str:
    """Write a table; a text that a spreadsheet would run becomes a text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerows([[safe(cell) for cell in row] for row in rows])
    return out.getvalue()


def safe(cell: object) -> object:
    """Return a cell as it may be opened; numbers, also such as -1, stay what they are."""
    return cell if isinstance(cell, str) and NUMBER.fullmatch(cell) else defused(cell)


def number(points: float) -> str:
    """Write points as every LMS reads them: 7, 7.5."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def on_scale(row: ClassRow, most: str) -> str | None:
    """Return a row's points on the scale of the LMS, or None where it has none."""
    if row["points"] is None:
        return None
    try:
        scale = float(most.strip().replace(",", "."))
    except ValueError:
        scale = 0.0
    return number(row["points"] * scale / row["most"] if scale > 0 else row["points"])


# ---- whose line it is ---------------------------------------------------------------------------

Key = Callable[[ClassRow], Iterable[str]]  # words that a student of ours goes by


def matched(
    rows: Sequence[ClassRow], lines: Iterable[Iterable[tuple[Key, str]]], where: str
) -> tuple[list[ClassRow | None], tuple[str, ...]]:
    """Find our row for each of their lines, given the words that a line has for its student.

    The first word that means anybody decides. Where it means two of ours, or two lines mean the
    same one, nothing is guessed: these lines stay as they are, and are named.
    """
    tables: dict[Key, dict[str, list[ClassRow]]] = {}
    found: list[list[ClassRow]] = []
    for line in lines:
        asked = (
            tables.setdefault(key, table_of(rows, key)).get(word, []) for key, word in line if word
        )
        found.append(next(filter(None, asked), []))
    often = Counter(row["student"] for each in found for row in each)
    unclear = [name for name, lines in often.items() if lines > 1]
    unclear += [row["student"] for each in found if len(each) > 1 for row in each]
    sure = [
        each[0] if len(each) == 1 and often[each[0]["student"]] == 1 else None for each in found
    ]
    missing = [row["student"] for row in rows if row["student"] not in often]
    notes = {f"not in {where}": missing, f"not told apart in {where}, and left out": unclear}
    return sure, tuple(f"{what}: {listed(names)}" for what, names in notes.items() if names)


def table_of(rows: Sequence[ClassRow], key: Key) -> dict[str, list[ClassRow]]:
    """Return all rows by one kind of word."""
    table: dict[str, list[ClassRow]] = {}
    for row in rows:
        for word in filter(None, key(row)):
            table.setdefault(word, []).append(row)
    return table


def by_id(row: ClassRow) -> Iterable[str]:
    """Name a student by their id."""
    return {row["student"].casefold()}


def by_lms_id(row: ClassRow) -> Iterable[str]:
    """Name a student by their number in the LMS."""
    return {row["lms_id"]}


def by_mail(row: ClassRow) -> Iterable[str]:
    """Name a student by their address, or the part of it that many use as a login."""
    mail = row["email"].casefold()
    return {mail, mail.partition("@")[0]}


def by_name(row: ClassRow) -> Iterable[str]:
    """Name a student by the letters of their name."""
    return {letters_of(row["name"])}


def either_order(name: str) -> tuple[str, ...]:
    """Return the letters of "Lovelace, Ada" in both orders."""
    last, _, first = name.partition(",")
    return letters_of(first) + letters_of(last), letters_of(last) + letters_of(first)


def ungraded(rows: Iterable[ClassRow]) -> Iterator[str]:
    """Say who was left as they were, since nothing is known of their work."""
    if names := [row["student"] for row in rows if row["points"] is None]:
        yield f"not graded, and left empty: {listed(names)}"


def listed(names: Sequence[str]) -> str:
    """List names in a note, each once."""
    return harmless(", ".join(dict.fromkeys(names)), keep="")
