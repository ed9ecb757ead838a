"""A wrong answer is caught by what its learner sees; a right one is accepted, however written."""

from collections import Counter

import pytest

from lessons import build
from tests.lessons.answered import HERE, Lesson, answers, every_answer, fine, marked, paths

PATHS = paths()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_wrong_is_caught_with_words_that_help_and_right_is_accepted(path, tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRADE_DIGITS", "practice")
    monkeypatch.chdir(tmp_path)
    slipped = [(one.task, one.about, said) for one, said in marked(path) if not fine(one, said)]
    assert slipped == []


def test_every_exercise_has_answers():
    kinds = Counter(answer.kind for answer in every_answer())
    assert kinds["wrong"] >= 150
    assert kinds["right"] >= 60
    for path in build.sources():
        cells = [cell.id for cell in build.read(path).cells if cell.id.startswith("check_")]
        tasks = [name.removeprefix("check_") for name in cells if "_predict_" not in name]
        found = Counter((one.kind, one.task) for one in answers(HERE / f"{build.name_of(path)}.py"))
        for task in tasks:
            assert found["wrong", task] >= 4, task
            assert found["right", task] >= 2, task


def test_only_what_a_check_needs_is_run(monkeypatch):
    monkeypatch.setenv("AUTOGRADE_DIGITS", "practice")
    lesson = Lesson(PATHS[0].stem)
    needed = "".join(lesson.cells[i].source for i in lesson.needed({"Mended"}, len(lesson.cells)))
    assert "class Stock" in needed
    assert "lesson.fit(" not in needed
