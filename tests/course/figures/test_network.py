"""A network's diagram has a box for each layer that changes its map, and says so in words."""

from autograder.planning import plan
from course.figures.network import boxes, draw_network
from course.records import record
from tests.helpers.drawings import texts


def kinds(line: str) -> list[str]:
    return [box.kind for box in boxes(plan(line).ledger.rows)]


def test_a_layer_is_told_by_what_it_does():
    assert kinds("8 p 1x4 d8 gap") == [
        *("image", "looks", "shrinks", "mixes", "looks", "mixes", "averages", "mixes")
    ]
    assert "adds" in kinds("8 p r12 gap")
    assert kinds("8 p a13 gap") == ["image", "looks", "shrinks", "averages", "mixes"]


def test_norms_have_no_box_and_an_average_that_measures_something_has_none():
    rows = record("upright").ledger.rows
    assert any("adaptive" in row.operation for row in rows[:5])
    found = [box.kind for box in boxes(rows)]
    assert found[:2] == ["image", "looks"]
    assert found.count("averages") == 1


def test_channels_stand_above_a_box_and_its_rows_below():
    figure = draw_network({"mine": plan("8 12 p 16 gap").ledger}, "One")
    written = texts(figure)
    assert "mine: 3,002 parameters" in written or "mine: " in " ".join(written)
    for number in ("1", "8", "12", "16", "28", "26", "24"):
        assert number in written
    assert "8 x 26 x 26, 12 x 24 x 24, 12 x 12 x 12" in figure.alt
