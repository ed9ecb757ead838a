"""Each validator accepts what it says, in one normal form, and answers the rest with a sentence."""

import math
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.validators import (
    LONGEST,
    Unfit,
    Validator,
    accept,
    choice,
    converted,
    either,
    exact,
    flag,
    integer,
    nothing,
    number,
    optional,
    several,
    show,
    word,
)

ENDS = st.sampled_from([(low, high) for low in (-3, 0, 2) for high in (3, 10)])
BRACKETS = st.sampled_from(["[]", "[)", "(]", "()"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
PLAIN = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
ALL: list[Validator[object]] = [
    number("[0, 1]"),
    exact("(0, 100]"),
    integer("[-3, 3]"),
    choice("a", 1, False),
    word("a", "b"),
    flag,
    nothing,
    several(number("[0, 1]"), [1, 2], rising=True),
    either(flag, integer("[0, 9]")),
    optional(word("x")),
    converted(integer("[0, 3]"), lambda value: (value,)),
    accept("a dict", lambda value: type(value) is dict),
]


def unfit(validator: Validator[object], value: object) -> Unfit:
    with pytest.raises(Unfit) as caught:
        validator(value)
    return caught.value


def fits(validator: Validator[object], value: object) -> bool:
    try:
        validator(value)
    except Unfit:
        return False
    return True


class Hostile:
    """Its every method raises; it cannot even be printed."""

    def fail(self, *_: object) -> object:
        raise RuntimeError("a stranger's code ran")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = fail  # type: ignore[assignment]
    __repr__ = __str__ = __bool__ = __len__ = __iter__ = __hash__ = fail  # type: ignore[assignment]
    __float__ = __int__ = __index__ = __contains__ = fail  # type: ignore[assignment]


# ---- every validator ----------------------------------------------------------------------------


@given(PLAIN)
def test_whatever_the_value_it_is_accepted_or_answered(value: object) -> None:
    for validator in ALL:
        if fits(validator, value):
            continue
        error = unfit(validator, value)
        assert str(error) == f"expected {error.expected}, found {show(error.found)}"
        assert str(error).isprintable()
        # What does not fit is the value, or one entry of a list.
        assert error.expected == validator.expected or error.found is not value


def test_a_hostile_object_is_refused_without_a_call_to_its_methods() -> None:
    for validator in ALL:
        assert "Hostile" in str(unfit(validator, Hostile()))


# ---- numbers ------------------------------------------------------------------------------------


@given(ENDS, BRACKETS, st.integers(-5, 12) | st.floats(-5, 12))
def test_an_interval_means_what_it_means_in_mathematics(
    ends: tuple[int, int], brackets: str, value: float
) -> None:
    low, high = ends
    interval = f"{brackets[0]}{low}, {high}{brackets[1]}"
    above = value >= low if brackets[0] == "[" else value > low
    below = value <= high if brackets[1] == "]" else value < high
    if above and below:
        assert number(interval)(value) == value
        assert type(number(interval)(value)) is float
    else:
        unfit(number(interval), value)
    if type(value) is int and above and below:
        assert integer(interval)(value) == exact(interval)(value) == value
        assert type(integer(interval)(value)) is int
    else:
        unfit(integer(interval), value)


@pytest.mark.parametrize("make", [number, integer, exact])
@pytest.mark.parametrize("value", [True, False, None, "1", math.nan, math.inf, -math.inf, 1j, []])
def test_what_is_no_number_is_inside_no_interval(
    make: Callable[[str], Validator[object]], value: object
) -> None:
    unfit(make("[-1, 2]"), value)
    unfit(make("(-1e300, 1e300)"), value)


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_a_decimal_must_be_finite(value: str) -> None:
    unfit(exact("(-1e300, 1e300)"), Decimal(value))


def test_an_exact_number_keeps_its_digits_and_a_binary_fraction_has_none() -> None:
    assert str(exact("(0, 100]")(Decimal("99.40"))) == "99.40"
    unfit(exact("(0, 100]"), 99.4)


def test_minus_zero_is_zero() -> None:
    assert math.copysign(1, number("[-1, 1]")(-0.0)) == 1


def test_a_huge_integer_is_compared_and_not_converted() -> None:
    assert "found " in str(unfit(number("[0, 1]"), 10**400))
    unfit(integer("[0, 1]"), -(10**5000))


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ("[1, 1000]", "from 1 to 1,000"),
        ("[0, 1)", "of at least 0 and below 1"),
        ("(0, 100]", "above 0 and at most 100"),
        ("(0, 1)", "above 0 and below 1"),
        ("[0.01, 1e6]", "from 0.01 to 1,000,000"),
    ],
)
def test_an_interval_is_said_in_words(interval: str, words: str) -> None:
    assert number(interval).expected == f"a number {words}"
    assert integer(interval).expected == f"a whole number {words}"
    assert exact(interval).expected == f"a number {words}"


