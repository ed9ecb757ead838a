"""What goes to an LMS is read back here as the LMS reads it, by the rules that it publishes.

Canvas: lib/gradebook_importer.rb. Moodle: grade/import/csv/classes/load_data.php and
mod/assign/feedback/offline/importgradeslib.php. Both are open source; this is none of their code.
"""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.classroom.folders import ClassError
from autograder.classroom.lms import TARGETS
from autograder.classroom.lms.sheets import Exported, read_sheet
from autograder.classroom.rows import ClassRow, read_rows
from autograder.cli import app


def row(student: str, name: str, points: float | None, **known: object) -> ClassRow:
    """Make a row of the class."""
    status = "ungraded" if points is None else "passed"
    made: dict[str, object] = {
        "student": student,
        "name": name,
        "status": status,
        "points": points,
        "most": 10.0,
        "gained": points,
        "checks": {"parameters": "pass"},
        "parameters": 7_000,
        "mean_accuracy": 0.995,
        "submission": 3,
        "file": "model.py",
        "late": "",
        "said": "7,000 parameters, 99.50% (1 seed)",
        "copies": [],
        "unlisted": False,
        "email": f"{student}@uni.example",
        "lms_id": "",
    }
    return {**made, **known}  # type: ignore[typeddict-item]


ADA = row("ada", "Ada Lovelace", 7.5, lms_id="11")
ALAN = row("s0012", "Alan Turing", 10.0)
ZOE = row("zoe", "Zoë Müller-Groß", 0.0, status="missing", said="nothing was handed in")
GRACE = row("grace", "Grace Hopper", None, said="a fault of the machine", lms_id="14")
EVE = row("=cmd()", "=HYPERLINK(1)", 2.0, unlisted=True, said="@SUM(1+1)", email="")
CLASS = [ADA, ALAN, ZOE, GRACE, EVE]


def sheet(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "theirs.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def export(
    target: str, rows: list[ClassRow], into: Path | None = None, title: str = ""
) -> Exported:
    return TARGETS[target](rows, read_sheet(into) if into else None, title)


def assert_no_formula(text: str, separator: str = ",") -> None:
    """A spreadsheet would run none of the cells."""
    for line in csv.reader(io.StringIO(text), delimiter=separator):
        for cell in line:
            assert not cell.startswith(("=", "@", "+")), cell
            assert not re.match(r"-\D", cell), cell


# ---- Canvas --------------------------------------------------------------------------------------


class Canvas:
    """A Canvas course that imports a gradebook."""

    def __init__(self, **others: str) -> None:
        self.people = {11: "Ada Lovelace", 12: "Alan Turing", 13: ZOE["name"], 14: "Grace Hopper"}
        self.people |= {int(number): name for number, name in others.items()}
        self.sis = {"s0012": 12, "zoe@uni.example": 13}
        self.assignments = {901: "Warm-up", 902: "Capstone"}
        self.grades: dict[tuple[str, str], str] = {}  # by student and assignment
        self.cleared: list[str] = []
        self.new: set[str] = set()

    def take(self, text: str) -> None:
        """Import a CSV."""
        rows = list(csv.reader(io.StringIO(text)))
        header = rows[0]
        assert "Student" in header[0]
        assert "ID" in header[1]
        about = 3
        if "SIS Login ID" in header[2]:
            about = 4
        elif "SIS User ID" in header[2]:
            assert "SIS Login ID" in header[3]
            about = 5
        assert "Section" in header[about - 1]
        for line in rows[1:]:
            if "Points Possible" in line[0]:
                continue
            who = self.student(dict(zip(header, line, strict=True)))
            for title, grade in zip(header[about:], line[about:], strict=True):
                if grade.strip():
                    float(grade)
                    self.grades[who, self.assignment(title)] = grade
                else:
                    self.cleared.append(who)

    def student(self, said: dict[str, str]) -> str:
        """Find a student by ID, then SIS ids, then name; else it is somebody new."""
        if said["ID"].isdigit() and int(said["ID"]) in self.people:
            return self.people[int(said["ID"])]
        for key in ("SIS User ID", "SIS Login ID"):
            if said.get(key) in self.sis:
                return self.people[self.sis[said[key]]]
        if said["Student"] not in self.people.values():
            self.new.add(said["Student"])
        return said["Student"]

    def assignment(self, title: str) -> str:
        """Find an assignment by the number in its title; else it is a new one."""
        found = re.fullmatch(r"(.*) \((\d+)\)", title)
        if found and int(found[2]) in self.assignments:
            return self.assignments[int(found[2])]
        self.new.add(title)
        return title


