"""Assignments say what they mean, and a wrong file is answered with its line."""

from pathlib import Path

import pytest

from autograder.assignment import AssignmentError, load, read

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
