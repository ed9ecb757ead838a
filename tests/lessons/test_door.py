"""The class's door: no folder of one student's stops, reaches or costs another."""

import csv
import io
import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.classroom.folders import Copying, Room, delete_all, opened
from autograder.classroom.notebooks import classfolder, gradebook
from autograder.classroom.notebooks.door import GuardedCollect, handed_in, timestamp
from autograder.classroom.notebooks.exports import SafeCsv
from autograder.words import harmless
from lessons import build
from tests.attacks.door.hostile import HONEST, NAMES, REFUSED, crowd, hole, made, nested
from tests.helpers.verdicts import verdict
from tests.lessons.classes import NAME, Classroom, write

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.xdist_group("door"),  # one process: the class is graded once for all tests
]

ADD = "def add(a, b):\n    return a + b\n"
DOUBLE = "def double(a):\n    return 2 * a\n"
DIGS = """
import os
above = os.open(".", os.O_RDONLY)
for _ in range(1500):
    os.mkdir("d", 0o700, dir_fd=above)
    inner = os.open("d", os.O_RDONLY, dir_fd=above)
    os.close(above)
    above = inner
os.close(above)
"""


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Remember a folder's files, to compare."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            path.read_bytes() if stat.S_ISREG(path.lstat().st_mode) else b"",
        )
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Return a folder of somebody else's, with a link in it."""
    folder = made(tmp_path / "elsewhere")
    (folder / "model.py").write_text("# not theirs\n")
    (folder / "secret").write_text("the solutions")
    (folder / "own_link").symlink_to(folder / "secret")
    return folder


def configured(classroom: Classroom) -> CourseDirectory:
    """Set up the class as `make release` does, and read that."""
    source = classroom.config.CourseDirectory.source_directory
    (classroom.root / "nbgrader_config.py").write_text(
        f"c = get_config()\n"
        f'load_subconfig("nbgrader_config.py", path={str(build.LESSONS)!r})\n'
        f"c.CourseDirectory.source_directory = {source!r}\n"
    )
    return classfolder.course(classroom.root)


@pytest.fixture
def submitted(tmp_path: Path) -> Iterator[Path]:
    """Let a test have students of its own in the class."""
    place = made(tmp_path / "submitted")
    yield place
    delete_all(place)  # pytest could not: it is too deep


def place_of(classroom: Classroom, submitted: Path) -> CourseDirectory:
    place = configured(classroom)
    place.submitted_directory = str(submitted)
    return place


def graded(classroom: Classroom, submitted: Path, **marks: object) -> dict[str, str]:
    """Enter points for everybody; each file that is graded passes."""
    read: dict[str, str] = {}

    def grade(file, rules, student):
        read[student] = file.read_text()
        if student in marks:
            raise marks[student]
        return verdict((9_950,))

    rows = list(gradebook.enter(place_of(classroom, submitted), NAME, grade))
    assert set(read.values()) <= {HONEST}, "somebody else's file was read"
    return dict(row.split(": ", 1) for row in rows)


def honest(submitted: Path, *students: str) -> None:
    for student in students:
        (made(submitted / student / NAME) / "model.py").write_text(HONEST)


def test_each_hostile_folder_is_a_row_and_stops_nobody(classroom, submitted, elsewhere):
    honest(submitted, "aaa", "zzz")
    for student, (build_it, _) in REFUSED.items():
        build_it(submitted / student / NAME, elsewhere)
    before = everything(elsewhere)
    rows = graded(classroom, submitted)
    assert set(rows) == {"aaa", "zzz", *REFUSED}
    for student, (_, words) in REFUSED.items():
        assert rows[student].startswith("not entered, expected "), rows[student]
        assert words in rows[student], rows[student]
    assert rows["aaa"].startswith("10 of 10 points")
    assert rows["zzz"].startswith("10 of 10 points")
    assert everything(elsewhere) == before
    with classroom.api.gradebook as book:
        assert not {student.id for student in book.students} & set(REFUSED)


