"""The class's door: what students handed in is copied once, and only the copy is worked with.

    for one in handed_in(place, "12_capstone"):
        one.student, one.read("model.py", most), one.copy_to(folder)

nbgrader itself follows links, reads whatever size there is, recurses as deep as folders go, and
ends with the first student of some kinds of trouble. `guard` puts what is here in its place:

    autograde_each      for Autograde.start      each student alone, from a clean copy
    timestamp           for CourseDirectory's    the time of handing in, read with care
    GuardedCollect      for ExchangeCollect      the same copying, out of the exchange
"""

import glob
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import parse_utc
from sqlalchemy import Engine, event

from autograder.classroom.folders import ClassError, Copying, Room, fit, opened
from autograder.classroom.layouts import MOST_TIMESTAMP
from autograder.classroom.layouts import timestamp as in_its_zone
from autograder.classroom.notebooks.apart import Done, each_apart
from autograder.classroom.picking import of_kind, pick
from autograder.classroom.places import MOST_ENTRIES, Entry, Folder
from autograder.words import duration, harmless, summary_of
from course.ordinary import NotReadable, TooLarge, read_ordinary

STUDENT = "\0"  # stands for a student where a path is taken apart; no name can be this
PATTERNS = frozenset("*?[")  # nbgrader takes a name with these for a pattern


@dataclass(frozen=True)
class HandedIn:
    """What one student handed in for an assignment; nothing in it has been looked at so far."""

    student: str
    base: Path  # the instructor's own: submitted/
    names: tuple[str, ...]  # below it, the student's: ada, 12_capstone

    def expect_fit(self) -> None:
        """Refuse a name that could not be shown, or kept in a gradebook."""
        if not fit(self.student):
            found = harmless(self.student, keep="")
            raise ClassError(f"expected a student's name of letters and signs, found {found}")

    @contextmanager
    def opened(self) -> Iterator[int]:
        """Open the student's folder, through no link."""
        with ExitStack() as stack:
            try:
                folder = stack.enter_context(opened(self.base, *self.names))
            except (FileNotFoundError, NotReadable) as error:
                path = harmless("/".join(self.names), keep="")
                found = error if isinstance(error, NotReadable) else "none"
                raise ClassError(f"expected a folder {path}, found {found}") from None
            yield folder

    def read(self, name: str, most: int) -> bytes:
        """Read a file of the submission; FileNotFoundError where it holds none of that name."""
        self.expect_fit()
        with self.opened() as folder:
            try:
                return read_ordinary(name, most, folder=folder)
            except NotReadable as found:
                expected = "a smaller" if isinstance(found, TooLarge) else "an ordinary file"
                raise ClassError(f"expected {expected} {name}, found {found}") from None

    def pick(self, wanted: str) -> str:
        """Return the name of the file that stands for `wanted`: model.py may be Model (1).py.

        FileNotFoundError where there is none of its kind.
        """
        self.expect_fit()
        try:
            entries = Folder(self.base).entries(self.names, MOST_ENTRIES)
        except NotReadable as found:
            path = harmless("/".join(self.names), keep="")
            raise ClassError(f"expected a folder {path}, found {found}") from None
        if not of_kind(entries, wanted):
            raise FileNotFoundError(wanted)
        return pick(entries, [wanted])

    def copy_to(self, target: Path, ignored: list[str]) -> dict[str, str]:
        """Copy the ordinary files; return what was left out, and why."""
        self.expect_fit()
        with self.opened() as folder:
            copying = Copying(Room(), ignored)
            copying.copy(folder, target)
        return copying.left_out


def handed_in(place: CourseDirectory, assignment: str) -> list[HandedIn]:
    """Find who handed in an assignment, by name."""
    path = place.format_path(place.submitted_directory, STUDENT, assignment)
    base, found, rest = path.partition(f"{os.sep}{STUDENT}{os.sep}")
    if not found:
        raise ClassError(
            "expected a folder for each student in CourseDirectory.directory_structure, "
            f"found {place.directory_structure}"
        )
    if not Path(base).is_dir():
        return []
    return [
        HandedIn(path.name, Path(base), (path.name, *Path(rest).parts))
        for path in sorted(Path(base).iterdir())
        if there(path / rest)
    ]


def there(path: Path) -> bool:
    """Return whether something is there, though it may be nothing that can be read."""
    try:
        path.lstat()  # may look through a link to a student's folder; that reads nothing in it
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        pass
    return True


# ---- for nbgrader -------------------------------------------------------------------------------


def autograde_each(converter: Autograde) -> None:
    """Autograde each student alone, from a clean copy: no trouble of one reaches another."""
    place, log = converter.coursedir, converter.log
    everybody = [one.student for one in handed_in(place, place.assignment_id)]
    students = [name for name in everybody if fnmatchcase(name, place.student_id)]
    began, failed, graded = time.monotonic(), [], 0
    for number, done in enumerate(each(converter, students), start=1):
        graded += done.graded
        if done.error:
            log.error("%s: not autograded: %s", done.student, done.error)
            failed.append(done.error)
        if number < len(students):
            left = (time.monotonic() - began) / number * (len(students) - number)
            log.info("%d of %d students, about %s left", number, len(students), duration(left))
    if failed:
        raise NbGraderException(failed[0])
    if not graded:
        pattern = place.format_path(place.submitted_directory, place.student_id, "")
        message = f"No notebooks were matched by '{pattern}{place.assignment_id}'"
        log.error(message)
        raise NbGraderException(message)