# ---- words and lists ----------------------------------------------------------------------------


def test_a_choice_compares_the_types_as_well() -> None:
    allowed = choice("a", 1, False)
    assert allowed.expected == "'a' or 1 or False"
    for value in ("a", 1, False):
        assert allowed(value) is value
    for value in (True, 0, 1.0, 0.0, "b", None, ["a"]):
        unfit(allowed, value)


def test_a_word_is_one_of_its_words() -> None:
    assert word("same", "valid")("same") == "same"
    for value in ("Same", "", None, ["same"], b"same"):
        assert str(unfit(word("same", "valid"), value)).startswith(
            "expected one of 'same', 'valid'"
        )


def test_a_flag_is_no_integer_and_nothing_is_none_alone() -> None:
    assert flag(True) is True
    assert nothing(None) is None
    for value in (0, 1, "True", None):
        unfit(flag, value)
    for value in (0, False, "", []):
        unfit(nothing, value)


@given(st.lists(st.integers(-2, 12), max_size=6), st.sets(st.integers(0, 5), min_size=1))
def test_several_are_as_many_as_allowed_and_each_fits(values: list[int], sizes: set[int]) -> None:
    counts = sorted(sizes)
    validator = several(integer("[0, 9]"), counts)
    if len(values) in counts and all(0 <= value <= 9 for value in values):
        assert validator(values) == validator(tuple(values)) == tuple(values)
    else:
        unfit(validator, values)
    rising = several(integer("[-2, 12]"), range(7), rising=True)
    if values == sorted(values):
        assert rising(values) == tuple(values)
    else:
        unfit(rising, values)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([1], "1 value, a whole number from 0 to 9"),
        ([2], "2 values, each a whole number from 0 to 9"),
        ([2, 4], "2 or 4 values, each a whole number from 0 to 9"),
        ([1, 2, 4], "1, 2 or 4 values, each a whole number from 0 to 9"),
        (range(1, 101), "1 to 100 values, each a whole number from 0 to 9"),
    ],
)
def test_the_number_of_values_is_said_in_words(counts: list[int], words: str) -> None:
    assert several(integer("[0, 9]"), counts).expected == words


@pytest.mark.parametrize("value", ["ab", {0: 1, 1: 2}, {0, 1}, range(2), None, 3])
def test_only_a_list_or_a_tuple_holds_several(value: object) -> None:
    unfit(several(integer("[0, 9]"), [2]), value)


# ---- combinations -------------------------------------------------------------------------------


@given(SCALARS)
def test_either_accepts_what_one_of_them_accepts(value: object) -> None:
    parts: list[Validator[object]] = [flag, integer("[0, 9]"), word("x", "y")]
    both = either(*parts)
    fitting = [part for part in parts if fits(part, value)]
    if fitting:
        assert both(value) == fitting[0](value)
    else:
        unfit(both, value)
    assert fits(optional(parts[1]), value) == (value is None or fits(parts[1], value))


def test_combinations_say_what_they_combine() -> None:
    assert either(flag, word("x")).expected == "True or False, or one of 'x'"
    assert optional(flag).expected == "True or False, or None"
    assert converted(flag, str).expected == flag.expected
    assert accept("a dict", lambda value: True).expected == "a dict"


def test_a_form_changes_what_was_accepted_and_nothing_else() -> None:
    doubled = converted(integer("[0, 3]"), lambda value: (value, value))
    assert doubled(2) == (2, 2)
    unfit(doubled, 4)


# ---- show ---------------------------------------------------------------------------------------


def deep() -> list[object]:
    level: list[object] = []
    for _ in range(5_000):
        level = [level]
    return level


def endless() -> list[object]:
    loop: list[object] = []
    loop.append(loop)
    return loop


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10**6,
        "\x1b[2J\n\u202e" * 100,
        "\ud800",
        b"x" * 10**6,
        [1] * 10**6,
        {str(n): n for n in range(10**4)},
        10**400,
        10**5000,  # Python refuses to print it
        Decimal("9" * 10**4),
        deep(),
        endless(),
        Hostile(),
        [Hostile()],
        range(10**12),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_huge_or_hostile_value_is_shown_in_few_letters(value: object) -> None:
    assert 0 < len(show(value)) <= LONGEST
    assert show(value).isprintable()


def test_a_usual_value_is_shown_as_it_is_written() -> None:
    for value in (3, -0.5, "nearest", None, True, [1, 2], (0.9, 0.999), {"name": "SGD"}):
        assert show(value) == repr(value)
    assert show(Decimal("99.40")) == "99.40"