def test_what_lies_beside_a_file_is_not_in_its_way(classroom, submitted, elsewhere):
    honest(submitted, "crowded")
    crowd(submitted / "crowded" / NAME, elsewhere)
    before = everything(elsewhere)
    assert graded(classroom, submitted)["crowded"].startswith("10 of 10 points")
    assert everything(elsewhere) == before


def test_students_of_odd_names_are_graded_or_told(classroom, submitted):
    for name in NAMES:
        honest(submitted, name)
    rows = graded(classroom, submitted)
    assert len(rows) == len(NAMES)
    for name in NAMES:
        said = rows[harmless(name, keep="")]
        plain = name.isprintable()
        assert said.startswith("10 of 10" if plain else "not entered, expected a student's name")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RuntimeError("broken \x1b[31m"), "RuntimeError: broken  [31m"),
        (RecursionError(), "RecursionError"),
        (MemoryError(), "MemoryError"),
        (KeyError("x"), "KeyError: 'x'"),
        (UnicodeEncodeError("utf-8", "\udc80", 0, 1, "surrogates"), "UnicodeEncodeError"),
        (OSError(28, "No space left on device"), "No space left on device"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_in_one_is_the_row_of_one(classroom, submitted, error, says):
    honest(submitted, "aaa", "bad", "zzz")
    rows = graded(classroom, submitted, bad=error)
    assert rows["bad"].startswith("not entered, a fault of the grader or the machine: ")
    assert says in rows["bad"]
    assert rows["aaa"].startswith("10 of 10")
    assert rows["zzz"].startswith("10 of 10")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_whoever_stops_it_is_heard(classroom, submitted, stop):
    honest(submitted, "aaa")
    with pytest.raises(stop):
        graded(classroom, submitted, aaa=stop())


def test_a_failed_entry_leaves_the_gradebook_usable(classroom, submitted, monkeypatch):
    honest(submitted, "aaa", "bad", "zzz")
    write_it = gradebook.write

    def fails(book, cell, student, *rest):
        if student == "bad":
            book.db.execute(gradebook_nonsense())
        return write_it(book, cell, student, *rest)

    monkeypatch.setattr(gradebook, "write", fails)
    rows = graded(classroom, submitted)
    assert rows["bad"].startswith("not entered, a fault")
    assert rows["zzz"].startswith("10 of 10")


def gradebook_nonsense():
    from sqlalchemy import text

    return text("insert into nowhere values (1)")


def test_the_exchange_and_a_batch_read_one_time(tmp_path):
    (tmp_path / "timestamp.txt").write_text("2026-07-01 12:00:00 CEST\n")
    read = timestamp(CourseDirectory(), str(tmp_path))
    assert read == datetime(2026, 7, 1, 10)  # noqa: DTZ001  nbgrader's are in UTC, unsaid


def test_a_link_that_is_swapped_in_is_not_followed(tmp_path, elsewhere):
    # opened() takes the folder first; whatever its name leads to later is not looked at.
    base = made(tmp_path / "submitted")
    (made(base / "ada" / "tiny") / "model.py").write_text(HONEST)
    with opened(base, "ada", "tiny") as folder:
        (base / "ada").rename(base / "away")
        (base / "ada").symlink_to(elsewhere)
        (elsewhere / "tiny").mkdir()
        copying = Copying(Room())
        copying.copy(folder, tmp_path / "copy")
    assert (tmp_path / "copy" / "model.py").read_text() == HONEST
    assert not copying.left_out


def test_a_copy_holds_what_there_is_room_for(tmp_path):
    folder = made(tmp_path / "full")
    for number in range(30):
        (folder / f"{number:02}.txt").write_bytes(b"x" * 100)
    (folder / "book.ipynb").write_bytes(b"x" * 100)
    with opened(folder) as source:
        copying = Copying(Room(a_file=100, together=500))
        copying.copy(source, tmp_path / "copy")
    assert len(list((tmp_path / "copy").iterdir())) == 5
    assert (tmp_path / "copy" / "book.ipynb").exists()  # notebooks come first
    with opened(folder) as source:
        copying = Copying(Room(entries=10))
        copying.copy(source, tmp_path / "few")
    assert len(list((tmp_path / "few").iterdir())) == 10
    assert copying.left_out == {"…": "more than 10 files"}


def test_a_folder_is_deleted_however_deep_and_locked(tmp_path, elsewhere):
    folder = made(tmp_path / "deep")
    nested(folder, 3_000)
    nested(folder, 20, "x" * 255)
    for path in (made(folder / "locked" / "inner"), folder / "locked"):
        path.joinpath("file").write_text("")
        path.chmod(0)
    (folder / "out").symlink_to(elsewhere)
    os.mkfifo(folder / "pipe")
    before = everything(elsewhere)
    delete_all(folder)
    assert not list(folder.iterdir())
    assert everything(elsewhere) == before


# ---- nbgrader ------------------------------------------------------------------------------------


def solved(book):
    write(book, "add", ADD)
    write(book, "double", DOUBLE)


def digging(book):
    """A cell digs as deep in its own folder as deleting it would have to go."""
    write(book, "add", ADD + DIGS)
    write(book, "double", DOUBLE)


def sleepy(book):
    """Each cell is short, and there are many."""
    write(book, "double", DOUBLE)
    naps = [nbformat.v4.new_code_cell("import time; time.sleep(0.9)") for _ in range(60)]
    book.cells.extend(naps)
    write(book, "add", ADD)


@pytest.fixture(scope="module")
def autograded(classroom, tmp_path_factory):
    """Autograde the whole class in one run, as `nbgrader autograde tiny` does."""
    elsewhere = made(tmp_path_factory.mktemp("theirs"))
    (elsewhere / "secret").write_text("the solutions")
    (elsewhere / "own_link").symlink_to(elsewhere / "secret")
    students = classroom.root / "submitted"
    classroom.submit("aaa", solved)
    classroom.submit("crowded", digging)
    crowd(students / "crowded" / NAME, elsewhere)
    classroom.submit("theirs", solved)
    made(students / "linked_folder")
    (students / "linked_folder" / NAME).symlink_to(students / "theirs" / NAME)
    (students / "linked_student").symlink_to(students / "theirs")
    for student in ("pipe", "sparse", "linked_book"):
        made(students / student / NAME)
    os.mkfifo(students / "pipe" / NAME / f"{NAME}.ipynb")
    hole(students / "sparse" / NAME / f"{NAME}.ipynb")
    theirs = students / "theirs" / NAME / f"{NAME}.ipynb"
    (students / "linked_book" / NAME / f"{NAME}.ipynb").symlink_to(theirs)
    classroom.submit("[abt]heirs", solved)  # nbgrader would take this for a pattern
    classroom.submit("\x1b[31mred", solved)
    (made(students / "bracket" / NAME) / f"{NAME}.ipynb").write_text("[" * 100_000)
    made(students / "model_only" / NAME)
    for name in ("mine", "yours"):
        (made(students / "two_books" / NAME) / f"{name}.ipynb").write_text("{}")
    classroom.submit("zzz", sleepy)
    before = everything(elsewhere), everything(students / "theirs")
    classroom.config.JailedExecute.seconds = 12
    classroom.config.Door.at_once = 1  # here, where the log can be listened to
    course = CourseDirectory(config=classroom.config)
    course.assignment_id = NAME
    messages: list[str] = []
    converter = Autograde(coursedir=course, config=classroom.config)
    listen(converter.log, messages)
    with pytest.raises(NbGraderException):
        converter.start()
    assert (everything(elsewhere), everything(students / "theirs")) == before
    yield classroom, "\n".join(messages)
    delete_all(students)  # pytest could not: it is too deep


def listen(log, messages):
    import logging

    class Listener(logging.Handler):
        def emit(self, record):
            messages.append(self.format(record))

    log.addHandler(Listener())


@pytest.mark.parametrize("student", ["aaa", "crowded", "theirs"])
def test_nbgrader_grades_whoever_can_be_graded(autograded, student):
    points = autograded[0].points(student)
    assert {name: points[name] for name in ("check_add", "check_double")} == {
        "check_add": 2,
        "check_double": 3,
    }


def test_many_short_cells_take_no_longer_than_the_notebook_may(autograded):
    book = autograded[0].graded("zzz")
    last = list(book.values())[-1]
    assert last.outputs[0].ename == "KernelEnded"


def test_only_ordinary_files_reach_the_graded_copy(autograded):
    folder = autograded[0].root / "autograded" / "crowded" / NAME
    found = {path.name for path in folder.iterdir()}
    plain = {name for name in NAMES if name.isprintable()}
    assert found == {f"{NAME}.ipynb", *plain}


@pytest.mark.parametrize(
    ("student", "says"),
    [
        ("pipe", "an ordinary notebook, found a pipe"),
        ("sparse", "an ordinary notebook, found more than 32 MB"),
        ("linked_book", "an ordinary notebook, found a link"),
        ("linked_folder", "found a link"),
        ("linked_student", "found a link"),
        ("[abt]heirs", "without * ? ["),
        ("two_books", "expected one tiny.ipynb, found mine.ipynb, yours.ipynb"),
        (r"\x1b[31mred", "a student's name of letters"),
    ],
)
def test_nobody_else_is_graded_and_each_is_told(autograded, student, says):
    classroom, log = autograded
    [line] = [line for line in log.splitlines() if line.startswith(f"{student}: not autograded")]
    assert says in line
    with classroom.api.gradebook as book:
        assert student not in {known.id for known in book.students}


def test_no_log_holds_a_sign_that_steers(autograded):
    assert harmless(autograded[1]) == autograded[1]
    assert "left out" in autograded[1]


def test_the_log_says_how_far_it_is(autograded):
    lines = [line for line in autograded[1].splitlines() if " students, about " in line]
    assert lines[0].startswith("1 of ")
    assert lines[0].endswith(" left")
    assert len(lines) > 5


def test_nothing_is_left_in_the_class_folder(autograded):
    assert not list(autograded[0].root.glob("door-*"))


def test_collecting_follows_no_link_and_goes_on(classroom, submitted, tmp_path, elsewhere):
    inbound, before = submitted, everything(elsewhere)
    crowd(inbound / "ada", elsewhere)
    (inbound / "eve").symlink_to(elsewhere)
    collect = GuardedCollect(coursedir=CourseDirectory(config=classroom.config))
    for student in ("ada", "eve"):
        collect.do_copy(str(inbound / student), str(tmp_path / "to" / student))
    assert {p.name for p in (tmp_path / "to" / "ada").iterdir()} >= {"--help", "[ab]"}
    assert not list((tmp_path / "to" / "eve").iterdir())
    assert not [p for p in (tmp_path / "to").rglob("*") if p.is_symlink() or p.name == "secret"]
    assert everything(elsewhere) == before


def test_files_beside_the_students_are_no_students(classroom, submitted):
    honest(submitted, "ada")
    (submitted / "grades.csv").write_text("")
    (submitted / "nowhere").symlink_to(submitted / "gone")
    assert [one.student for one in handed_in(place_of(classroom, submitted), NAME)] == ["ada"]


def test_the_exported_table_is_plain_text(autograded, tmp_path):
    classroom, _ = autograded
    names = ["=cmd()", "nobody,here", 'a"b', "-1+1"]
    with classroom.api.gradebook as book:
        for name in names:
            book.update_or_create_student(name, last_name="@" + name)
        plugin = SafeCsv(config=classroom.config)
        plugin.to = str(tmp_path / "grades.csv")
        plugin.export(book)
    table = io.StringIO((tmp_path / "grades.csv").read_text())
    rows = {row["student_id"]: row for row in csv.DictReader(table)}
    assert {"'=cmd()", "nobody,here", 'a"b', "'-1+1"} < set(rows)
    assert {row["last_name"] for row in rows.values()} == {"", *(f"'@{name}" for name in names)}
    assert not any(None in row for row in rows.values())  # no cell too many
    assert float(rows["theirs"]["raw_score"]) == 5
    assert float(rows["nobody,here"]["score"]) == 0