THEIRS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Warm-up (901),Capstone (902),Final Score
    Points Possible,,,,,5,100,(read only)
"Lovelace, Ada",11,,ada@x,One,4,,90
"Turing, Alan",12,s0012,,One,5,3,80
"Müller-Groß, Zoë",13,s0013,zoe,One,3,,70
"Hopper, Grace",14,,,One,2,88,70
"Student, Test",99,,,One,,,
"""


def test_canvas_own_table_is_filled_and_read_back(tmp_path):
    found = export("canvas", CLASS, sheet(tmp_path, THEIRS), "Capstone")
    canvas = Canvas()
    canvas.take(found.text)
    assert canvas.grades == {
        ("Ada Lovelace", "Capstone"): "75",  # of 100, as the assignment is in Canvas
        ("Alan Turing", "Capstone"): "100",
        ("Zoë Müller-Groß", "Capstone"): "0",
        ("Grace Hopper", "Capstone"): "88",  # not graded here: she keeps what she had
    }
    assert canvas.new == {"Student, Test"}
    assert "Warm-up" not in found.text  # nothing else is imported
    assert found.notes == ("not graded, and left empty: grace", "not in Canvas's table: =cmd()")


def test_canvas_table_without_one_of_theirs_makes_an_assignment():
    found = export("canvas", CLASS, title="Capstone")
    canvas = Canvas()
    canvas.take(found.text)
    assert canvas.grades["Ada Lovelace", "Capstone"] == "7.5"
    assert canvas.grades["Alan Turing", "Capstone"] == "10"
    assert canvas.grades["Zoë Müller-Groß", "Capstone"] == "0"
    assert not {who for who, _ in canvas.grades} & {"Grace Hopper"}
    assert not canvas.cleared  # an empty cell would take away what she had
    assert "Points Possible,,,,,10" in found.text
    assert_no_formula(found.text)


def test_canvas_two_of_one_name_are_left_as_they_are(tmp_path):
    text = THEIRS.replace('"Student, Test",99', '"Turing, Alan",98').replace("s0012", "s0099")
    found = export("canvas", CLASS, sheet(tmp_path, text), "Capstone")
    canvas = Canvas(**{"98": "Another Turing"})
    canvas.take(found.text)
    assert canvas.grades["Alan Turing", "Capstone"] == "3"
    assert ("Another Turing", "Capstone") not in canvas.grades
    assert "not told apart in Canvas's table, and left out: s0012" in found.notes


@pytest.mark.parametrize(
    ("text", "title", "says"),
    [
        (THEIRS, "", r"\(Warm-up \(901\), Capstone \(902\)\), found one of its titles with --t"),
        (THEIRS, "Capston", "found Capston"),
        ("a,b\n1,2\n", "", "expected Canvas's gradebook with Student, ID, …, found a, b"),
        ("", "", "expected the LMS's own table with its students, found nothing"),
    ],
)
def test_canvas_another_table_is_a_sentence(tmp_path, text, title, says):
    with pytest.raises(ClassError, match=says):
        export("canvas", CLASS, sheet(tmp_path, text), title)


def test_canvas_semicolons_and_names_in_two_columns(tmp_path):
    text = (
        "LastName;FirstName;ID;SIS User ID;SIS Login ID;Section;Capstone (902)\n"
        "Points Possible;;;;;;10\nTuring;Alan;12;;;One;\n"
    )
    found = export("canvas", CLASS, sheet(tmp_path, text))
    assert found.text.splitlines()[-1] == "Turing,Alan,12,,,One,10"


# ---- Moodle --------------------------------------------------------------------------------------


def moodle_import(text: str, by: str, known: dict[str, str]) -> dict[str, float | None]:
    """Import grades as Moodle's gradebook does; a student that it does not know stops all of it."""
    grades: dict[str, float | None] = {}
    for line in csv.DictReader(io.StringIO(text)):
        if not line[by]:
            continue
        assert line[by] in known, f"user mapping error: {line[by]}"
        value = line["Capstone"].strip()
        grades[known[line[by]]] = None if value in ("", "-") else float(value)
    return grades


