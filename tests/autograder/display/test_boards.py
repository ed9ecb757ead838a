"""Tables keep what matters at any width and with any handle, and their dates are local."""

import time
from collections.abc import Sequence
from unicodedata import east_asian_width

import pytest
from rich.text import Text

from autograder.display.boards import board, history
from autograder.display.columns import Column, laid_out
from autograder.display.moments import minute, zone
from autograder.results.rows import RankedRow

HANDLES = {
    "short": "ada",
    "long": "a-handle-as-long-as-forty-letters-may-be",
    "wide": "李明华的非常长的名字写在这里王小二李明华的非常长的名字写在这里王小二李明华的",
    "emoji": "👩🏽🚀🔥" * 12,
    "right to left": "محمد عبد الله الطويل محمد عبد الله الطوي",
    "accents": "Z\u0351a\u0300l\u0301g\u0302o\u0303" * 4,
}
WINTER, SUMMER = "2026-01-31T23:30:00+00:00", "2026-07-01T12:00:00+00:00"


def row(handle: str, number: int = 1, date: str = WINTER, **changes: object) -> RankedRow:
    """Make a row that takes much room."""
    made: RankedRow = {
        "rank": number,
        "id": 12_340 + number,
        "handle": handle,
        "network": "网络" * 20,
        "parameters": 6_379_786,
        "mean_accuracy": 0.9951,
        "spread": 0.0012,
        "seeds": 10,
        "verified": True,
        "confirmed": True,
        "confirmation": "10 of 10",
        "tries": 1_234,
        "passed": True,
        "ranked": True,
        "seconds": 1_234.5,
        "device": "AMD EPYC, 2 threads",
        "data": "mnist",
        "assignment": "my-own-assignment-with-a-long-name",
        "date": date,
    }  # type: ignore[typeddict-item]
    made.update(changes)  # type: ignore[typeddict-item]
    return made


def widest(lines: Sequence[Text]) -> int:
    """Count the cells of the widest line in a terminal that joins no signs."""
    return max(sum(1 + (east_asian_width(s) in "WF") for s in line.plain) for line in lines)


@pytest.mark.parametrize("width", [50, 60, 80, 120])
@pytest.mark.parametrize("handle", HANDLES.values(), ids=HANDLES)
def test_the_board_keeps_rank_mark_and_number_with_any_handle(handle: str, width: int) -> None:
    rows = [row(handle), row("bob", 2, confirmed=False)]
    lines = board(rows, "under-8k", width, highlight=12_341)
    assert widest(lines) <= width
    titles, mine, bobs = (line.plain for line in lines[1:4])
    assert mine.split()[0] == "1"
    for text in ("6,379,786", "99.51% ✓✓✓", "12341"):
        assert text in mine
    assert "99.51% ✗ " in bobs
    # Nothing stands behind a name: a terminal that writes it from the right moves no column.
    assert titles.endswith("handle")
    assert mine.endswith((handle, "…"))
    assert handle[:2] in mine
    assert lines[2].spans[-1].style == "bold green"


def test_columns_go_in_the_order_of_their_importance() -> None:
    titles = [board([row("ada")], "under-8k", width)[1].plain for width in range(45, 140)]
    first = {
        name: next(place for place, title in enumerate(titles) if name in title)
        for name in ("last epochs", "handle", "tries", "± seeds", "date", "seconds", "device")
    }
    assert list(first.values()) == sorted(first.values())
    assert len(set(first.values())) == 6  # the first two are always there


@pytest.mark.parametrize("width", [60, 80, 120])
def test_each_submission_of_the_history_is_one_line(width: int) -> None:
    rows = [
        row("ada"),
        row("李明华" * 10, 2, confirmed=False, confirmation="2 of 10"),
        row("ada", 3, confirmed=None, confirmation="", verified=False, data="practice"),
        row("ada", 4, confirmed=None, confirmation="", verified=False, passed=False),
    ]
    lines = history(rows, width)
    assert len(lines) == 5
    assert widest(lines) <= width
    words = ("confirmed", "not confirmed", "practice ✓", "not passed")
    for line, number, word in zip(lines[1:], (12_341, 12_342, 12_343, 12_344), words, strict=True):
        assert line.plain.startswith(f"{number}")
        assert f" {word} " in line.plain


def test_whose_a_submission_is_stands_where_there_are_several_people() -> None:
    assert "handle" in history([row("ada"), row("bob")], 120)[0].plain
    assert "handle" not in history([row("ada"), row("ada")], 120)[0].plain


@pytest.mark.parametrize(
    ("place", "winter", "both"),
    [
        ("UTC", "2026-01-31 23:30", "UTC"),
        ("Europe/Berlin", "2026-02-01 00:30", "UTC+1/+2"),
        ("Asia/Kolkata", "2026-02-01 05:00", "UTC+5:30"),
        ("America/St_Johns", "2026-01-31 20:00", "UTC-2:30/-3:30"),
        ("Europe/London", "2026-01-31 23:30", "UTC/+1"),
    ],
)
def test_dates_are_local_and_name_their_zone(
    monkeypatch: pytest.MonkeyPatch, place: str, winter: str, both: str
) -> None:
    monkeypatch.setenv("TZ", place)
    time.tzset()
    try:
        assert (minute(WINTER), zone([WINTER, SUMMER])) == (winter, both)
        shown = history([row("ada"), row("ada", 2, SUMMER)], 200)
        assert f"date ({both})" in shown[0].plain
        assert winter.replace(" ", "   ").split()[0] in shown[1].plain
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_column_that_nobody_can_read_is_still_no_crash() -> None:
    assert widest(laid_out([Column("a", ["1"]), Column("b", ["李"])], 4)) <= 5