def each(converter: Autograde, students: list[str]) -> Iterator[Done]:
    """Autograde one student after the other, or several at once where the class is set up so."""
    at_once = min(int(converter.config.Door.get("at_once", 1)), len(students))
    if at_once > 1:
        yield from each_apart(converter, students, at_once)
        return
    place = converter.coursedir
    submissions = {one.student: one for one in handed_in(place, place.assignment_id)}
    for student in students:
        try:
            yield Done(student, autograde_one(converter, submissions[student]))
        except Exception as error:
            yield Done(student, error=summary_of(error, 300))


def autograde_one(converter: Autograde, one: HandedIn) -> bool:
    """Autograde one student; return whether there was a notebook to grade."""
    place, log = converter.coursedir, converter.log
    one.expect_fit()
    if PATTERNS & set(one.student):
        raise ClassError(f"expected a student's name without * ? [, found {one.student}")
    submitted, student = place.submitted_directory, place.student_id
    # In the class's folder: nbgrader's patterns quote that path, and would not quote another.
    with TemporaryDirectory(prefix="door-", dir=place.root) as stage:
        try:
            place.submitted_directory = Path(stage).name
            clean = Path(
                place.format_path(place.submitted_directory, one.student, place.assignment_id)
            )
            clean.mkdir(parents=True)
            for path, why in one.copy_to(clean, place.ignore).items():
                if path.endswith(".ipynb") and "/" not in path:
                    # Not graded without it: a notebook that is missing would get 0 points.
                    raise ClassError(f"expected {path} to be an ordinary notebook, found {why}")
                log.warning("%s: left out %s: %s", one.student, path, why)
            rename_notebook(clean, wanted_notebooks(place))
            if not list(clean.glob(f"{place.notebook_id}.ipynb")):
                log.warning("%s: no notebook was handed in", one.student)
                return False
            place.student_id = glob.escape(one.student)
            BaseConverter.start(converter)
        finally:
            place.submitted_directory, place.student_id = submitted, student
    return True


def wanted_notebooks(place: CourseDirectory) -> list[str]:
    """Return the notebooks that an assignment has; none where nbgrader does not know it."""
    with Gradebook(place.db_url, place.course_id) as book:
        try:
            return [one.name for one in book.find_assignment(place.assignment_id).notebooks]
        except MissingEntry:
            return []


def rename_notebook(folder: Path, wanted: list[str]) -> None:
    """Give the notebook its own name: what was handed in may be called `12_capstone (1).ipynb`.

    An assignment of several notebooks needs their names, or nobody can tell which is which.
    """
    if len(wanted) != 1:
        return
    name = f"{wanted[0]}.ipynb"
    entries = [Entry(path.name, path.lstat().st_mode) for path in sorted(folder.iterdir())]
    if of_kind(entries, name) and (found := pick(entries, [name])) != name:
        (folder / found).rename(folder / name)


def timestamp(place: CourseDirectory, folder: str) -> datetime | None:
    """Read when a submission was handed in; a file that does not say so counts as missing."""
    try:
        text = read_ordinary(Path(folder, "timestamp.txt"), MOST_TIMESTAMP).decode().strip()
        when: datetime = parse_utc(in_its_zone(text) or text)  # which takes CEST for UTC
    except FileNotFoundError:
        return None
    except Exception as error:  # whatever a student may write where a time is expected
        place.log.warning("No time in %s/timestamp.txt: %s", folder, summary_of(error, 100))
        return None
    return when


class GuardedCollect(ExchangeCollect):
    """Collect what students put into the exchange: ordinary files, and links to nothing."""

    def do_copy(self, src: str, dest: str, log: logging.Logger | None = None) -> None:
        """Copy one submission, as far as nbgrader's own limits allow."""
        a_file, together = self.coursedir.max_file_size, self.coursedir.max_dir_size
        copying = Copying(Room(1000 * a_file, 1000 * together), self.coursedir.ignore)
        Path(dest).mkdir(parents=True)
        try:
            with opened(Path(src).parent, Path(src).name) as folder:
                copying.copy(folder, Path(dest))
        except (NotReadable, OSError) as found:
            copying.leave_out(Path(src).name, str(found))
        for path, why in copying.left_out.items():
            self.log.warning("left out %s of %s: %s", path, src, why)
        if self.coursedir.groupshared:
            for copied in (Path(dest), *Path(dest).rglob("*")):
                copied.chmod(0o2770 if copied.is_dir() else 0o660)


class HarmlessRecord(logging.LogRecord):
    """A line of a log in which no student's word steers a terminal."""

    _exc_text: str | None = None

    def getMessage(self) -> str:  # noqa: N802  logging's own name
        """Return the message as it may be shown."""
        return harmless(super().getMessage())

    @property
    def exc_text(self) -> str | None:
        """The traceback, as it may be shown."""
        return self._exc_text

    @exc_text.setter
    def exc_text(self, text: str | None) -> None:
        self._exc_text = text and harmless(text)


def patient(connection: object, record: object) -> None:
    """Let whoever writes to a SQLite gradebook wait for the others, a minute if need be."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA busy_timeout = 60000")


def guard() -> None:
    """Put what is here in the place of nbgrader's own; lessons/nbgrader_config.py calls it."""
    if not event.contains(Engine, "connect", patient):
        event.listen(Engine, "connect", patient)
    Autograde.start = autograde_each
    CourseDirectory.get_existing_timestamp = timestamp
    logging.setLogRecordFactory(HarmlessRecord)
