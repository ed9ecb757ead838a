"""Assignments say what they mean, and a wrong file is answered with its line."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.assignment import WORTH, Assignment, AssignmentError, Marking, load, read
from autograder.verdict import CHECKS

GOOD = """\
name = "mine"
[network]
fewer_parameters_than = 5_000
require = ["batch_norm"]
[recipe]
most_epochs = 10
[accuracy]
percent = 99.25
in_each_of_last_epochs = 2
"""
MARKING = """\
[points]
no-dense = 1.5
accuracy = [
    { percent = 98.00, points = 2 },
    { percent = 99.25, points = 6 },
]
[dates]
due = 2026-12-01T23:59:00+01:00
[late]
percent_per_day = 12.5
most_percent = 50
most_days = 5
"""


def test_shipped_assignments_are_those_of_the_course() -> None:
    rows = {
        name: (a.fewer_parameters_than, a.most_epochs, a.last_epochs, a.dense_allowed, a.percent)
        for name in ("under-20k", "under-15k", "under-8k")
        for a in [load(name)]
    }
    assert rows == {
        "under-20k": (20_000, 19, 0, False, "99.40"),
        "under-15k": (15_000, 20, 3, True, "99.40"),
        "under-8k": (8_000, 15, 3, False, "99.40"),
    }


def test_golf_is_the_same_game_at_four_accuracies() -> None:
    golf = [load(f"golf-{name}") for name in ("98", "99", "994", "995")]
    assert [rules.percent for rules in golf] == ["98.00", "99.00", "99.40", "99.50"]
    assert len({rules.sha256 for rules in golf}) == 4  # a leaderboard each
    assert not any(rules.whole_map_allowed for rules in golf)
    home = load("under-8k")
    own = ("name", "title", "percent", "sha256", "marking", "whole_map_allowed")
    same = {name: getattr(home, name) for name in own}
    assert all(replace(rules, **same) == home for rules in golf)  # otherwise the course's own rules


def test_the_line_is_an_exact_count() -> None:
    rules = load("under-8k")
    # In binary fractions 0.994 * 10,000 is 9,940.000000000002 or so, whose ceiling is 9,941.
    assert [rules.needed(n) for n in (10_000, 2_000, 999, 1)] == [9_940, 1_988, 994, 1]


def test_an_instructors_own_file_works(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    rules = load(path)
    assert (rules.name, rules.title, rules.require) == ("mine", "mine", ("batch_norm",))
    assert rules.needed(10_000) == 9_925
    assert type(rules).from_dict(rules.as_dict()) == rules


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("5_000", "-1", "x, line 3: fewer_parameters_than: expected a whole number from 1"),
        ("5_000", "true", "x, line 3: fewer_parameters_than: expected a whole number"),
        ("require", "requires", "x, line 4: expected one of"),
        (
            '["batch_norm"]',
            '["batchnorm"]',
            "x, line 4: require: expected a list of any of batch_norm",
        ),
        ("most_epochs = 10", "", "x: expected most_epochs in [recipe], found none"),
        ("99.25", "100.5", "x, line 8: percent: expected a number above 0"),
        ("99.25", "nan", "x, line 8: percent: expected a number above 0"),
        ("in_each_of_last_epochs = 2", "", "line 7: expected either"),
        ("= 2", "= 2\nreached_once = true", "found both"),
        ('"mine"', '"../mine"', "x, line 1: name: expected small letters"),
        ("[recipe]", "[recipe", "x: expected TOML, found an error"),
        ("[recipe]", "[recipes]", "x, line 5: expected one of name, title"),
        ("[network]", "network = 3\n[other]", "expected"),
        ('"mine"', '"' + "m" * 90 + '"', "x, line 1: name"),
    ],
)
def test_a_wrong_file_is_answered_by_line(old: str, new: str, says: str) -> None:
    with pytest.raises(AssignmentError) as caught:
        read(GOOD.replace(old, new).encode(), "x")
    assert says in str(caught.value)


def test_a_changed_comment_makes_no_other_leaderboard_but_a_changed_rule_does() -> None:
    first = read(GOOD.encode(), "x").sha256
    assert read(b"# for 2027\n" + GOOD.encode(), "y").sha256 == first
    assert read(GOOD.replace("99.25", "10").encode(), "x").sha256 != first


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(AssignmentError, match="Did you mean under-8k"):
        load("under-8")


def test_bytes_that_are_no_text_are_a_sentence() -> None:
    with pytest.raises(AssignmentError, match="expected UTF-8"):
        read(b"\xff\xfe", "x")


# ---- how a class marks ---------------------------------------------------------------------------


def test_points_and_dates_are_read_and_kept() -> None:
    rules = read((GOOD + MARKING).encode(), "x")
    assert rules.marking == Marking(
        points=(("no-dense", "1.5"),),
        steps=(("98.00", "2"), ("99.25", "6")),
        due="2026-12-01T23:59:00+01:00",
        percent_per_day="12.5",
        most_percent="50",
        most_days=5,
    )
    assert Assignment.from_dict(json.loads(json.dumps(rules.as_dict()))) == rules


def test_marking_is_no_rule_and_no_leaderboard_starts_empty() -> None:
    assert read((GOOD + MARKING).encode(), "x").sha256 == read(GOOD.encode(), "x").sha256
    # As they were before there was any marking.
    assert {name: load(name).sha256[:16] for name in ("under-8k", "under-15k", "under-20k")} == {
        "under-8k": "b5ac8494d09750e0",
        "under-15k": "b19a685e2eb7dbf3",
        "under-20k": "2a63560358ba70f1",
    }


def test_rules_kept_before_there_was_marking_are_read() -> None:
    old = read(GOOD.encode(), "x")
    document = old.as_dict()
    del document["marking"]
    assert Assignment.from_dict(document) == old


def test_what_can_be_worth_points_is_a_check() -> None:
    assert set(WORTH) < set(CHECKS)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("1.5", "-1", "x, line 11: no-dense: expected a number from 0 to 1,000, found -1"),
        ("no-dense", "no_dense", "x, line 11: expected one of interface, .* did you mean no-dense"),
        ("99.25, p", "97.00, p", "x, line 12: accuracy: expected steps such as { percent = 98.00"),
        ("points = 6", "points = 2", "x, line 12: accuracy: expected steps .* each higher"),
        ("points = 6", "point = 6", "x, line 12: accuracy: expected steps"),
        ("points = 6", "points = true", "x, line 12: accuracy: expected steps"),
        ("percent = 98.00", "percent = 101", "x, line 12: accuracy: "),
        ("[points]", "[points]\nrequired = 2", None),
        ("T23:59:00+01:00", "", "x, line 17: due: expected a moment with its zone"),
        ("+01:00", "", "x, line 17: due: expected a moment .*, found 2026-12-01T23:59:00$"),
        ("12.5", "120", "x, line 19: percent_per_day: expected a number from 0 to 100"),
        ("most_days = 5", "most_days = 1.5", "x, line 21: most_days: expected a whole number"),
        ("late]", "lat]", "did you mean late|expected one of name, title"),
    ],
)
def test_wrong_marking_is_answered_by_line(old: str, new: str, says: str | None) -> None:
    says = says or "x, line 11: expected no points for required, which is not checked here"
    text = GOOD.replace("require =", "# require =") + MARKING.replace(old, new, 1)
    with pytest.raises(AssignmentError, match=says):
        read(text.encode(), "x")


def test_points_without_any_for_accuracy_are_refused() -> None:
    with pytest.raises(AssignmentError, match=r"x, line 10: expected accuracy in \[points\]"):
        read((GOOD + "[points]\nparameters = 1\n").encode(), "x")


def test_no_points_for_a_dense_layer_where_it_is_allowed() -> None:
    text = GOOD.replace("[network]", '[network]\ndense_layers = "allowed"') + MARKING
    with pytest.raises(AssignmentError, match="line 12: expected no points for no-dense"):
        read(text.encode(), "x")
