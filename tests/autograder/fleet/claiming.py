"""What a claim and a finish cost while 1,000 rows are queued: milliseconds, first rows and last.

    python -m tests.autograder.fleet.claiming               # SQLite
    python -m tests.autograder.fleet.claiming --postgres    # a real PostgreSQL

Run it on a machine that does nothing else: test_queue.py holds the same to a bound that a busy
machine keeps.
"""

import argparse
import json
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from autograder.assignment import load
from autograder.fleet.queue import Queue, Ticket
from autograder.job import Options
from tests.helpers.databases import empty
from tests.helpers.verdicts import verdict

SHARE = 10  # of the rows are the first and the last


def costs(url: str, rows: int) -> tuple[list[float], list[float]]:
    """Return the seconds of every claim and of every finish."""
    claims, finishes, said = [], [], verdict((9_950,))
    with Queue(url) as queue:
        for number in range(rows):
            ticket = Ticket("x", f"s{number}", "model.py", b"net", load("under-8k"), Options())
            queue.put(ticket)
        while True:
            begun = time.perf_counter()
            claim = queue.claim("x", "here")
            claimed = time.perf_counter()
            if claim is None:
                return claims, finishes
            assert queue.finish(claim, said, 1)
            finishes.append(time.perf_counter() - claimed)
            claims.append(claimed - begun)


def main() -> None:
    """Measure, and print the medians in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    with TemporaryDirectory() as name, empty(asked.postgres, Path(name)) as url:
        told = dict(zip(("claim", "finish"), costs(url, asked.rows), strict=True))
    part = max(1, asked.rows // SHARE)
    for name, seconds in told.items():
        every, first, last = (
            f"{median(some) * 1_000:.1f}" for some in (seconds, seconds[:part], seconds[-part:])
        )
        print(json.dumps({name: every, f"first {part}": first, f"last {part}": last}))


if __name__ == "__main__":
    main()
