"""A deadline's rush: 100,000 submissions in two days through the real queue, of a clock of its own.

    python -m tests.autograder.server.rush --folder /tmp/rush            # again: it goes on
    python -m tests.autograder.server.rush --folder /tmp/rush --postgres

Every submission is taken, claimed and finished as the class server does it. Only the gradings are
not done: each is one that solutions/ has a record of, and lasts as long as that one did. Half of
all come within the last six hours.
"""

import argparse
import heapq
import json
import pickle
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import insert

from autograder.assignment import load
from autograder.fleet.queue import RENEWED, Claim, Queue
from autograder.results.people import Account
from autograder.server import submissions
from autograder.server.settings import Offer
from autograder.server.work.grading import QUEUE
from autograder.server.work.line import Line
from autograder.verdict import Verdict
from tests.helpers.databases import Postgres, programs

HOUR = 3_600.0
LASTS = 48 * HOUR
LATE = 8 * HOUR  # before the deadline, on average
EACH = 5  # submissions of a student
SEEDS = 3
TOLD = 200  # submissions that are told how long they wait
LARGEST = 20_000  # parameters of the recorded networks
SOLUTIONS = Path(__file__).parents[3] / "solutions"
OFFER = Offer(load("under-8k"), seeds=SEEDS)


def recorded() -> list[tuple[Verdict, float]]:
    """Return the verdicts of the course's small networks, and the seconds that each took."""
    found = []
    for file in sorted(SOLUTIONS.rglob("result.json")):
        verdict = Verdict.from_dict(json.loads(file.read_text("utf-8")))
        if len(verdict.runs) < SEEDS or (verdict.submission.parameters or 0) > LARGEST:
            continue
        verdict = replace(verdict, assignment=OFFER.rules, runs=verdict.runs[:SEEDS])
        found.append(
            (verdict, sum(run.seconds.training + run.seconds.testing for run in verdict.runs))
        )
    return found


