"""Rows of epochs stand below each other, whatever a training does and however narrow it is."""

import math
from dataclasses import replace

import pytest

from autograder.display.epochs import EpochTable, in_cells
from tests.helpers.verdicts import epoch

HUGE = 185789950097209077792768.0
DIVERGED = replace(
    epoch(1_000, number=1_000), lr=1e-7, train_loss=HUGE, test_loss=math.nan, seconds=123_456.78
)


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("seeds", [1, 3])
def test_every_row_is_as_long_as_its_titles(width: int, seeds: int) -> None:
    table = EpochTable(width, seeds)
    titles = table.head.plain
    for each in (epoch(9_950), DIVERGED, replace(DIVERGED, lr=100.0, train_loss=math.inf)):
        row = table.row(each, 9_940, counts=True, run=9).plain
        assert len(row) == len(titles) + 2 <= width
        ends = [titles.index(title) + len(title) for title in ("train loss", "train %", "right")]
        assert all(row[end] == " " != row[end - 1] for end in ends)
    assert ("seed" in titles) == (seeds > 1)


def test_a_tick_or_a_cross_stands_where_an_epoch_counts() -> None:
    table = EpochTable(80)
    cases = [(9_940, True), (9_940, False), (9_939, True), (9_939, False)]
    ends = [table.row(epoch(right), 9_940, counts).plain[-1] for right, counts in cases]
    assert ends == ["✓", "0", "✗", "0"]


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0.1, "0.1000"),
        (0.0, "0.0000"),
        (HUGE, "1.9e+23"),
        (-HUGE, "-1.9e+23"),
        (4e-7, "4.0e-07"),
        (12_345.678_9, "12345.679"),
        (123_456_789.0, "123456789"),
        (1_234_567_890.0, "1.2e+09"),
        (math.nan, "nan"),
        (math.inf, "inf"),
    ],
)
def test_a_number_fits_its_cells_and_is_no_mere_zero(number: float, written: str) -> None:
    assert in_cells(number, 4, 9) == written
