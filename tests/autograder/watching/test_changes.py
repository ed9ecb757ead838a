"""What a save has changed is told by what changed: checks, sums, layers, the recipe."""

from dataclasses import replace

from autograder.display.changes import changes
from autograder.verdict import Verdict
from course.rows import Row
from tests.helpers.verdicts import check, verdict


def of(parameters: int, recipe: dict[str, object], *statuses: str, **layers: int) -> Verdict:
    """Make a verdict of a network with these layers."""
    rows = tuple(Row(n, "conv2d 3x3", (8, 26, 26), c, False, 3, 1, 9) for n, c in layers.items())
    base = verdict(parameters=parameters)
    known = replace(base.submission, layers=rows, recipe=recipe, multiply_adds=None)
    names = ("parameters", "no-dense")
    found = tuple(check(name, status) for name, status in zip(names, statuses, strict=True))  # type: ignore[arg-type]
    return replace(base, submission=known, checks=found)


def test_what_changed_is_listed_with_how_much() -> None:
    recipe = {"epochs": 15, "scheduler": {"name": "OneCycleLR", "max_lr": 0.1}}
    slower = {"epochs": 15, "scheduler": {"name": "OneCycleLR", "max_lr": 0.2}}
    before = of(8_100, recipe, "fail", "pass", first=72, second=864, old=9)
    after = of(7_788, slower, "pass", "fail", first=72, second=552, new=9)
    found = [(one.what, one.before, one.after, one.more) for one in changes(before, after)]
    assert found == [
        ("parameters", "✗", "✓", None),
        ("no-dense", "✓", "✗", None),
        ("parameters", "8,100", "7,788", -312),
        ("second", "864", "552", -312),
        ("old", "9", "–", -9),
        ("new", "–", "9", 9),
        ("scheduler.max_lr", "0.1", "0.2", None),
    ]
    assert [one.better for one in changes(before, after)][:3] == [True, False, None]
    assert [one.brief for one in changes(before, after)][1:3] == [
        "no-dense ✓ → ✗",
        "parameters −312",
    ]


def test_nothing_is_compared_with_a_file_that_could_not_be_read() -> None:
    read = of(8_100, {"epochs": 15}, "pass", "pass", first=72)
    unread = replace(read, submission=replace(read.submission, layers=None, recipe=None))
    assert changes(read, unread) == changes(unread, read) == changes(read, read) == []


def test_each_transform_is_named() -> None:
    one = {"augment": [{"name": "RandomRotation", "degrees": 6}]}
    other = {"augment": [{"name": "RandomRotation", "degrees": 9}]}
    [change] = changes(of(9, one, "pass", "pass"), of(9, other, "pass", "pass"))
    assert change.brief == "augment.RandomRotation.degrees 6 → 9"
