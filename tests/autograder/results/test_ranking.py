"""Whatever is kept, the ranking is one fair order: by what was handed in, not by when it came."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.results.database import Entry
from autograder.results.ranking import ranking

START = datetime(2026, 1, 1)  # noqa: DTZ001  as the database keeps it
# The same examples every time, and as long as a busy machine needs for them.
repeatable = settings(max_examples=80, deadline=None, derandomize=True)
# Few values of each kind, so that several entries of one submission, and ties, are frequent.
HANDLES = ("ada", "bob")
PARAMETERS = (6_000, 7_000, 7_999)
ACCURACIES = (0.994, 0.995, 0.996)


@st.composite
def entries(draw: st.DrawFn, handles: tuple[str, ...] = HANDLES) -> list[Entry]:
    """Draw kept submissions in the order in which they came."""
    return [
        Entry(
            id=number,
            created=START + timedelta(minutes=number),
            handle=draw(st.sampled_from(handles)),
            assignment_sha256=draw(st.sampled_from(("under-8k", "under-8k", "under-20k"))),
            fingerprint=draw(st.sampled_from(("one", "one", "another"))),
            parameters=draw(st.sampled_from(PARAMETERS)),
            mean_accuracy=draw(st.sampled_from(ACCURACIES)),
            seeds=draw(st.integers(1, 3)),
            verified=draw(st.booleans()),
            finished=draw(st.sampled_from((True, True, True, False))),
            ranked=draw(st.sampled_from((True, True, True, False))),
            data=draw(st.sampled_from(("mnist", "mnist", "mnist", "practice"))),
        )
        for number in range(draw(st.integers(0, 10)))
    ]


def submission(entry: Entry) -> tuple[str, str, str]:
    """Return what an entry is a training of: a student's network under one set of rules."""
    return entry.handle, entry.assignment_sha256, entry.fingerprint


@repeatable
@given(kept=entries(), data=st.data())
def test_the_order_of_insertion_is_irrelevant(kept: list[Entry], data: st.DataObject) -> None:
    assert ranking(data.draw(st.permutations(kept))) == ranking(kept)


@repeatable
@given(kept=entries())
def test_nobody_has_two_places_by_one_set_of_rules(kept: list[Entry]) -> None:
    ranked = ranking(kept)
    assert len({(e.handle, e.assignment_sha256) for e in ranked}) == len(ranked)


@repeatable
@given(kept=entries())
def test_verified_first_then_fewest_parameters_then_the_best_read(kept: list[Entry]) -> None:
    order = [
        (not entry.verified, entry.parameters, -(entry.mean_accuracy or 0), entry.created)
        for entry in ranking(kept)
    ]
    assert order == sorted(order)


@repeatable
@given(kept=entries())
def test_of_one_submission_the_entry_with_most_seeds_is_placed(kept: list[Entry]) -> None:
    counting = [entry for entry in kept if entry.finished and entry.data == "mnist"]
    for placed in ranking(kept):
        seeds = [e.seeds for e in counting if submission(e) == submission(placed)]
        assert placed.seeds == max(seeds)


@repeatable
@given(kept=entries())
def test_only_finished_runs_on_mnist_that_passed_are_placed(kept: list[Entry]) -> None:
    assert all(e.ranked and e.finished and e.data == "mnist" for e in ranking(kept))


@repeatable
@given(kept=entries(), others=entries(("newcomer",)))
def test_another_students_entries_never_change_who_is_before_whom(
    kept: list[Entry], others: list[Entry]
) -> None:
    together = ranking([*kept, *others])
    assert [entry for entry in together if entry.handle != "newcomer"] == ranking(kept)


@repeatable
@given(kept=entries(), others=entries(("newcomer",)))
def test_a_worse_entry_of_another_student_takes_nobodys_place(
    kept: list[Entry], others: list[Entry]
) -> None:
    for other in others:
        other.parameters, other.verified = max(PARAMETERS) + 1, False
    before = ranking(kept)
    assert ranking([*others, *kept])[: len(before)] == before


@repeatable
@given(kept=entries(), data=st.data())
def test_trying_again_with_no_more_seeds_changes_nothing(
    kept: list[Entry], data: st.DataObject
) -> None:
    counting = [entry for entry in kept if entry.finished and entry.data == "mnist"]
    if not counting:
        return
    tried = data.draw(st.sampled_from(counting))
    again = Entry(
        id=len(kept),
        created=START + timedelta(minutes=len(kept)),
        handle=tried.handle,
        assignment_sha256=tried.assignment_sha256,
        fingerprint=tried.fingerprint,
        parameters=tried.parameters,
        mean_accuracy=max(ACCURACIES),
        seeds=data.draw(st.integers(1, tried.seeds)),
        verified=True,
        finished=True,
        ranked=True,
        data="mnist",
    )
    assert ranking([*kept, again]) == ranking(kept)
