"""The line is exact: more digits read never cost a pass, a higher line never gives one."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.assignment import Assignment, load
from autograder.judging import deciding_count, judge, judge_accuracy, reaches
from tests.helpers.verdicts import TEST_DIGITS, run

# The same examples every time, and as long as a busy machine needs for them.
repeatable = settings(deadline=None, derandomize=True)
# Around 99.40% of 10,000, so that a pass and a fail are about as likely.
counts = st.lists(st.sampled_from((9_939, 9_940, 9_941)), min_size=1, max_size=6)
LINES = ("99.385", "99.39", "99.395", "99.40", "99.405", "99.41")  # from the lowest to the highest
last_epochs = st.integers(0, 4)  # 0: one epoch is enough


def rules(percent: str, last: int) -> Assignment:
    """Return an assignment with this line, in each of the last so many epochs."""
    return replace(load(), percent=percent, last_epochs=last)


def passes(by: Assignment, correct: Sequence[int]) -> bool:
    return reaches(by, run(*correct).epochs)


@repeatable
@given(correct=counts, last=last_epochs)
def test_one_more_digit_read_never_turns_a_pass_into_a_fail(correct: list[int], last: int) -> None:
    by = rules("99.40", last)
    for which in range(len(correct)):
        more = [count + (number == which) for number, count in enumerate(correct)]
        assert passes(by, more) >= passes(by, correct)


@repeatable
@given(correct=counts, last=last_epochs)
def test_a_higher_line_never_turns_a_fail_into_a_pass(correct: list[int], last: int) -> None:
    found = [passes(rules(percent, last), correct) for percent in LINES]
    assert found == sorted(found, reverse=True)


@repeatable
@given(before=counts, others=counts, after=counts, percent=st.sampled_from(LINES))
def test_only_the_last_epochs_matter(
    before: list[int], others: list[int], after: list[int], percent: str
) -> None:
    by = rules(percent, len(after))
    assert passes(by, before + after) == passes(by, others + after) == passes(by, after)


@repeatable
@given(correct=counts, percent=st.sampled_from(LINES), data=st.data())
def test_where_one_epoch_is_enough_it_may_be_any(
    correct: list[int], percent: str, data: st.DataObject
) -> None:
    by = rules(percent, 0)
    assert passes(by, correct) == passes(by, data.draw(st.permutations(correct)))


@repeatable
@given(correct=counts, percent=st.sampled_from(LINES), last=last_epochs)
def test_the_count_that_is_told_is_the_one_that_decides(
    correct: list[int], percent: str, last: int
) -> None:
    by = rules(percent, last)
    lowest, _ = deciding_count(by, run(*correct))
    assert passes(by, correct) == (lowest >= by.needed(TEST_DIGITS))


def test_a_training_that_went_astray_is_told_to_lower_its_rate() -> None:
    by = rules("99.40", 1)
    fine = run(9_700, passed=False)
    for changes in (
        {"train_loss": 185789950097209077792768.0, "test_loss": 2.3},
        {"test_loss": 1e9},
        {"test_loss": math.nan},
    ):
        last = replace(fine.epochs[-1], **changes)
        [*_, check] = judge(by, 1, [replace(fine, epochs=(last,))])
        assert "lower the peak rate" in check.hint
    assert (
        "1.86e+23"
        in judge_accuracy(
            by, 1, [replace(fine, epochs=(replace(last, train_loss=1.8579e23),))]
        ).hint
    )
    guess = replace(fine.epochs[-1], train_correct=6_742, train_loss=2.301, test_loss=2.301)
    hint = judge_accuracy(by, 1, [replace(fine, epochs=(guess,))]).hint
    assert "a tenth of the peak rate" in hint
    assert "raise" not in hint
    assert judge_accuracy(by, 1, [run(2_000, passed=False)]).message.endswith("7,940 too few")


@pytest.mark.parametrize(
    ("last", "words"), [(0, "at least one epoch"), (1, "the last epoch"), (3, "last 3 epochs")]
)
def test_epochs_are_counted_as_people_do(last: int, words: str) -> None:
    by = rules("99.40", last)
    assert by.in_one_line().endswith(words)
    assert judge_accuracy(by, 1, [run(9_700, passed=False)]).expected.endswith(words)


@repeatable
@given(
    runs=st.lists(counts, min_size=1, max_size=3), percent=st.sampled_from(LINES), last=last_epochs
)
def test_every_run_must_pass(runs: list[list[int]], percent: str, last: int) -> None:
    by = rules(percent, last)
    made = [run(*correct, passed=passes(by, correct)) for correct in runs]
    check = judge_accuracy(by, 0, made)
    assert (check.status == "pass") == all(one.passed for one in made)


@pytest.mark.parametrize(
    ("percent", "needed"), [("99.40", 9_940), ("99.405", 9_941), ("99.399", 9_940), ("100", 10_000)]
)
def test_a_line_between_two_counts_asks_for_the_higher(percent: str, needed: int) -> None:
    by = rules(percent, 1)
    assert passes(by, [needed])
    assert not passes(by, [needed - 1])
