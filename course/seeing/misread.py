"""Which test digits are misread, by how many seeds, and how sure these are of it.

found = find_misread(labels, [(read, sure), (read, sure)])     # a pair for each seed
found[0].label, found[0].read, found[0].misses                 # 4, 9, 2

It is plain data, which a figure draws (course/figures/misread.py).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Reading = tuple[Sequence[int], Sequence[float]]  # the digits that are read, their probabilities


@dataclass(frozen=True)
class Misread:
    """A test digit that at least one seed reads as another one."""

    place: int  # among the test images, from 0
    label: int
    read: int  # as which digit most of those seeds read it
    sure: float  # the probability that they give it, on average
    misses: int  # how many seeds misread it


def find_misread(labels: Sequence[int], readings: Sequence[Reading]) -> list[Misread]:
    """List what is misread: first what most seeds miss, and of those what they are surest of."""
    found = []
    for place, label in enumerate(labels):
        wrong = [(read[place], sure[place]) for read, sure in readings if read[place] != label]
        if not wrong:
            continue
        [(most, _)] = Counter(digit for digit, _ in wrong).most_common(1)
        probabilities = [sure for digit, sure in wrong if digit == most]
        mean = sum(probabilities) / len(probabilities)
        found.append(Misread(place, label, most, mean, len(wrong)))
    return sorted(found, key=lambda one: (-one.misses, -one.sure, one.place))