@pytest.mark.parametrize("by", ["ID number", "Email address"])
def test_moodle_import_knows_everybody_and_takes_nothing_away(by):
    found = export("moodle", CLASS, title="Capstone")
    key = {"ID number": "student", "Email address": "email"}[by]
    known = {one[key]: one["student"] for one in (ADA, ALAN, ZOE, GRACE)}  # type: ignore[literal-required]
    assert moodle_import(found.text, by, known) == {"ada": 7.5, "s0012": 10, "zoe": 0}
    assert found.notes == (
        "not graded, and left empty: grace",
        "not in the roster, and left out: =cmd()",
    )
    assert_no_formula(found.text)


WORKSHEETS = {
    "english": """\
Identifier,Full name,ID number,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Online text,Last modified (grade),Feedback comments
Participant 501,Ada Lovelace,,a@x,"Submitted for grading - ",,10.00,Yes,"Tuesday, 1 December",,-,
Participant 502,Alan Turing,s0012,,No submission,4.00,10.00,Yes,-,,-,
Participant 503,Zoë Müller-Groß,,zoe@uni.example,No submission,,10.00,Yes,-,,-,
Participant 504,Grace Hopper,,,No submission,8.00,10.00,Yes,-,,-,
Participant 505,Somebody Else,,,No submission,,10.00,Yes,-,,-,
""",
    "german": """\
ID,Vollständiger Name,Matrikelnummer,E-Mail-Adresse,Status,Bewertung,Bestwertung,\
Bewertung kann geändert werden,Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),\
Feedback als Kommentar
Teilnehmer/in501,Ada Lovelace,,a@x,Zur Bewertung abgegeben,,"20,00",Ja,-,-,
Teilnehmer/in502,Alan Turing,s0012,,Keine Abgabe,"8,00","20,00",Ja,-,-,
Teilnehmer/in503,Zoë Müller-Groß,,zoe@uni.example,Keine Abgabe,,"20,00",Ja,-,-,
Teilnehmer/in504,Grace Hopper,,,Keine Abgabe,"16,00","20,00",Ja,-,-,
Teilnehmer/in505,Somebody Else,,,Keine Abgabe,,"20,00",Ja,-,-,
""",
    "unknown": """\
Hid,Izen osoa,Egoera,Kalif,Gehienez,Azkena
Parte-hartzailea 501,Ada Lovelace,-,,10.00,-
Parte-hartzailea 502,Alan Turing,-,4.00,10.00,-
Parte-hartzailea 503,Zoë Müller-Groß,-,,10.00,-
Parte-hartzailea 504,Grace Hopper,-,8.00,10.00,-
Parte-hartzailea 505,Somebody Else,-,,10.00,-
""",
}
NAMES = {  # how each language's Moodle finds its columns: identifier, grade, changed, participant
    "english": ("Identifier", "Grade", "Last modified (grade)", "Participant "),
    "german": ("ID", "Bewertung", "Zuletzt geändert (Bewertung)", "Teilnehmer/in"),
    "unknown": ("Hid", "Kalif", "Azkena", "Parte-hartzailea "),
}


def upload(text: str, language: str, most: float) -> dict[int, float]:
    """Read a worksheet as Moodle does: by its own words; an empty grade changes nothing."""
    identifier, grade, changed, participant = NAMES[language]
    lines = list(csv.DictReader(io.StringIO(text)))
    assert {identifier, grade, changed} <= set(lines[0])
    grades = {}
    for line in lines:
        number = int(line[identifier][len(participant) :])
        if value := line[grade].replace(",", ".").strip():
            assert 0 <= float(value) <= most, "out of range: Moodle would pass over it"
            grades[number] = float(value)
        assert line[changed] == "-"
    return grades


@pytest.mark.parametrize("language", WORKSHEETS)
def test_moodles_worksheet_is_filled_in_any_language(tmp_path, language):
    ada = {**ADA, "lms_id": "501"}  # the number in the folder that Moodle gave
    path = sheet(tmp_path, WORKSHEETS[language])
    found = export("moodle-worksheet", [ada, ALAN, ZOE, GRACE], path)  # type: ignore[list-item]
    scale = 2 if language == "german" else 1
    assert upload(found.text, language, 10 * scale) == {
        501: 7.5 * scale,
        502: 10 * scale,
        503: 0,
        504: 8 * scale,  # not graded here: she keeps what she had
    }
    before = next(csv.reader(io.StringIO(WORKSHEETS[language])))
    assert next(csv.reader(io.StringIO(found.text))) == before
    assert found.notes == ("not graded, and left empty: grace",)