@dataclass
class Rush:
    """How far it is; kept between two calls."""

    count: int
    slots: int
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    arrivals: list[float] = field(default_factory=list)
    arrived: int = 0
    waiting: dict[int, float] = field(default_factory=dict)  # since when, by number
    running: list[tuple[float, int, int]] = field(default_factory=list)  # end, number, verdict
    claims: dict[int, tuple[Claim, float]] = field(default_factory=dict)  # and since when
    waits: list[float] = field(default_factory=list)
    told: dict[int, float] = field(default_factory=dict)
    trusted: list[tuple[float, float]] = field(default_factory=list)  # told, waited
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    last: float = 0.0

    def __post_init__(self) -> None:
        while len(self.arrivals) < self.count:
            before = self.chance.expovariate(1 / LATE)
            if before < LASTS:
                self.arrivals.append(LASTS - before)
        self.arrivals.sort()

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Note how long something takes, by the real clock."""
        began = time.perf_counter()
        yield
        self.took[what].append(time.perf_counter() - began)

    def go_on(self, queue: Queue, accounts: list[Account], seconds: float) -> bool:
        """Go on for so long; return whether all is done."""
        until, renewed = time.monotonic() + seconds, 0.0
        line = Line(queue, QUEUE, lambda: self.slots)
        records = recorded()
        while self.arrived < self.count or self.running:
            now = time.monotonic()
            if now > until:
                return False
            if now > renewed + RENEWED:
                with self.timed("renewed, all that run"):
                    queue.renew(claim for claim, _ in self.claims.values())
                renewed = now
            comes = self.arrivals[self.arrived] if self.arrived < self.count else float("inf")
            ends = self.running[0][0] if self.running else float("inf")
            if comes <= ends:
                self.arrive(queue, accounts, line, comes)
            else:
                self.end(queue, line, records)
            self.last = min(comes, ends)
            while self.waiting and len(self.running) < self.slots:
                self.begin(queue, records)
        return True

    def arrive(self, queue: Queue, accounts: list[Account], line: Line, now: float) -> None:
        """Hand in the next file."""
        account = accounts[self.arrived % len(accounts)]
        source = f"n = {self.arrived}\n".encode()
        with self.timed("taken"):
            taken = submissions.take(queue, OFFER, account, "model.py", source, None)
        self.waiting[taken.number] = now
        self.arrived += 1
        if self.arrived % max(1, self.count // TOLD) == 0:
            real = time.monotonic()  # the line's clock
            line.begun = {
                number: real - (now - since) for number, (_, since) in self.claims.items()
            }
            line.looked, line.stale = -LASTS, True
            with self.timed("looked at the line"):
                line.look()
            place = line.place(taken.number)
            if place is not None and place.seconds is not None:
                self.told[taken.number] = place.seconds

    def begin(self, queue: Queue, records: list[tuple[Verdict, float]]) -> None:
        """Begin the next grading."""
        with self.timed("claimed"):
            claim = queue.claim(QUEUE, "rush")
        assert claim is not None
        since = self.waiting.pop(claim.number)  # KeyError: it was given to two
        self.waits.append(self.last - since)
        if claim.number in self.told:
            self.trusted.append((self.told.pop(claim.number), self.waits[-1]))
        which = self.chance.randrange(len(records))
        heapq.heappush(self.running, (self.last + records[which][1], claim.number, which))
        self.claims[claim.number] = claim, self.last

    def end(self, queue: Queue, line: Line, records: list[tuple[Verdict, float]]) -> None:
        """End the grading that ends next."""
        _, number, which = heapq.heappop(self.running)
        claim, _ = self.claims.pop(number)
        verdict, seconds = records[which]
        with self.timed("finished"):
            assert queue.finish(claim, verdict, seconds), "it was not ours"
        line.ended(seconds)

    def report(self) -> dict[str, object]:
        """Say how it went."""
        hours = [round(wait / HOUR, 1) for wait in (median(self.waits), max(self.waits))]
        off = [abs(told - waited) / max(waited, HOUR / 60) for told, waited in self.trusted]
        return {
            "submissions": self.arrived,
            "graded": len(self.waits) - len(self.running),
            "slots": self.slots,
            "hours waited, half and longest": hours,
            "the last after the deadline, hours": round((self.last - LASTS) / HOUR, 1),
            "waits told": len(self.trusted),
            "half of them wrong by at most": f"{median(off):.0%}" if off else "",
            "milliseconds": {what: milliseconds(took) for what, took in self.took.items()},
        }


def milliseconds(took: list[float]) -> dict[str, object]:
    """Sum up how long something took: in all, and in each fifth of all times."""
    edges = [len(took) * fifth // 5 for fifth in range(6)]
    fifths = [round(1_000 * median(took[a:b] or [0]), 1) for a, b in pairwise(edges)]
    most = quantiles(took, n=100)[98] if len(took) > 1 else took[0]
    return {
        "median": round(1_000 * median(took), 1),
        "p99": round(1_000 * most, 1),
        "fifths": fifths,
    }


def people(queue: Queue, count: int) -> list[Account]:
    """Enrol so many."""
    with queue.writing() as session:
        rows = [
            {"id": n, "student": f"s{n}", "name": f"s{n}", "nickname": f"s{n}", "role": "student"}
            for n in range(1, count + 1)
        ]
        session.execute(insert(Account), rows)
        return [Account(**row) for row in rows]


@contextmanager
def database(folder: Path, on_postgres: bool) -> Iterator[str]:
    """Yield the URL of a database that stays in a folder."""
    if not on_postgres:
        yield f"sqlite:///{folder}/rush.sqlite"
        return
    bin_folder = programs()
    assert bin_folder is not None, "expected PostgreSQL: apt-get install postgresql"
    postgres = Postgres(folder / "postgres", bin_folder)
    if not postgres.folder.exists():
        postgres.folder.mkdir()
        postgres.make()
    postgres.start()
    try:
        yield postgres.url
    finally:
        postgres.stop()


def main() -> None:
    """Read the command line and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--slots", type=int, default=600)
    parser.add_argument("--minutes", type=float, default=9, help="of this call")
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    asked.folder.mkdir(exist_ok=True)
    kept = asked.folder / "rush.pickle"
    with database(asked.folder, asked.postgres) as url, Queue(url) as queue:
        if kept.exists():
            rush, accounts = pickle.loads(kept.read_bytes())
        else:
            rush = Rush(asked.submissions, asked.slots)
            accounts = people(queue, asked.submissions // EACH)
        done = rush.go_on(queue, accounts, 60 * asked.minutes)
        kept.write_bytes(pickle.dumps((rush, accounts)))
    print(json.dumps({"done": done, **rush.report()}, indent=1))


if __name__ == "__main__":
    main()
