"""What the queue costs beside the bare gradings, and how busy two cores are during a batch.

    python -m tests.autograder.fleet.overhead                      # 8 hand-ins, two workers
    python -m tests.autograder.fleet.overhead --students 20 --epochs 15

The same files are graded one after another by pipeline.grade alone, and by a queue with one worker,
in turns, so that a machine that slows down slows both; the overhead is what the median of the
queue's turns takes longer. Then a queue with two workers grades them, and the processor time that
this process and all its children used is set beside two cores' time. Run it on a machine that does
nothing else.
"""

import argparse
import resource
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from autograder.assignment import Assignment
from autograder.events import Shown
from autograder.fleet.engines import LocalEngine
from autograder.fleet.queue import Claim, Queue, Ticket
from autograder.fleet.working import work_off
from autograder.job import Job, Options
from autograder.pipeline import grade
from autograder.verdict import Verdict
from tests.helpers.gradings import KEY, rules
from tests.helpers.models import TINY

OPTIONS = Options(seeds=1, data="practice", device="cpu", threads=1, lanes=1)


class Nobody:
    """Watches a batch that nobody looks at."""

    def begun(self, claim: Claim) -> None:
        """See nothing."""

    def happened(self, claim: Claim, event: Shown) -> None:
        """See nothing."""

    def ended(self, claim: Claim, verdict: Verdict | None, fault: str, seconds: float) -> None:
        """Expect a verdict."""
        assert verdict is not None, fault

    def look(self) -> None:
        """See nothing."""


def sources(students: int, epochs: int) -> list[bytes]:
    """Write as many different small networks; no training of one is recorded for another."""
    tiny = TINY.replace("epochs=2", f"epochs={epochs}")
    return [tiny.replace("6", str(6 + number)).encode() for number in range(students)]


def bare(files: list[bytes], by: Assignment) -> float:
    """Grade one after another, without a queue; return the seconds."""
    begun = time.perf_counter()
    for source in files:
        verdict = grade(Job(source, "model.py", by, OPTIONS, KEY))
        assert verdict.runs, verdict.headline()
    return time.perf_counter() - begun


def queued(files: list[bytes], by: Assignment, workers: int, folder: Path) -> float:
    """Grade by way of a new database; return the seconds."""
    begun = time.perf_counter()
    with Queue(f"sqlite:///{folder}/{time.monotonic_ns()}.sqlite") as queue:
        for number, source in enumerate(files):
            queue.put(Ticket("overhead", f"s{number}", "model.py", source, by, OPTIONS))
        work_off(queue, "overhead", LocalEngine(queue, KEY, workers), Nobody())
    return time.perf_counter() - begun


def processor() -> float:
    """Return the seconds of work of this process and of the children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Measure, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=8)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--turns", type=int, default=3)
    asked = parser.parse_args()
    files = sources(asked.students, asked.epochs)
    by = replace(
        rules("percent = 15\nreached_once = true", asked.epochs), fewer_parameters_than=90_000
    )
    with TemporaryDirectory() as folder:
        turns = [(bare(files, by), queued(files, by, 1, Path(folder))) for _ in range(asked.turns)]
        alone, through = (median(each) for each in zip(*turns, strict=True))
        print(f"{asked.students} gradings: {alone:.1f} s bare, {through:.1f} s through the queue,")
        print(f"overhead {100 * (through / alone - 1):.1f}%")
        worked = processor()
        seconds = queued(files, by, 2, Path(folder))
        share = (processor() - worked) / (2 * seconds)
        print(f"two workers: {seconds:.1f} s, two cores busy {100 * share:.0f}% of it")


if __name__ == "__main__":
    main()
