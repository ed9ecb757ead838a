"""The class's roster: a CSV with nbgrader's columns, as a spreadsheet or an LMS may write it.

    id,first_name,last_name,email,lms_user_id,extension
    ada,Ada,Lovelace,ada@uni.example,4711,3

Only `id` must be there. `lms_user_id` is the number that the LMS knows a student by. `extension` is
how many days longer somebody has, or the moment until which: 2026-12-04T12:00+01:00.
"""

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from autograder.classroom.folders import ClassError, fit
from autograder.words import printable
from course.ordinary import NotReadable, read_ordinary

MOST_BYTES = 16 << 20
MOST_DAYS = 400  # of an extension
LMS_COLUMNS = ("lms_user_id", "lms_id", "canvas_id", "canvas_user_id", "moodle_id")
COLUMNS = ("id", "first_name", "last_name", "email", "extension", *LMS_COLUMNS)
Extension = int | datetime | None  # so many days, or until when
Index = dict[str, list["Student"]]


@dataclass(frozen=True)
class Student:
    """One line of the roster."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    extension: Extension = None
    lms_id: str = ""

    @property
    def name(self) -> str:
        """Return the name as people read it."""
        return f"{self.first_name} {self.last_name}".strip() or self.id


@dataclass(frozen=True)
class Roster:
    """Who is in the class."""

    students: tuple[Student, ...]

    def known(self, word: str) -> list[Student]:
        """Find who goes by an id, an email address or its first part."""
        word = word.casefold()
        return self.by_id.get(word) or self.by_mail.get(word) or self.by_box.get(word) or []

    def named(self, name: str) -> list[Student]:
        """Find who has a name, in either order, whatever its accents, spaces and capitals."""
        return self.by_name.get(letters_of(name), [])

    def numbered(self, lms_id: str) -> list[Student]:
        """Find who has a number in the LMS."""
        return self.by_number.get(lms_id, [])

    @cached_property
    def by_id(self) -> Index:
        """The students by id."""
        return index((one, [one.id.casefold()]) for one in self.students)

    @cached_property
    def by_mail(self) -> Index:
        """The students by their email address."""
        return index((one, [one.email.casefold()]) for one in self.students)

    @cached_property
    def by_box(self) -> Index:
        """The students by what stands before the @ of their address."""
        return index((one, [one.email.casefold().partition("@")[0]]) for one in self.students)

    @cached_property
    def by_name(self) -> Index:
        """The students by their names' letters, in both orders."""
        return index((one, spellings(one)) for one in self.students)

    @cached_property
    def by_number(self) -> Index:
        """The students by their number in the LMS."""
        return index((one, [one.lms_id]) for one in self.students)


def index(words: Iterable[tuple[Student, Collection[str]]]) -> Index:
    """Make a table from words to whom they mean; an empty word means nobody."""
    found: Index = {}
    for student, each in words:
        for word in filter(None, each):
            found.setdefault(word, []).append(student)
    return found


def spellings(student: Student) -> set[str]:
    """Return both orders of a student's name."""
    first, last = letters_of(student.first_name), letters_of(student.last_name)
    return {first + last, last + first}


def letters_of(name: str) -> str:
    """Return the letters and digits of a name alone, without accents: "Müller, Ada" is mullerada.

    Two kinds of one letter are the same here, so that names from two systems can be compared.
    """
    apart = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("Ø", "O"))
    return "".join(letter for letter in apart.casefold() if letter.isalnum())


# ---- reading ------------------------------------------------------------------------------------


def load_roster(path: Path) -> Roster:
    """Read a roster, or say on which line it is wrong."""
    try:
        text = text_of(read_ordinary(path, MOST_BYTES, follow=True))
    except FileNotFoundError:
        raise ClassError(f"expected the class's roster, found no file {path}") from None
    except NotReadable as found:
        raise ClassError(f"expected the class's roster, a CSV, found {found}: {path}") from None
    return Roster(tuple(read_rows(text, str(path))))


def text_of(data: bytes) -> str:
    """Decode a CSV as spreadsheets write it: UTF-8, with or without a mark, or Western Europe's."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def rows_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """Read the rows of a CSV, each with its line; the separator is what parts the first line."""
    if said := re.match(r"sep=(.)\r?\n", text):  # Excel's way to name it
        text = "\n" + text[said.end() :]
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = said[1] if said else max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        raise ClassError(f"line {reader.line_num}: expected a CSV, found {error}") from None


def read_rows(text: str, where: str) -> Iterator[Student]:
    """Read the students, each once."""
    rows = rows_of(text)
    try:
        _, header = next(rows, (0, []))
        columns = read_header(header)
        lines: dict[str, int] = {}
        for line, row in rows:
            student = read_student(dict(zip(columns, row, strict=False)), line)
            if (before := lines.setdefault(student.id, line)) != line:
                raise ClassError(
                    f"line {line}: expected each student once, found {student.id} "
                    f"on line {before} too"
                )
            yield student
    except ClassError as error:
        at = "," if str(error).startswith("line") else ":"
        raise ClassError(f"{where}{at} {error}") from None


def read_header(header: list[str]) -> list[str]:
    """Return the columns' names, as they are known here."""
    columns = [re.sub(r"[\s-]+", "_", name.casefold()) for name in header]
    for name in columns:
        near = difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.8)
        if near and name not in COLUMNS:  # other columns are the class's own affair
            raise ClassError(f"line 1: expected the column {near[0]}, found {printable(name, 40)}")
    if "id" not in columns:
        found = printable(", ".join(header), 80) or "nothing"
        raise ClassError(f"expected the columns id, first_name, last_name and email, found {found}")
    return columns


def read_student(row: dict[str, str], line: int) -> Student:
    """Read one student's line."""
    found = row["id"]
    if not found or not fit(found):
        raise ClassError(f"line {line}: expected a student's id, found {found!r}")
    lms = next((row[name] for name in LMS_COLUMNS if row.get(name)), "")
    known = {name: printable(row.get(name, ""), 200) for name in COLUMNS[1:4]}
    extension = read_extension(row.get("extension", ""), line)
    return Student(id=found, extension=extension, lms_id=lms, **known)


def read_extension(text: str, line: int) -> Extension:
    """Read how much longer somebody has: days, or a moment with its zone."""
    if not text:
        return None
    if text.isascii() and text.isdigit() and int(text) <= MOST_DAYS:
        return int(text)
    try:
        until = datetime.fromisoformat(text)
    except ValueError:
        until = None
    if until is None or until.tzinfo is None:
        raise ClassError(
            f"line {line}: expected as extension a number of days, or a moment with its zone such "
            f"as 2026-12-04T12:00+01:00, found {text!r}"
        )
    return until
