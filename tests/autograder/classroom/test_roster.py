"""A roster is read however a spreadsheet wrote it, and a wrong line is named."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from autograder.classroom.folders import ClassError
from autograder.classroom.roster import Roster, Student, load_roster

ADA = Student("ada", "Ada", "Lovelace", "ada.l@uni.example")
ZOE = Student("zoe", "Zoë", "Müller-Groß", "zoe@uni.example", extension=3, lms_id="4711")


def load(tmp_path: Path, content: str | bytes) -> Roster:
    file = tmp_path / "students.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_roster(file)


PLAIN = """id,first_name,last_name,email,lms_user_id,extension
ada,Ada,Lovelace,ada.l@uni.example,,
zoe,Zoë,Müller-Groß,zoe@uni.example,4711,3
"""


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace(",", ";").encode("cp1252"),
        ("sep=;\r\n" + PLAIN.replace(",", ";").replace("\n", "\r\n")).encode(),
        PLAIN.replace(",", "\t").encode("utf-16"),
        PLAIN.replace("first_name", "First name").replace("id,", '"ID",', 1).encode(),
        PLAIN.replace("lms_user_id", "canvas_id").replace("\n", ",section 2\n").encode(),
        (PLAIN + "\n,,,,,\n").encode(),
    ],
    ids=["plain", "mark", "latin", "sep", "utf-16", "spaces", "other-columns", "empty-lines"],
)
def test_it_is_read_as_spreadsheets_write_it(tmp_path, content):
    assert load(tmp_path, content).students == (ADA, ZOE)


def test_columns_come_in_any_order_and_only_the_id_is_needed(tmp_path):
    turned = "email,last_name,id,first_name\nada.l@uni.example,Lovelace,ada,Ada\n"
    assert load(tmp_path, turned).students == (ADA,)
    assert load(tmp_path, "id\nada\n").students == (Student("ada"),)
    assert Student("ada").name == "ada"


def test_an_extension_may_be_a_moment(tmp_path):
    [one] = load(tmp_path, "id,extension\nada,2026-12-04T12:00+01:00\n").students
    assert one.extension == datetime(2026, 12, 4, 12, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "expected the columns id, first_name, last_name and email, found nothing"),
        ("name,email\nada,a@b\n", "expected the columns id, .*, found name, email"),
        ("id,extensions\nada,3\n", "line 1: expected the column extension, found extensions"),
        ("id\nada\nzoe\nada\n", "line 4: expected each student once, found ada on line 2 too"),
        ("id,email\n,a@b\n", "line 2: expected a student's id, found ''"),
        ("id\n\x1b[2J\n", "line 2: expected a student's id, found"),
        ("id,extension\nada,soon\n", "line 2: expected as extension a number of days, .* 'soon'"),
        ("id,extension\nada,2026-12-04\n", "line 2: expected as extension"),
        ("id,extension\nada,9999\n", "line 2: expected as extension"),
        ('id\n"ada\n', "line 2: expected a CSV, found unexpected end of data"),
    ],
)
def test_a_wrong_roster_is_answered_by_line(tmp_path, content, says):
    with pytest.raises(ClassError, match=says) as caught:
        load(tmp_path, content)
    assert "students.csv" in str(caught.value)


def test_no_roster_is_a_sentence(tmp_path):
    with pytest.raises(ClassError, match="found no file"):
        load_roster(tmp_path / "none.csv")
    with pytest.raises(ClassError, match="found a folder"):
        load_roster(tmp_path)


def test_people_are_found_by_id_mail_and_name():
    roster = Roster((ADA, ZOE, Student("lin", "李", "娜")))
    assert roster.known("ADA") == [ADA]
    assert roster.known("ada.l") == [ADA]
    assert roster.known("Zoe@uni.example") == [ZOE]
    assert roster.known("") == []
    for name in ("Ada Lovelace", "Lovelace, Ada", "lovelaceada", "ADA  LOVELACE"):
        assert roster.named(name) == [ADA]
    for name in ("Zoe Muller-Gross", "mullergrosszoe", "Müller Groß Zoë", "Zoe\u0308 Müller-Groß"):
        assert roster.named(name) == [ZOE]
    assert roster.named("娜李")[0].id == "lin"
    assert roster.named("") == roster.named("Ada") == []
    assert roster.numbered("4711") == [ZOE]
    assert roster.numbered("") == []
