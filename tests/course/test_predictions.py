import json

import pytest

from course.checking import NotYet
from course.predictions import FILE, choice, number, outcome


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a learner's folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("course.predictions._now", {})
    return tmp_path


def test_what_was_said_stands_beside_what_came(capsys):
    choice("stock", "C", "A", "B", "C")
    number("mended", 900, 1, 1_000)
    choice("mild", ("A", "B"), "A", "B")
    outcome("stock", "B")
    outcome("mended", 931, within=50)
    outcome("mild", "A and B")
    assert capsys.readouterr().out.splitlines() == [
        "You said C, it was B. 0 of 1 predictions so far.",
        "You said 900, it was 931, within 50. 1 of 2 predictions so far.",
        "You said A and B, it was A and B. 2 of 3 predictions so far.",
    ]


def test_it_is_kept_from_one_notebook_to_the_next(capsys):
    choice("one", "A", "A", "B")
    outcome("one", "A")
    assert json.loads(FILE.read_text())["one"] == {"said": "A", "was": "A", "right": True}
    choice("two", "A", "A", "B")
    outcome("two", "B")
    assert "1 of 2 predictions so far" in capsys.readouterr().out


def test_what_is_said_after_the_outcome_does_not_count(capsys):
    choice("one", "A", "A", "B")
    outcome("one", "B")
    choice("one", "B", "A", "B")
    outcome("one", "B")
    assert capsys.readouterr().out.splitlines()[-1].startswith("You said A, it was B. 0 of 1")


def test_a_number_far_off_is_not_right(capsys):
    number("n", 500, 1, 1_000)
    outcome("n", 931, within=50)
    assert "it was 931, not within 50. 0 of 1" in capsys.readouterr().out


def test_who_wrote_nothing_down_is_told_what_came(capsys):
    outcome("stock", "B")
    assert capsys.readouterr().out == "It was B. You had written nothing down.\n"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"one": 3, "two": {}}', "\x00", "[" * 100_000])
def test_a_file_that_somebody_broke_is_begun_again(text, capsys):
    FILE.write_text(text)
    choice("one", "A", "A", "B")
    outcome("one", "A")
    assert "1 of 1 predictions so far" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_loses_nothing_but_the_file(capsys, monkeypatch):
    def refuse(path, content):
        raise PermissionError

    monkeypatch.setattr("course.predictions.write_whole", refuse)
    choice("one", "A", "A", "B")
    outcome("one", "A")
    choice("two", "A", "A", "B")
    outcome("two", "B")
    assert "1 of 2 predictions so far" in capsys.readouterr().out
    assert not FILE.exists()


@pytest.mark.parametrize("said", ["D", None, 3, ("A", "D"), "AB"])
def test_a_choice_is_one_of_those_there_are(said):
    with pytest.raises(NotYet, match='expected one of "A", "B"'):
        choice("one", said, "A", "B")


@pytest.mark.parametrize("said", [0, 1_001, 3.5, True, "900", None])
def test_a_number_is_whole_and_between_two(said):
    with pytest.raises(NotYet, match="expected a whole number from 1 to 1,000"):
        number("n", said, 1, 1_000)
