"""Several students are graded at once, and the end of a process is the end of one grading."""

import os
import signal

import pytest
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

from autograder.classroom.notebooks import apart, door
from tests.lessons.classes import NAME

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.xdist_group("apart"),
]


def converter(classroom) -> Autograde:
    place = CourseDirectory(config=classroom.config)
    place.assignment_id = NAME
    return Autograde(coursedir=place, config=classroom.config)


def test_a_process_that_is_killed_costs_one_grading(classroom, monkeypatch):
    students = ["ada", "alan", "grace"]
    for student in students:
        classroom.submit(student, lambda book: None)
    give = apart.Grader.give

    def give_and_kill(grader, student):
        give(grader, student)
        if student == "alan":
            os.kill(grader.process.pid, signal.SIGKILL)

    monkeypatch.setattr(apart.Grader, "give", give_and_kill)
    found = {one.student: one for one in apart.each_apart(converter(classroom), students, 2)}
    assert found["alan"].error == "its process was ended from outside (-9)"
    assert [found[name].graded for name in students] == [True, False, True]
    assert classroom.points("grace")["check_add"] == 0
    with classroom.api.gradebook as book:
        assert "alan" not in {student.id for student in book.students}


def test_the_class_goes_apart_where_it_is_set_up_so(classroom, monkeypatch):
    asked = []
    monkeypatch.setattr(
        door, "each_apart", lambda converter, names, most: asked.append((names, most)) or iter(())
    )
    classroom.config.Door.at_once = 8
    list(door.each(converter(classroom), ["ada", "alan"]))
    assert asked == [(["ada", "alan"], 2)]


def test_this_machine_grades_some_at_once():
    assert 1 <= apart.at_once() <= (os.cpu_count() or 1)
