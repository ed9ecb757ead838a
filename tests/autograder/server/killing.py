"""Kill server, graders, database at every stage of a submission: nothing is lost or done twice.

    python -m tests.autograder.server.killing                     # on a real PostgreSQL
    python -m tests.autograder.server.killing --victims database --stages waiting training

Whoever handed a file in follows it all the while. What they heard must be what the database holds.
"""

import argparse
import json
import random
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder import events, messages
from autograder.events import EpochDone, RunDone
from autograder.messages import Outcome
from autograder.remote.server import ClassServer, log_in
from autograder.results.leaderboard import Leaderboard
from autograder.verdict import Verdict
from course.epoch import Epoch
from course.errors import MachineError
from tests.helpers.databases import Postgres, started_postgres
from tests.helpers.gradings import numbers, timeless
from tests.helpers.machines import Machines
from tests.helpers.models import TINY
from tests.helpers.processes import below, kill_all

VICTIMS = ("server", "graders", "database")
STAGES = ("handing in", "waiting", "checking", "training", "between seeds", "at the end")
SEEDS = 2  # of the class's assignment
AWAY = 2.0  # seconds that a killed database stays away
PATIENCE = 240.0  # seconds for one submission


@dataclass
class Followed:
    """A submission, and all that its student hears of it."""

    number: int
    attempts: list[dict[int, list[Epoch]]] = field(default_factory=list)  # epochs by run
    runs: int = 0  # that came to their end, in the present attempt
    outcome: Outcome | None = None

    def hear(self, kind: str, data: str) -> str:
        """Note one event; return the stage that it tells of."""
        if kind == "begun":
            self.attempts.append(defaultdict(list))
            self.runs = 0
            return "checking"
        if kind == "outcome":
            self.outcome = messages.decode(Outcome, data.encode())
        event = events.decode(data.encode()) if kind == "event" else None
        if isinstance(event, EpochDone):
            self.attempts[-1][event.run].append(timeless(event.epoch))
            return "training"
        if isinstance(event, RunDone):
            self.runs += 1
            return "at the end" if self.runs == SEEDS else "between seeds"
        return "waiting" if kind == "place" else ""

    def wrong(self) -> Iterator[str]:
        """Say what should not be."""
        if self.outcome is None or self.outcome.verdict is None:
            yield f"{self.number}: no verdict, but {self.outcome}"
            return
        runs = numbers(Verdict.from_dict(self.outcome.verdict))
        if len(runs) != SEEDS:
            yield f"{self.number}: {len(runs)} trainings instead of {SEEDS}"
        for attempt, told in enumerate(self.attempts, start=1):
            for run, epochs in told.items():
                if epochs != runs[run][: len(epochs)]:
                    found = [epoch.epoch for epoch in epochs]
                    yield f"{self.number}: of run {run}, attempt {attempt}, heard epochs {found}"


@dataclass
class Harried:
    """A class whose processes are killed."""

    machines: Machines
    postgres: Postgres
    token: str
    chance: random.Random
    submissions: list[Followed] = field(default_factory=list)

    def server(self) -> ClassServer:
        """Return what asks the server, as a student does."""
        return ClassServer(f"http://127.0.0.1:{self.machines.port}", self.token)

    def kill(self, victim: str) -> None:
        """Kill somebody, and start again what does not start by itself."""
        server = self.machines.server
        assert server is not None
        if victim == "graders":
            kill_all(below(server.pid))
        elif victim == "server":
            self.machines.end(signal.SIGKILL)
            self.machines.serve()
        else:
            self.postgres.kill()
            time.sleep(AWAY)
            self.postgres.start()

    def hand_in(self) -> Followed:
        """Hand a new network in, as often as it takes."""
        source = TINY.replace("6", f"{4 + len(self.submissions)}")
        until = time.monotonic() + PATIENCE
        with self.server() as server:
            while True:
                try:
                    taken = server.upload("mine", "model.py", source.encode(), None)
                except MachineError:  # it is away
                    assert time.monotonic() < until
                    time.sleep(0.3)
                else:
                    found = Followed(taken.number)
                    self.submissions.append(found)
                    return found

    def follow(self, one: Followed, victim: str, stage: str) -> None:
        """Follow a submission to its outcome, and kill somebody once it has come to a stage."""
        killing: list[threading.Thread] = []
        with self.server() as server:
            for kind, data in server.follow(one.number):
                if one.hear(kind, data) == stage and not killing:
                    killing.append(threading.Thread(target=self.kill, args=(victim,)))
                    killing[0].start()
        for thread in killing:
            thread.join()

    def harry(self, victim: str, stage: str) -> Iterable[Followed]:
        """Kill somebody at a stage; return what was handed in."""
        if stage == "handing in":
            killing = threading.Timer(self.chance.uniform(0, 0.05), self.kill, [victim])
            killing.start()
            one = self.hand_in()
            killing.join()
            self.follow(one, victim, "")
            return [one]
        before = [self.hand_in()] if stage == "waiting" else []
        one = self.hand_in()
        self.follow(one, victim, stage)
        for earlier in before:
            self.follow(earlier, victim, "")
        return [*before, one]

    def wrong(self) -> Iterator[str]:
        """Say what was lost, or graded twice."""
        with Leaderboard(self.machines.url) as board:
            found = len(board.entries())
        if found != len(self.submissions):
            yield f"{found} entries of {len(self.submissions)} submissions"
        for one in self.submissions:
            yield from one.wrong()


@contextmanager
def harried(seed: int) -> Iterator[Harried]:
    """Start a class."""
    with TemporaryDirectory(prefix="killing-") as name, started_postgres() as postgres:
        machines = Machines(Path(name), postgres.url)
        try:
            _, welcome = log_in(machines.serve(), None)
            yield Harried(machines, postgres, welcome.token, random.Random(seed))
        finally:
            machines.end(signal.SIGKILL)


def kill_each(kills: Iterable[tuple[str, str]], seed: int) -> list[str]:
    """Kill each victim at its stage; return what should not be."""
    with harried(seed) as one:
        for victim, stage in kills:
            began = time.monotonic()
            for submission in one.harry(victim, stage):
                took = round(time.monotonic() - began)
                what = {"killed": victim, "at": stage, "submission": submission.number}
                tried = {"attempts": len(submission.attempts), "seconds": took}
                print(json.dumps(what | tried), flush=True)
        return list(one.wrong())


def main() -> None:
    """Read the command line and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--victims", nargs="+", choices=VICTIMS, default=VICTIMS)
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    wrong = kill_each(product(asked.victims, asked.stages), asked.seed)
    print(json.dumps({"wrong": wrong}))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