def test_moodle_takes_feedback_for_html(tmp_path):
    rude = {**ADA, "said": "class <b>Net</b> & co", "lms_id": "501"}
    found = export("moodle-worksheet", [rude], sheet(tmp_path, WORKSHEETS["english"]))  # type: ignore[list-item]
    assert "class &lt;b&gt;Net&lt;/b&gt; &amp; co" in found.text


def test_moodle_without_its_own_table_is_a_sentence(tmp_path):
    with pytest.raises(ClassError, match="expected --into with the grading worksheet"):
        export("moodle-worksheet", CLASS)
    with pytest.raises(ClassError, match="expected Moodle's worksheet with Grade and its maximum"):
        export("moodle-worksheet", CLASS, sheet(tmp_path, "a,b\n1,2\n3,4\n"))
    with pytest.raises(ClassError, match="moodle-worksheet fills Moodle's own table"):
        export("moodle", CLASS, sheet(tmp_path, WORKSHEETS["english"]))


# ---- tables --------------------------------------------------------------------------------------


def test_gradescopes_columns():
    found = export("gradescope", CLASS)
    lines = {line["SID"]: line for line in csv.DictReader(io.StringIO(found.text))}
    assert {sid: (line["Status"], line["Total Score"]) for sid, line in lines.items()} == {
        "ada": ("Graded", "7.5"),
        "s0012": ("Graded", "10"),
        "zoe": ("Missing", ""),
        "grace": ("Ungraded", ""),
        "'=cmd()": ("Graded", "2"),
    }
    assert {line["Max Points"] for line in lines.values()} == {"10"}
    assert_no_formula(found.text)


def test_everything_as_csv_and_json():
    table = export("csv", CLASS)
    lines = list(csv.DictReader(io.StringIO(table.text)))
    assert [line["points"] for line in lines] == ["7.5", "10.0", "0.0", "", "2.0"]
    assert lines[0]["parameters"] == "7000"
    assert_no_formula(table.text)
    assert json.loads(export("json", CLASS).text) == CLASS
    assert table.notes == ("not graded, and left empty: grace",)


# ---- the command ---------------------------------------------------------------------------------


def run(*words: object) -> "tuple[int, str, str]":
    done = CliRunner().invoke(app, ["export", *map(str, words)])
    return done.exit_code, done.stdout, " ".join(done.stderr.split())


def test_the_command_fills_a_table(tmp_path):
    rows, theirs = tmp_path / "rows.json", sheet(tmp_path, THEIRS)
    rows.write_text(json.dumps(CLASS))
    code, out, said = run("canvas", rows, "--into", theirs, "--title", "Capstone")
    assert (code, out) == (0, export("canvas", CLASS, theirs, "Capstone").text)
    assert "not graded, and left empty: grace" in said
    code, out, _ = run("csv", rows, "--to", tmp_path / "points.csv")
    assert (code, out) == (0, "")
    assert (tmp_path / "points.csv").read_text() == export("csv", CLASS).text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["blackboard", "ROWS"], "expected one of canvas, moodle, .*nbgrader, found 'blackboard'"),
        (["canvas", "none.json"], "found no such file"),
        (["canvas", "THEIRS"], "found other JSON"),
        (["canvas", "ROWS", "--into", "none.csv"], "expected the LMS's own table, found no file"),
        (["nbgrader", "ROWS", "--into", "FOLDER"], "expected a class folder with nbgrader_config"),
    ],
)
def test_wrong_use_is_a_sentence(tmp_path, words, says):
    rows, theirs = tmp_path / "rows.json", sheet(tmp_path, THEIRS)
    rows.write_text(json.dumps(CLASS))
    places = {"ROWS": str(rows), "THEIRS": str(theirs), "FOLDER": str(tmp_path)}
    code, _, said = run(*(places.get(word, word) for word in words))
    assert code == 2
    assert re.search(says, said), said


def test_rows_are_read_as_they_were_written(tmp_path):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(CLASS))
    assert read_rows(path) == CLASS
    path.write_text(json.dumps([{**ADA, "points": "seven"}]))
    with pytest.raises(ClassError, match=r"found other JSON: Expected .*points"):
        read_rows(path)
