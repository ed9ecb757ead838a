"""Grade a class while everything that grades is killed at random; then compare with a quiet run.

    python -m tests.autograder.fleet.killing --students 60 --kills 30             # local processes
    python -m tests.autograder.fleet.killing --students 60 --kills 30 --cluster   # Dask
    … --postgres                                         # the database on a real PostgreSQL

Each student must have exactly one verdict and one entry, with the numbers of the quiet run.
"""

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.results.home import KEY_BYTES
from autograder.results.leaderboard import Leaderboard
from tests.helpers.databases import postgres
from tests.helpers.gradings import numbers
from tests.helpers.models import TINY

RULES = """\
name = "mine"
[network]
fewer_parameters_than = 40_000  # the widest hand-in of 80 students has some 23,000
[recipe]
most_epochs = 2
[accuracy]
percent = 15
in_each_of_last_epochs = 1
"""
AUTOGRADE = [sys.executable, "-m", "autograder.cli"]


@dataclass
class Class:
    """Hand-ins of as many different small networks, and where their marks are kept."""

    folder: Path
    students: int
    database: str = ""
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "home").mkdir(parents=True)
        (self.folder / "home" / "key").write_bytes(bytes(KEY_BYTES))
        (self.folder / "rules.toml").write_text(RULES)
        for number in range(self.students):
            mine = self.folder / "in" / f"student_{number:03}"
            mine.mkdir(parents=True)
            (mine / "model.py").write_text(TINY.replace("6", str(4 + number)))

    def start(self, name: str, *command: str) -> None:
        """Start a process of this class, and of a group of its own."""
        environment = os.environ | {
            "AUTOGRADE_HOME": str(self.folder / "home"),
            "OMP_NUM_THREADS": "1",
        }
        if self.database:
            environment["AUTOGRADE_DATABASE"] = self.database
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, start_new_session=True
            )

    def batch(self, workers: int, *more: str) -> None:
        """Start the coordinator."""
        rules = ["-a", str(self.folder / "rules.toml"), "--data", "practice", "--device", "cpu"]
        where = str(self.folder / "in")
        self.start("batch", *AUTOGRADE, "batch", where, *rules, "--workers", str(workers), *more)

    def end(self) -> None:
        """Kill what still runs."""
        for process in self.running.values():
            process.kill()
            process.wait()

    def found(self) -> dict[str, object]:
        """Return each student's numbers, as they stand on the board; twice would be two entries."""
        with Leaderboard(
            self.database or f"sqlite:///{self.folder}/home/leaderboard.sqlite"
        ) as all_:
            entries = all_.entries()
        assert len({entry.handle for entry in entries}) == len(entries), "graded twice"
        return {entry.handle: (entry.passed, numbers(entry.verdict)) for entry in entries}


def quiet(students: int, folder: Path) -> dict[str, object]:
    """Grade them one after another, with nobody about."""
    undisturbed = Class(folder, students)
    undisturbed.batch(workers=1)
    assert undisturbed.running["batch"].wait() == 0, (folder / "batch.log").read_text()
    found = undisturbed.found()
    assert len(found) == students, "each network is to train"
    return found


def harried(
    one: Class, kills: int, cluster: bool, chance: random.Random, each: float
) -> dict[str, object]:
    """Grade them, killing at random and starting again, until everybody has a verdict.

    A grading takes `each` seconds here, now: the kills fall before, within and behind gradings.
    """
    address = f"tcp://127.0.0.1:{free_port()}"
    commands = {"batch": lambda: one.batch(2, *(["--cluster", address] if cluster else []))}
    if cluster:
        scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard"]
        port = address.rpartition(":")[2]
        commands["scheduler"] = lambda: one.start(
            "scheduler", *scheduler, "--no-show", "--host", "127.0.0.1", "--port", port
        )
        for number in range(3):
            name = f"worker {number}"
            commands[name] = lambda name=name: one.start(
                name, *AUTOGRADE, "worker", address, "--workers", "1"
            )
    try:
        for name in reversed(commands):
            commands[name]()
        while kills or one.running["batch"].poll() != 0:
            time.sleep(each * chance.uniform(0.1, 1.2))
            if kills:
                victim = chance.choice(list(commands))
                one.running[victim].kill()
                one.running[victim].wait()
                kills -= 1
                print(f"killed {victim}, {kills} to come, {len(one.found())} graded", flush=True)
            for name, process in list(one.running.items()):
                if process.poll() is not None and (name != "batch" or process.returncode != 0):
                    commands[name]()
                elif name == "batch" and process.returncode == 0 and kills:
                    return one.found()  # it was done before it could be killed so often
    finally:
        one.end()
    return one.found()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def database(on_postgres: bool) -> Iterator[str]:
    """Yield the URL of a real PostgreSQL, or nothing for SQLite."""
    with ExitStack() as stack:
        yield stack.enter_context(postgres()) if on_postgres else ""


def compare(
    students: int, kills: int, cluster: bool, on_postgres: bool, seed: int
) -> tuple[dict[str, object], dict[str, object]]:
    """Return what a quiet run and a harried one came to."""
    with TemporaryDirectory(prefix="killing-") as name, database(on_postgres) as url:
        begun = time.monotonic()
        expected = quiet(students, Path(name, "quiet"))
        each = (time.monotonic() - begun) / students
        one = Class(Path(name, "harried"), students, url)
        return expected, harried(one, kills, cluster, random.Random(seed), each)


def main() -> None:
    """Read the command line and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--cluster", action="store_true")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    expected, found = compare(
        asked.students, asked.kills, asked.cluster, asked.postgres, asked.seed
    )
    same = sum(found.get(student) == numbers for student, numbers in expected.items())
    print(json.dumps({"students": len(expected), "graded": len(found), "same numbers": same}))
    sys.exit(0 if found == expected and len(expected) == asked.students else 1)


if __name__ == "__main__":
    main()
