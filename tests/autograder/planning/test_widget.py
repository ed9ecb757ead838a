"""The planner in a notebook: what is typed or dragged is drawn at once, and one click writes it."""

import pytest

from autograder.planning import plan
from autograder.planning.picture import drawn
from autograder.planning.widget import Planner
from autograder.planning.writing import written

LINE, OTHER = "8 12 p 16 16 p 16 gap", "8 p 16 gap"


def test_what_is_typed_is_drawn_and_its_words_follow():
    planner = Planner(LINE)
    assert planner.picture.value.endswith(drawn(plan(LINE)))
    planner.typed.value = f"{OTHER} "  # a space: the next word is about to be typed
    assert planner.typed.value == f"{OTHER} "
    assert list(planner.words.value) == OTHER.split()
    assert planner.picture.value.endswith(drawn(plan(OTHER)))
    assert planner.line == OTHER


def test_words_that_are_dragged_are_a_line_again():
    planner = Planner(OTHER)
    planner.words.value = ["p", "8", "16", "gap"]
    assert planner.typed.value == planner.line == "p 8 16 gap"


def test_what_is_no_network_is_said_and_the_last_one_stays_in_sight():
    planner = Planner(OTHER)
    planner.typed.value = "8 <b> gap"
    said = planner.picture.value
    assert "expected a word such as c16" in said
    assert "<b>" not in said
    assert 'class="plan stale"' in said
    assert planner.line == OTHER
    planner.typed.value = ""
    assert "found no word" in planner.picture.value


def test_one_click_writes_the_model_and_never_over_another(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    planner = Planner(OTHER)
    planner.button.click()
    assert (tmp_path / "model.py").read_text() == written(plan(OTHER))
    assert "autograde check model.py" in planner.said.value
    (tmp_path / "model.py").write_text("my own")
    planner.button.click()
    assert (tmp_path / "model.py").read_text() == "my own"
    assert "found one there" in planner.said.value
    planner.file.value = "no/folder.py"
    planner.button.click()
    assert "No such file" in planner.said.value
    planner.typed.value = "8 16"
    planner.button.click()
    assert "end the line with gap" in planner.said.value


@pytest.mark.parametrize(
    ("name", "value"), [("NBGRADER_EXECUTION", "1"), ("AUTOGRADE_FIGURES", "page")]
)
def test_where_no_kernel_stays_the_plan_is_a_picture(monkeypatch, name, value):
    bundle = Planner(OTHER)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    monkeypatch.setenv(name, value)
    bundle = Planner(OTHER)._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert drawn(plan(OTHER)) in bundle["text/html"]
