"""Verdicts become points of the right students, as often as one likes, and of nobody else."""

import re

import pytest
from typer.testing import CliRunner

from autograder.assignment import SHIPPED, load
from autograder.classroom.folders import ClassError
from autograder.classroom.notebooks import classfolder, gradebook
from autograder.cli import app
from autograder.verdict import CHECKS, Check, CheckId, Status, Verdict
from tests.helpers.verdicts import run, submission
from tests.lessons.classes import NAME

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.xdist_group("gradebook"),  # one process: the class is graded once for all tests
]

TINY_NET = """
import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 28)
    def forward(self, x):
        return self.conv(x).flatten(1)
RECIPE = dict(epochs=1)
"""


def verdict(failed: CheckId | None = None, status: Status = "fail", runs: bool = True) -> Verdict:
    """Make a verdict in which one check, or none, failed."""
    checks = tuple(Check(name, status if name == failed else "pass") for name in CHECKS)
    count = 9_900 if failed == "accuracy" else 9_950
    made = (run(count, seed=1, passed=failed != "accuracy"),) if runs else ()
    return Verdict(load("under-8k"), submission(7_000), checks, made, data="mnist", seeds=1)


@pytest.fixture(scope="module")
def handed_in(classroom):
    """Hand in five files: one passes, one nearly, one is missing, one is unclear, one unlucky."""
    for student in ("passing", "nearly", "faulty"):
        classroom.submit(student, lambda book: None, model=f"# {student}")
    nearly = classroom.root / "submitted" / "nearly" / NAME
    (nearly / "model.py").rename(nearly / "Model (1).py")  # as a browser saves a second one
    classroom.submit("missing", lambda book: None)
    classroom.submit("unclear", lambda book: None, net="# one", other="# two")
    load_line = f'load_subconfig("nbgrader_config.py", path={str(gradebook_lessons())!r})\n'
    source = classroom.config.CourseDirectory.source_directory
    (classroom.root / "nbgrader_config.py").write_text(
        f"c = get_config()\n{load_line}c.CourseDirectory.source_directory = {source!r}\n"
    )
    return classroom


def gradebook_lessons():
    from lessons import build

    return build.LESSONS


def grade(file, rules, student):
    assert rules.name == "under-8k"
    return {
        "passing": verdict(),
        "nearly": verdict("accuracy"),
        "faulty": verdict("training", "error"),
    }[student]


def test_points_and_words_reach_the_gradebook(handed_in):
    place = classfolder.course(handed_in.root)
    said = list(gradebook.enter(place, NAME, grade))
    assert said == [
        "faulty: not entered, a fault of the grader or the machine: training: expected , found ",
        "missing: 0 of 10 points: no model.py was handed in",
        "nearly: 7 of 10 points: accuracy: expected , found  "
        "(parameters 1 of 1, no-dense 1 of 1, accuracy 5 of 8)",
        "passing: 10 of 10 points: 7,000 parameters, 99.50% (1 seed)",
        "unclear: not entered, expected one model.py, found net.py, other.py",
    ]
    assert {s: handed_in.points(s)["under-8k"] for s in ("passing", "nearly", "missing")} == {
        "passing": 10,
        "nearly": 7,
        "missing": 0,
    }
    with handed_in.api.gradebook as book:
        remark = book.find_comment("under-8k", NAME, NAME, "passing")
        assert remark.comment == "Under 8k: 7,000 parameters, 99.50% (1 seed)"
        assert "faulty" not in {student.id for student in book.students}


def test_doing_it_again_changes_nothing(handed_in):
    place = classfolder.course(handed_in.root)
    list(gradebook.enter(place, NAME, grade))
    again = list(gradebook.enter(place, NAME, grade, only="passing"))
    assert again == ["passing: 10 of 10 points (as before): 7,000 parameters, 99.50% (1 seed)"]


def test_the_class_can_have_its_own_rules(handed_in):
    own = handed_in.root / "under-8k.toml"
    shipped = load("under-8k")
    try:
        text = 'name = "ours"\n[network]\nfewer_parameters_than = 9\n[recipe]\nmost_epochs = 2\n'
        own.write_text(text + "[accuracy]\npercent = 10\nin_each_of_last_epochs = 1\n")
        place = classfolder.course(handed_in.root)
        assert classfolder.rules(place, "under-8k").name == "ours"
    finally:
        own.unlink()
    assert classfolder.rules(place, "under-8k") == shipped


def test_wrong_use_is_a_sentence(handed_in, tmp_path):
    with pytest.raises(ClassError, match="expected a class folder"):
        classfolder.course(tmp_path)
    place = classfolder.course(handed_in.root)
    with pytest.raises(ClassError, match=r"of this class \(tiny\), found 99"):
        list(gradebook.enter(place, "99", grade))
    with pytest.raises(ClassError, match=r"who handed in tiny .*, found nobody"):
        list(gradebook.enter(place, NAME, grade, only="nobody"))


