import numpy as np
import pytest
import torch
from torch import nn

from course.checking import NotYet, close, equal, expect, one_of, plain, trying, whole
from course.recipe import Recipe


class Agreeable:
    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("found", [3.0, True, "3", None, torch.tensor(3.0), Agreeable()])
def test_only_the_value_of_the_right_type_is_equal(found):
    with pytest.raises(NotYet, match="three: expected the type int"):
        equal(found, 3, "three")
    equal(3, 3, "three")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (np.int64(3), 3),
        (torch.tensor(3), 3),
        (np.bool_(True), True),
        (torch.tensor(True), True),
        ((26, np.int32(13)), [26, 13]),
        (np.array([26, 13]), [26, 13]),
        (torch.tensor([26, 13]), [26, 13]),
        (range(3), [0, 1, 2]),
    ],
)
def test_the_same_value_may_be_written_in_another_way(found, expected):
    equal(found, expected, "it")


@pytest.mark.parametrize("found", [[Agreeable()], [3.0], [True], [3, 3], [], 3])
def test_nothing_in_a_list_answers_for_itself(found):
    with pytest.raises(NotYet):
        equal(found, [3], "a list")


class Sly(np.int64):
    def item(self):
        return 3


def test_only_numpys_own_numbers_are_taken_at_their_word():
    assert type(plain(Sly(4))) is Sly
    with pytest.raises(NotYet):
        equal(Sly(4), 3, "three")


@pytest.mark.parametrize(
    "found", [0.5, np.float32(0.5), torch.tensor(0.5), nn.Parameter(torch.tensor(0.5))]
)
def test_a_number_is_close_whoever_made_it(found):
    close(found, 0.5, "a half")
    close([found, 1], [0.5, 1.0], "two numbers")
    for wrong in ("0.5", None, True, [0.5], Agreeable()):
        with pytest.raises(NotYet, match="expected a number"):
            close(wrong, 0.5, "a half")


def test_an_error_in_an_answer_is_a_sentence_and_where_to_look():
    with pytest.raises(NotYet) as caught, trying("standard_error(50, 100)", "p is a share"):
        (-1) ** 0.5 + int("a")
    assert "standard_error(50, 100): stopped at `(-1) ** 0.5" in str(caught.value)
    assert "with ValueError: invalid literal" in str(caught.value)
    assert str(caught.value).endswith("Look again: p is a share")
    with pytest.raises(NotYet, match="so"), trying("it"):
        raise NotYet("so")


def test_an_error_that_is_a_sentence_already_is_told_as_it_is():
    with pytest.raises(NotYet) as caught, trying("your recipe", "names as torch has them"):
        Recipe(epochs=0)
    assert str(caught.value).startswith("your recipe: expected epochs to be")
    assert str(caught.value).endswith("Look again: names as torch has them")


def test_a_prediction_in_numbers_is_whole():
    whole(torch.tensor(900), 1, 1_000)
    with pytest.raises(NotYet, match=r"from 1 to 1,000, found 0"):
        whole(0, 1, 1_000)


def test_a_failure_says_expected_found_and_where_to_look():
    with pytest.raises(NotYet) as caught:
        equal(72, 80, "conv1", "is the bias there?")
    assert str(caught.value) == "conv1: expected 80, found 72\nLook again: is the bias there?"
    assert "Traceback" not in "".join(caught.value._render_traceback_())


def test_tensors_are_compared_by_shape_and_value():
    equal(torch.ones(2), torch.ones(2), "ones")
    with pytest.raises(NotYet):
        equal(torch.ones(3), torch.ones(2), "ones")
    close(torch.ones(2) + 1e-7, torch.ones(2), "ones")
    close(0.1 + 0.2, 0.3, "a sum")
    with pytest.raises(NotYet, match=r"expected the shape \(2,\), found \(1, 2\)"):
        close(torch.ones(1, 2), torch.ones(2), "ones")
    for wrong in (torch.zeros(2), torch.full((2,), torch.nan), Agreeable()):
        with pytest.raises(NotYet):
            close(wrong, torch.ones(2), "ones")


def test_numbers_that_differ_are_rounded_and_of_many_the_first_is_named():
    with pytest.raises(NotYet) as caught:
        close([1 / 3, 0.5], [0.5, 0.5], "two")
    assert str(caught.value) == "two: expected [0.5, 0.5], found [0.3333333, 0.5]"
    found = torch.ones(3, 4)
    found[1, 2] = torch.nan
    with pytest.raises(NotYet) as caught:
        close(found, torch.ones(3, 4), "twelve")
    said = "twelve: expected 1 at [1, 2], found nan; wrong at 1 of 12 places"
    assert str(caught.value) == said


@pytest.mark.parametrize("right", [1, "yes", Agreeable(), None, False, torch.tensor(False)])
def test_only_true_itself_is_expected(right):
    with pytest.raises(NotYet, match="not so"):
        expect(right, "not so")
    expect(True, "not so")


def test_a_prediction_is_one_of_the_choices():
    one_of("B", "A", "B")
    for found in ("?", "AB", "", None, Agreeable()):
        with pytest.raises(NotYet, match='expected one of "A", "B"'):
            one_of(found, "A", "B")
