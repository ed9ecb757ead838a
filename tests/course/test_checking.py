import pytest
import torch

from course.checking import NotYet, close, equal, expect, one_of


class Agreeable:
    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("found", [3.0, True, "3", None, torch.tensor(3), Agreeable()])
def test_only_the_value_of_the_right_type_is_equal(found):
    with pytest.raises(NotYet, match="three: expected the type int"):
        equal(found, 3, "three")
    equal(3, 3, "three")


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


@pytest.mark.parametrize("right", [1, "yes", Agreeable(), None, False])
def test_only_true_itself_is_expected(right):
    with pytest.raises(NotYet, match="not so"):
        expect(right, "not so")
    expect(True, "not so")


def test_a_prediction_is_one_of_the_choices():
    one_of("B", "A", "B")
    for found in ("?", "AB", "", None, Agreeable()):
        with pytest.raises(NotYet, match='expected one of "A", "B"'):
            one_of(found, "A", "B")
