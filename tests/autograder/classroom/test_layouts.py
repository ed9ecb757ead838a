"""Whatever folder hand-ins come in, everybody is in the list once, and nobody reaches outside."""

import os
import stat
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.classroom.folders import ClassError, delete_all
from autograder.classroom.layouts import HandIn, hand_ins, timestamp
from autograder.classroom.roster import Roster, Student
from tests.attacks.door.hostile import HONEST, NAMES, REFUSED, crowd, hole, made

ROSTER = Roster(
    (
        Student("ada", "Ada", "Lovelace", "countess@uni.example", lms_id="11"),
        Student("alan", "Alan", "Turing", "turing.a@uni.example", lms_id="12"),
        Student("zoe", "Zoë", "Müller-Groß", "zoe@uni.example"),
    )
)

# What each layout looks like, of the same three: one there, one with two tries, one missing.
LAYOUTS: dict[str, tuple[str, ...]] = {
    "canvas": ("lovelaceada_11_901_model.py", "turingalan_LATE_12_902_model-1.py", "grades.csv"),
    "canvas-without-numbers": ("lovelaceada_71_901_model.py", "turingalan_LATE_72_902_Model.py"),
    "moodle": (
        "Ada Lovelace_5001_assignsubmission_file_/model.py",
        "Alan Turing_5002_assignsubmission_file/Model (1).py",
    ),
    "moodle-flat": (
        "Ada Lovelace_5001_assignsubmission_file_model.py",
        "Group A-Alan Turing_5002_assignsubmission_file_model (2).py",
    ),
    "nbgrader": ("submitted/ada/12_capstone/model.py", "submitted/alan/12_capstone/net.py"),
    "plain": ("ada/model.py", "alan/model (1).py", "alan/model (2).py"),
    "files": ("ada.py", "Turing, Alan.py", "students.csv"),
    "mail": ("countess.py", "turing.a/model.py"),
    "notebooks": ("ada.ipynb", "alan/work.ipynb"),
}


def lay(folder: Path, *paths: str) -> Path:
    """Put files of these names into a folder, each with its own name in it."""
    for path in paths:
        made((folder / path).parent)
        (folder / path).write_text(f"# {path}\n")
    return folder


def zipped(folder: Path) -> Path:
    """Zip a folder, as an LMS does for its download."""
    file = folder.with_suffix(".zip")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return file


def by_student(found: list[HandIn]) -> dict[str, HandIn]:
    students = [one.student for one in found]
    assert students == sorted(set(students))
    return {one.student: one for one in found}


