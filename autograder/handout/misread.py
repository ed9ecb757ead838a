"""Draw the test digits that a kept submission's networks misread: `autograde show ID --misread`."""

from pathlib import Path

from autograder.events import SURE
from autograder.results import archive
from autograder.results.database import Entry


def draw_misread(entry: Entry, path: Path) -> str:
    """Draw what any of an entry's seeds misread, and say how much that is."""
    answers = [archive.answers(entry, run.seed) for run in entry.verdict.runs]
    # Only now: torch, which reads the digits, and matplotlib take seconds to load.
    from course.data import load
    from course.figures.drawing import save
    from course.figures.images import misread
    from course.figures.letters import drawable

    digits = load(entry.data)
    readings = [(each.read, [byte / SURE for byte in each.sure]) for each in answers]
    found = misread.find_misread(digits.test_labels.tolist(), readings)
    seeds, total = len(readings), len(digits.test_labels)
    by_any = f" by any of {seeds} seeds" if seeds > 1 else ""
    practice = "practice" if entry.data == "practice" else "test"
    network = drawable(entry.network, "your network")
    title = f"{network}: {len(found):,} of {total:,} {practice} digits misread{by_any}"
    images = digits.test_images[[one.place for one in found]]  # (N, 28, 28)
    save(misread.draw_misread(images, found, seeds, title), path)
    by_all = sum(one.misses == seeds for one in found)
    of_them = f", {by_all:,} of them by all" if seeds > 1 else ""
    return f"{len(found):,} of {total:,} {practice} digits are misread{by_any}{of_them}"
