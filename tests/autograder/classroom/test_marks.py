"""A verdict is worth what the assignment says: exact counts, exact days, rounded once."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from autograder.assignment import Assignment, Marking, load
from autograder.classroom.marks import Lateness, final, lateness, points
from autograder.verdict import CHECKS, Check, CheckId, Run, Status, Verdict
from tests.helpers.verdicts import run, submission

RULES = load("under-8k")
MARKED = replace(
    RULES,
    marking=Marking(
        points=(("parameters", "1"), ("no-dense", "2")),
        steps=(("98.00", "2"), ("99.00", "4"), ("99.40", "6.5")),
        due="2026-12-01T23:59:00+01:00",
        percent_per_day="10",
        most_percent="50",
        most_days=7,
    ),
)


def verdict(*runs: Run, failed: CheckId | None = None, status: Status = "fail") -> Verdict:
    """Make a verdict of these runs, in which one check, or none, failed."""
    checks = tuple(Check(name, status if name == failed else "pass") for name in CHECKS)
    return Verdict(RULES, submission(), checks, runs, data="mnist", seeds=len(runs) or 1)


@pytest.mark.parametrize(
    ("found", "gained"),
    [
        (verdict(run(9_940, 9_940, 9_940)), "9.5"),
        (verdict(run(9_000, 9_940, 9_940, 9_999)), "9.5"),  # only the last three count
        (verdict(run(9_940, 9_940, 9_939), failed="accuracy"), "7"),
        (verdict(run(9_900, 9_999, 9_999), failed="accuracy"), "7"),
        (verdict(run(9_899, 9_999, 9_999), failed="accuracy"), "5"),
        (verdict(run(9_800, 9_800, 9_800), failed="accuracy"), "5"),
        (verdict(run(9_799, 9_999, 9_999), failed="accuracy"), "3"),
        (verdict(run(964, 964, 964), failed="accuracy"), "3"),  # it has learned nothing
        (verdict(run(9_950), run(9_850), run(9_990), failed="accuracy"), "5"),  # the lowest seed
        (verdict(run(9_950), failed="time"), "3"),
        (verdict(run(9_950), failed="training"), "3"),
        (verdict(failed="parameters"), "2"),
        (verdict(failed="no-dense"), "1"),
        (verdict(run(9_950), failed="no-dense", status="skip"), "7.5"),
        (verdict(Run(0, False, run().seconds, ()), failed="training"), "3"),
        (verdict(), "3"),  # not trained
    ],
)
def test_points_come_from_checks_passed_and_the_lowest_seed(found, gained):
    worth = points(found, MARKED)
    assert (worth.gained, worth.most) == (Decimal(gained), Decimal("9.5"))
    assert [part.what for part in worth.by] == ["parameters", "no-dense", "accuracy"]


def test_reached_once_is_reached_once():
    once = replace(MARKED, last_epochs=0)
    assert points(verdict(run(9_100, 9_940, 9_000)), once).gained == Decimal("9.5")


def test_without_points_it_is_all_or_nothing():
    rules = replace(RULES, marking=Marking())
    passing = verdict(replace(run(9_950), passed=True))
    assert (points(passing, rules).gained, points(passing, rules).most) == (1, 1)
    assert points(verdict(run(9_940), failed="accuracy"), rules).gained == 0


@pytest.mark.parametrize("name", ["under-8k", "under-15k", "under-20k"])
def test_of_a_shipped_assignment_a_pass_is_everything_and_chance_next_to_nothing(name):
    rules = load(name)
    best, guessed = (points(verdict(run(count)), rules) for count in (9_940, 980))
    assert best.of(Decimal(10)) == 10
    assert guessed.of(Decimal(10)) == 2
    assert points(verdict(run(9_850)), rules).of(Decimal(5)) == Decimal("2.50")


def test_points_are_told():
    found = points(verdict(run(9_850)), MARKED)
    assert str(found) == "parameters 1 of 1, no-dense 2 of 2, accuracy 2 of 6.5"


# ---- late ----------------------------------------------------------------------------------------

DUE = datetime(2026, 12, 1, 23, 59, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("after", "extension", "days", "percent", "refused"),
    [
        (timedelta(0), None, 0, 0, False),
        (timedelta(days=-3), None, 0, 0, False),
        (timedelta(microseconds=1), None, 1, 10, False),
        (timedelta(days=1), None, 1, 10, False),
        (timedelta(days=1, seconds=1), None, 2, 20, False),
        (timedelta(days=6), None, 6, 50, False),  # no more than 50
        (timedelta(days=7), None, 7, 50, False),
        (timedelta(days=7, seconds=1), None, 8, 100, True),
        (timedelta(days=7, seconds=1), 3, 5, 50, False),
        (timedelta(days=3), 3, 0, 0, False),
        (timedelta(days=3), DUE + timedelta(days=2), 1, 10, False),
        (timedelta(days=1), DUE - timedelta(days=9), 1, 10, False),  # nobody has less time
    ],
)
def test_each_day_that_has_begun_costs(after, extension, days, percent, refused):
    late = lateness(DUE + after, MARKED, extension)
    assert late == Lateness(days, Decimal(percent), refused)


def test_zones_are_compared_as_moments():
    at = datetime(2026, 12, 1, 22, 59, 1, tzinfo=timezone.utc)  # noqa: UP017
    assert lateness(at, MARKED).days == 1
    assert lateness(at - timedelta(seconds=1), MARKED).days == 0


def test_where_nothing_is_known_nobody_is_late():
    assert lateness(None, MARKED) == Lateness()
    assert lateness(DUE + timedelta(days=9), replace(RULES, marking=Marking())) == Lateness()


def test_without_a_policy_late_is_told_and_costs_nothing():
    rules: Assignment = replace(RULES, marking=Marking(due=DUE.isoformat()))
    late = lateness(DUE + timedelta(days=40), rules)
    assert (late.days, late.percent, late.refused) == (40, 0, False)


def test_what_is_left_is_rounded_once():
    assert final(Decimal("9.5"), Lateness(1, Decimal(10))) == Decimal("8.55")
    assert final(Decimal("0.35"), Lateness(1, Decimal("12.5"))) == Decimal("0.31")
    assert final(Decimal(8), Lateness(9, Decimal(100), refused=True)) == 0
    assert str(Lateness(2, Decimal(20))) == "2 days late: 20% off"
    assert str(Lateness(9, Decimal(100), refused=True)) == "9 days late: too late to count"
    assert str(Lateness()) == ""