@pytest.mark.parametrize("pack", [lambda folder: folder, zipped], ids=["folder", "zip"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_gives_everybody_once(tmp_path, layout, pack):
    if layout == "nbgrader" and pack is zipped:
        pytest.skip("no LMS gives nbgrader's folder as a zip")
    found = by_student(hand_ins(pack(lay(tmp_path / "class", *LAYOUTS[layout])), ROSTER))
    assert list(found) == ["ada", "alan", "zoe"]
    for student in ("ada", "alan"):
        one = found[student]
        assert not one.why
        assert not one.trouble
        assert not one.unlisted
        assert one.read().decode().endswith(f"{one.path[-1]}\n"), one
    assert (found["zoe"].file, found["zoe"].trouble) == (None, "missing")
    assert found["zoe"].why == "nothing was handed in"
    assert (found["zoe"].name, found["zoe"].email) == ("Zoë Müller-Groß", "zoe@uni.example")
    assert found["alan"].late == layout.startswith("canvas")
    if layout == "plain":
        assert found["alan"].file == "model (2).py"
    if layout.startswith("moodle"):
        assert (found["ada"].lms_id, found["ada"].name) == ("5001", "Ada Lovelace")


def test_without_a_roster_the_names_are_those_of_the_layout(tmp_path):
    folder = lay(tmp_path / "class", *LAYOUTS["canvas"], "lovelaceada_99_903_model.py", "me.py")
    found = by_student(hand_ins(folder))
    assert list(found) == ["lovelaceada", "lovelaceada 99", "me", "turingalan"]
    assert [one.lms_id for one in found.values()] == ["11", "99", "", "12"]


def test_who_is_not_in_the_roster_is_listed_and_said(tmp_path):
    found = by_student(hand_ins(lay(tmp_path / "class", "ada.py", "eve.py"), ROSTER))
    assert list(found) == ["ada", "alan", "eve", "zoe"]
    assert [name for name, one in found.items() if one.unlisted] == ["eve"]
    assert found["eve"].read()


def test_two_of_one_name_are_not_guessed(tmp_path):
    roster = Roster((*ROSTER.students, Student("ada2", "Ada", "Lovelace")))
    found = by_student(hand_ins(lay(tmp_path / "a", "Lovelace Ada.py", "alan.py"), roster))
    says = "expected one student of the name Lovelace Ada, found ada, ada2 in the roster"
    for student in ("Lovelace Ada", "ada", "ada2"):
        one = found[student]
        assert (one.file, one.trouble, one.why) == (None, "whose", says)
    assert found["alan"].read()
    # The number in the LMS settles it.
    found = by_student(hand_ins(lay(tmp_path / "b", "lovelaceada_11_1_model.py"), roster))
    assert found["ada"].file == "lovelaceada_11_1_model.py"
    assert found["ada2"].trouble == "missing"


def test_two_hand_ins_of_one_student_are_not_guessed(tmp_path):
    folder = lay(tmp_path / "class", "ada.py", "ada/model.py", "alan.py", "turing.a.py")
    found = by_student(hand_ins(folder, ROSTER))
    assert found["ada"].why == "expected one hand-in, found ada.py, model.py"
    assert found["ada"].trouble == "unusable"
    assert found["alan"].why == "expected one hand-in, found alan and turing.a"
    assert found["alan"].trouble == "whose"


def test_an_empty_folder_is_missing_and_another_file_is_named(tmp_path):
    made(tmp_path / "class" / "ada")
    folder = lay(tmp_path / "class", "alan/essay.docx", "zoe.txt")
    found = by_student(hand_ins(folder, ROSTER))
    assert found["ada"].trouble == "missing"
    assert found["alan"].why == "expected model.py or model.ipynb, found essay.docx"
    assert found["zoe"].why == "expected model.py or model.ipynb, found zoe.txt"
    with pytest.raises(ClassError, match=r"found essay\.docx"):
        found["alan"].read()


def test_canvas_texts_and_students_without_names(tmp_path):
    folder = lay(tmp_path / "class", "lovelaceada_11_text.html", "LATE_anon_Ab3x_98_model.py")
    found = by_student(hand_ins(folder))
    assert found["lovelaceada"].why == "expected model.py or model.ipynb, found text.html"
    assert found["anon_Ab3x"].late
    assert found["anon_Ab3x"].read()


def test_nbgrader_asks_which_assignment_where_there_are_several(tmp_path):
    paths = ("ada/09_luck/model.py", "ada/12_capstone/model.py", "alan/12_capstone/model.py")
    folder = lay(tmp_path / "submitted", *paths)
    with pytest.raises(ClassError, match=r"one assignment in submitted, found 09_luck, 12_caps"):
        hand_ins(folder, ROSTER)
    with pytest.raises(ClassError, match=r"expected an assignment \(.*\), found 11"):
        hand_ins(folder, ROSTER, "11")
    (folder / "ada/12_capstone/timestamp.txt").write_text("2026-12-01 23:58:01.500000 UTC")
    for place in (folder, folder.parent):
        found = by_student(hand_ins(place, ROSTER, "12_capstone"))
        assert found["ada"].handed_in == datetime(2026, 12, 1, 23, 58, 1, 500_000, tzinfo=UTC)
        assert found["zoe"].trouble == "missing"
        assert by_student(hand_ins(place, ROSTER, "09_luck"))["alan"].trouble == "missing"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01 12:00:00.0 UTC", "2026-12-01T12:00:00+00:00"),
        ("2026-12-01 12:00:00 Europe/Berlin\n", "2026-12-01T12:00:00+01:00"),
        ("2026-12-01T12:00:00+02:00", "2026-12-01T12:00:00+02:00"),
        ("2026-07-01 12:00:00 CEST", "2026-07-01T12:00:00+02:00"),
        ("2026-07-01 12:00:00 EDT", "2026-07-01T12:00:00-04:00"),
        ("2026-12-01 12:00:00 CST", None),  # Chicago's or Shanghai's
        ("2026-12-01 12:00:00 Nowhere", None),
        ("9999-12-31 23:59:59 PDT", None),
        ("2026-12-01 12:00:00", None),
        ("2026-12-01 12:00:00 ../../etc/passwd", None),
        ("2026-12-01 12:00:00 /etc/passwd", None),
        ("soon UTC", None),
        ("", None),
    ],
)
def test_a_time_has_a_zone_or_is_none(text, expected):
    found = timestamp(text)
    assert (found and found.isoformat()) == expected