@pytest.mark.slow
def test_the_command_grades_for_real_and_trains_no_file_twice(handed_in, tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRADE_HOME", str(tmp_path))
    model = handed_in.root / "submitted" / "passing" / NAME / "model.py"
    model.write_text(TINY_NET)
    command = ["gradebook", NAME, "--class", str(handed_in.root), "--data", "practice"]
    first = CliRunner().invoke(app, [*command, "--student", "passing"])
    assert first.exit_code == 0, first.output
    assert first.stdout.startswith("passing: 2 of 10 points: ")
    from autograder import pipeline

    monkeypatch.setattr(pipeline, "grade", lambda *a, **k: pytest.fail("trained again"))
    second = CliRunner().invoke(app, [*command, "--student", "passing"])
    assert second.stdout == first.stdout.replace("points:", "points (as before):")
    assert CliRunner().invoke(app, ["gradebook", "99", "--class", str(tmp_path)]).exit_code == 2


def test_points_are_dropped_by_no_later_autograding(handed_in):
    place = classfolder.course(handed_in.root)
    list(gradebook.enter(place, NAME, grade, only="passing"))
    assert handed_in.autograde("passing")["success"]
    assert handed_in.points("passing")["under-8k"] == 10
    list(gradebook.enter(place, NAME, grade, only="passing"))
    with handed_in.api.gradebook as book:
        assert not book.find_grade("under-8k", NAME, NAME, "passing").needs_manual_grade


# ---- from a batch --------------------------------------------------------------------------------


def a_row(student, points, **known):
    row = {"student": student, "points": points, "gained": points, "most": 5.0, "said": "well done"}
    return {**row, **known}


def test_a_batchs_rows_reach_the_gradebook_on_its_scale(handed_in):
    place = classfolder.course(handed_in.root)
    rows = [a_row("batched", 3.5), a_row("later", None, said="no memory"), a_row("\x1b[2J", 1.0)]
    assert list(gradebook.enter_rows(place, rows, "")) == [
        "batched: 7 of 10 points",
        "later: not entered, no memory",
        r"\x1b[2J: not entered, expected a student's name of letters and signs",
    ]
    assert handed_in.points("batched")["under-8k"] == 7
    assert list(gradebook.enter_rows(place, rows[:1], NAME)) == [
        "batched: 7 of 10 points (as before)"
    ]
    with pytest.raises(ClassError, match=r"of this class \(tiny\), found 99"):
        list(gradebook.enter_rows(place, rows, "99"))


# ---- late ----------------------------------------------------------------------------------------

LATE = """
[dates]
due = 2026-12-01T12:00:00+01:00
[late]
percent_per_day = 10
most_days = 5
"""


@pytest.fixture
def dated(handed_in):
    """Let the class have dates, and a roster in which one student has longer."""
    files = {
        "under-8k.toml": (SHIPPED / "under-8k.toml").read_text() + LATE,
        "students.csv": "id,extension\npassing,\nnearly,1\n",
    }
    for name, text in files.items():
        (handed_in.root / name).write_text(text)
    for student in ("passing", "nearly"):
        stamp = handed_in.root / "submitted" / student / NAME / "timestamp.txt"
        stamp.write_text("2026-12-03 10:59:59 UTC\n")  # not two days later
    yield handed_in
    for name in files:
        (handed_in.root / name).unlink()


def test_being_late_costs_and_an_extension_counts(dated):
    place = classfolder.course(dated.root)
    said = [row.replace(" (as before)", "") for row in gradebook.enter(place, NAME, grade)]
    assert said[2].startswith("nearly: 7 of 10 points, 0.7 points off for being late: ")
    assert said[3].startswith("passing: 10 of 10 points, 2 points off for being late: ")
    # nbgrader comes to the same, with what a person gave besides, and however often it is asked.
    for _ in range(2):
        for student in ("passing", "nearly"):
            assert dated.autograde(student)["success"]
        with dated.api.gradebook as book:
            found = {name: book.find_submission(NAME, name) for name in ("passing", "nearly")}
            assert {name: one.late_submission_penalty for name, one in found.items()} == {
                "passing": 2,
                "nearly": pytest.approx(0.7),
            }
            assert found["nearly"].total_seconds_late == 86_399
    list(gradebook.enter(place, NAME, grade))
    assert dated.points("passing")["under-8k"] == 10


def test_there_are_no_points_without_what_being_late_costs(dated):
    place = classfolder.course(dated.root)
    list(gradebook.enter(place, NAME, grade, only="passing"))
    before = dated.points("passing")["under-8k"]
    (dated.root / "students.csv").write_text("nobody knows what this is\n")
    [row] = gradebook.enter(place, NAME, lambda *_: verdict("accuracy"), only="passing")
    assert re.match("passing: not entered, .*: expected the columns", row)
    assert dated.points("passing")["under-8k"] == before == 10


def test_too_late_is_worth_nothing(dated):
    stamp = dated.root / "submitted" / "passing" / NAME / "timestamp.txt"
    stamp.write_text("2026-12-20 10:59:59 UTC\n")
    place = classfolder.course(dated.root)
    [row] = gradebook.enter(place, NAME, grade, only="passing")
    assert "10 points off for being late" in row


def test_a_batchs_row_is_not_fined_twice(dated):
    place = classfolder.course(dated.root)
    stamp = dated.root / "submitted" / "passing" / NAME / "timestamp.txt"
    stamp.write_text("2026-12-03 10:59:59 UTC\n")
    list(gradebook.enter(place, NAME, grade, only="passing"))  # nbgrader knows when it came
    rows = [a_row("passing", 4.0, gained=5.0), a_row("stranger", 4.0, gained=5.0)]
    list(gradebook.enter_rows(place, rows, NAME))
    points = {row["student"]: dated.points(row["student"])["under-8k"] for row in rows}
    assert points == {"passing": 10, "stranger": 8}
    with dated.api.gradebook as book:
        assert book.find_submission(NAME, "passing").late_submission_penalty == 2
        assert book.find_submission(NAME, "stranger").late_submission_penalty == 0
