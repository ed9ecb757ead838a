"""Who stands where: one function decides eligibility and order wherever a leaderboard is shown."""

from collections.abc import Iterable

from autograder.results.database import Entry
from autograder.results.rows import RankedRow


def ranking(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries that count, best first: fewest parameters, then accuracy, then earlier.

    Of one student's same network and recipe the submission with most seeds counts, passed or not:
    trying again with fewer buys nothing.
    """
    best: dict[tuple[str, str, str], Entry] = {}
    for entry in sorted(entries, key=lambda e: (-e.seeds, e.created, e.id)):
        if entry.finished and entry.data == "mnist":
            best.setdefault((entry.handle, entry.assignment_sha256, entry.fingerprint), entry)
    counted = [entry for entry in best.values() if entry.ranked]
    return sorted(counted, key=lambda e: (e.parameters, -(e.mean_accuracy or 0), e.created, e.id))


def ranked_rows(entries: Iterable[Entry]) -> list[RankedRow]:
    """Return the leaderboard as rows, best first, each with its place."""
    return [{"rank": place, **entry.row()} for place, entry in enumerate(ranking(entries), start=1)]
