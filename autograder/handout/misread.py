"""The test digits that a kept submission's networks misread, drawn or as plain data.

draw_misread(entry, path)                # autograde show ID --misread FILE
mistakes(entry).found[0].said            # 98% sure, 2 of 3 seeds
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.events import SURE
from autograder.results import archive
from autograder.results.database import Entry
from course.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

    from course.data import Digits
    from course.figures.images.misread import Misread

MOST = 50  # of which the pixels are wanted: as many as a page shows


@dataclass(frozen=True)
class Mistake:
    """A test digit that at least one seed reads as another one."""

    label: int
    read: int
    said: str  # how sure of it, and by how many seeds
    pixels: bytes  # 28 rows of 28


@dataclass(frozen=True)
class Mistakes:
    """What the networks of a submission misread."""

    said: str
    count: int
    found: tuple[Mistake, ...]  # the worst of them


def draw_misread(entry: Entry, path: Path) -> str:
    """Draw what any of an entry's seeds misread, and say how much that is."""
    seen = Seen.by(entry)
    # Only now: matplotlib takes a second to load.
    from course.figures.drawing import save
    from course.figures.images import misread
    from course.figures.letters import drawable

    network = drawable(entry.network, "your network")
    title = f"{network}: {seen.many} misread{seen.by_any}"
    save(misread.draw_misread(seen.images(), seen.found, seen.seeds, title), path)
    return str(seen)


def mistakes(entry: Entry) -> Mistakes | None:
    """Return what any of an entry's seeds misread; None where its answers were not kept."""
    try:
        seen = Seen.by(entry)
    except UsageError:
        return None
    from course.figures.images.misread import how_sure

    worst = tuple(
        Mistake(one.label, one.read, ", ".join(how_sure(one, seen.seeds)), image.numpy().tobytes())
        for one, image in zip(seen.found[:MOST], seen.images(), strict=False)
    )
    return Mistakes(str(seen), len(seen.found), worst)


@dataclass(frozen=True)
class Seen:
    """The test digits, and what an entry's networks misread of them."""

    digits: "Digits"
    seeds: int
    found: "list[Misread]"

    @classmethod
    def by(cls, entry: Entry) -> "Seen":
        """Compare the answers that were kept with the labels."""
        answers = [archive.answers(entry, run.seed) for run in entry.verdict.runs]
        from course.figures.images.misread import find_misread

        digits = digits_of(entry.data)
        readings = [(each.read, [byte / SURE for byte in each.sure]) for each in answers]
        return cls(digits, len(readings), find_misread(digits.test_labels.tolist(), readings))

    def images(self) -> "Tensor":
        """Return the images of what is misread: (N, 28, 28)."""
        return self.digits.test_images[[one.place for one in self.found]]

    @property
    def many(self) -> str:
        """Say how many of how many."""
        kind = "practice" if self.digits.name == "practice" else "test"
        return f"{len(self.found):,} of {len(self.digits.test_labels):,} {kind} digits"

    @property
    def by_any(self) -> str:
        """Say by how many networks, where there are several."""
        return f" by any of {self.seeds} seeds" if self.seeds > 1 else ""

    def __str__(self) -> str:
        by_all = sum(one.misses == self.seeds for one in self.found)
        of_them = f", {by_all:,} of them by all" if self.seeds > 1 else ""
        return f"{self.many} are misread{self.by_any}{of_them}"


@lru_cache(maxsize=1)
def digits_of(data: str) -> "Digits":
    """Load the digits, once for a whole class; torch takes seconds to load as well."""
    from course.data import load

    return load(data)
