"""Who stands where: one function decides eligibility and order wherever a leaderboard is shown."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from autograder.results.database import Confirmation, Entry, counting
from autograder.results.rows import RankedRow

Submission = tuple[str, str, str]  # a student's same network and recipe under one set of rules
Student = tuple[str, str]  # under one set of rules


def submission(entry: Entry) -> Submission:
    """Say which submission an entry is a training of."""
    return entry.handle, entry.assignment_sha256, entry.fingerprint


def student(entry: Entry) -> Student:
    """Say whose place on which leaderboard an entry may take."""
    return entry.handle, entry.assignment_sha256


def ranking(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries that count, best first, one for each student and set of rules.

    Verified ones come first; then fewest parameters, the best mean accuracy, the earlier. Of one
    submission the entry with most seeds counts, passed or not: trying again with fewer buys
    nothing. What fresh seeds did not confirm counts as not verified.
    """
    entries = list(entries)
    again = confirmations(entries)
    best: dict[Submission, Entry] = {}
    for entry in sorted(entries, key=lambda e: (-e.seeds, e.created, e.id)):
        if entry.finished and entry.data == "mnist":
            best.setdefault(submission(entry), entry)

    def order(entry: Entry) -> tuple[object, ...]:
        verified = entry.verified and is_upheld(again.get(submission(entry)))
        return not verified, entry.parameters, -(entry.mean_accuracy or 0), entry.created, entry.id

    placed: dict[Student, Entry] = {}
    for entry in sorted((entry for entry in best.values() if entry.ranked), key=order):
        placed.setdefault(student(entry), entry)
    return list(placed.values())


def ranked_rows(entries: Iterable[Entry]) -> list[RankedRow]:
    """Return the leaderboard as rows, best first, each with its place and its student's tries."""
    entries = list(entries)
    # Every training on MNIST is a try, passed or not: whoever tries often is lucky once.
    tries = Counter(student(entry) for entry in entries if entry.data == "mnist")
    again = confirmations(entries)
    return [
        {"rank": place, "tries": tries[student(entry)], **entry.row(again.get(submission(entry)))}
        for place, entry in enumerate(ranking(entries), start=1)
    ]


def confirmations(entries: Iterable[Entry]) -> dict[Submission, Confirmation]:
    """Return what fresh seeds said of each submission, whichever of its entries they trained."""
    found: dict[Submission, list[Confirmation]] = defaultdict(list)
    for entry in entries:
        found[submission(entry)] += entry.confirmations
    return {key: last for key, each in found.items() if (last := counting(each)) is not None}


def is_upheld(confirmation: Confirmation | None) -> bool:
    """Return whether fresh seeds agree, or were never asked."""
    return confirmation is None or confirmation.confirmed