def test_a_name_with_two_meanings_means_this_machines_own(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        found = timestamp("2026-12-01 12:00:00 CST")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found is not None
    assert found.isoformat() == "2026-12-01T12:00:00+08:00"


def test_a_plain_file_has_its_own_time_and_a_download_has_none(tmp_path):
    folder = lay(tmp_path / "class", "ada.py", "turingalan_12_2_model.py")
    os.utime(folder / "ada.py", (1_000_000_000, 1_000_000_000))
    found = by_student(hand_ins(folder, ROSTER))
    assert found["ada"].handed_in == datetime.fromtimestamp(1_000_000_000, UTC)
    assert found["alan"].handed_in is None


GRADESCOPE = """\
---
submission_501:
  :submitters:
  - :name: Ada Lovelace
    :sid: ada
    :email: somewhere@else.example
  :created_at: 2026-12-01 22:58:01.123456789 Z
  :score: 2.0
  :results:
    :tests:
    - :name: parameters
submission_502:
  :submitters:
  - :name: 'Alan ''the man'''
    :sid: ''
    :email: turing.a@uni.example
  - :name: "Zoë Müller-Groß"
  :created_at: never
"""


@pytest.mark.parametrize("pack", [lambda folder: folder, zipped], ids=["folder", "zip"])
def test_gradescopes_download_says_whose_each_is(tmp_path, pack):
    around = tmp_path / "class"
    folder = lay(around / "assignment_1_export", "submission_501/model.py", "submission_502/a.py")
    (folder / "submission_metadata.yml").write_text(GRADESCOPE)
    found = by_student(hand_ins(pack(around), ROSTER))
    assert list(found) == ["ada", "alan", "zoe"]
    assert found["ada"].handed_in == datetime(2026, 12, 1, 22, 58, 1, 123456, tzinfo=UTC)
    assert [one.file for one in found.values()] == ["model.py", "a.py", "a.py"]  # two are a group
    assert all(one.read() for one in found.values())


# ---- what strangers put there --------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Return a folder of somebody else's."""
    folder = made(tmp_path / "elsewhere")
    (folder / "model.py").write_text("# not theirs\n")
    (folder / "secret").write_text("the solutions")
    return folder


def test_each_hostile_folder_is_one_students_row(tmp_path, elsewhere):
    submitted = made(tmp_path / "submitted")
    lay(submitted, "aaa/tiny/model.py", "zzz/tiny/model.py")
    for student, (build_it, _) in REFUSED.items():
        build_it(submitted / student / "tiny", elsewhere)
    found = by_student(hand_ins(submitted, assignment="tiny"))
    assert set(found) == {"aaa", "zzz", *REFUSED}
    for student, (_, words) in REFUSED.items():
        with pytest.raises(ClassError, match=r"^expected ") as caught:
            found[student].read()
        assert words in str(caught.value), student
    assert found["aaa"].read()
    assert found["zzz"].read()


def test_each_hostile_file_is_one_students_row(tmp_path, elsewhere):
    folder = lay(tmp_path / "class", "zzz.py")
    hole(folder / "sparse.py")
    hole(folder / "sparse.ipynb2")
    os.mkfifo(folder / "pipe.py")
    (folder / "linked").symlink_to(elsewhere)
    (folder / "linked_file.py").symlink_to(elsewhere / "model.py")
    (folder / "Eve_1_assignsubmission_file_").symlink_to(elsewhere)
    (folder / "eve_1_2_model.py").symlink_to(elsewhere / "model.py")
    found = by_student(hand_ins(folder))
    for student, one in found.items():
        if student != "zzz":
            with pytest.raises(ClassError, match=r"found (a link|a pipe|more than 1024 KB)"):
                one.read()
    assert set(found) == {"sparse", "pipe", "linked", "linked_file", "Eve", "eve", "zzz"}


def test_what_lies_beside_a_file_is_not_in_its_way(tmp_path, elsewhere):
    folder = made(tmp_path / "class")
    crowd(folder / "ada", elsewhere)
    (folder / "ada" / "model.py").write_text(HONEST)
    try:
        assert by_student(hand_ins(folder, ROSTER))["ada"].read().decode() == HONEST
    finally:
        delete_all(folder)  # pytest could not: it is too deep


def test_odd_names_are_shown_as_letters(tmp_path):
    folder = made(tmp_path / "class")
    for name in NAMES:
        (made(folder / name) / "model.py").write_text(HONEST)
    found = hand_ins(folder)
    assert len(by_student(found)) == len(NAMES)
    assert all(one.student.isprintable() and one.name.isprintable() for one in found)
    assert {one.read().decode() for one in found} == {HONEST}


def test_thousands_of_files_are_one_students_row(tmp_path):
    folder = lay(tmp_path / "class", "ada/model.py", "alan/model.py")
    for number in range(2_001):
        (folder / "ada" / f"{number}").touch()
    found = by_student(hand_ins(folder, ROSTER))
    assert found["ada"].why == "expected a folder, found more than 2,000 files"
    assert found["alan"].read()


def test_a_zip_reaches_nowhere(tmp_path):
    file = tmp_path / "class.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../ada.py", "# out")
        archive.writestr("/etc/alan.py", "# out")
        archive.writestr("__MACOSX/._ada.py", "# the system's")
        archive.writestr("bomb_1_2_model.py", b"#" * (5 << 20))
        link = zipfile.ZipInfo("zoe.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("zzz.py", HONEST)
    found = by_student(hand_ins(file))
    assert set(found) == {"bomb", "zoe", "zzz"}
    with pytest.raises(ClassError, match="found more than 1024 KB"):
        found["bomb"].read()
    with pytest.raises(ClassError, match="found a link"):
        found["zoe"].read()
    assert found["zzz"].read().decode() == HONEST


@pytest.mark.parametrize("spoil", ["cut", "text", "locked"])
def test_a_zip_that_cannot_be_read_is_a_sentence(tmp_path, spoil):
    file = zipped(lay(tmp_path / "class", "ada.py"))
    data = bytearray(file.read_bytes())
    if spoil == "locked":  # the bit that says: a password is needed
        data[6] |= 1
        data[data.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(data[:40] if spoil == "cut" else b"no zip" if spoil == "text" else data)
    with pytest.raises(ClassError, match=r"expected a zip that can be read, found .*; unpack it"):
        hand_ins(file)[0].read()


def test_no_folder_is_a_sentence(tmp_path):
    with pytest.raises(ClassError, match="expected a folder with hand-ins, or the zip"):
        hand_ins(tmp_path / "none")
