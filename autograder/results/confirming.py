"""Train a kept submission once more with fresh seeds: what was luck does not come again.

Whoever hands in many small changes of one network keeps the luckiest. Its seeds are known by then;
those of a confirmation are derived from the instructor's key for this entry alone, so nobody could
have tried them.
"""

import hmac
import re

from autograder.job import Job, Options
from autograder.results.database import Entry
from autograder.source.text import to_run
from course.errors import UsageError


def fresh_key(key: bytes, number: int) -> bytes:
    """Derive the key of an entry's confirmation, which has no seed of a submission."""
    return hmac.digest(key, b"confirm %d" % number, "sha256")


def confirming_job(
    entry: Entry | None, number: int, seeds: int, device: str, threads: int, key: bytes
) -> Job:
    """Make the job of training a kept submission again by its own rules, or say why not."""
    if entry is None:
        found = f"found {number}; autograde leaderboard lists those that are ranked"
        raise UsageError(f"expected the number of a submission, {found}")
    if entry.data != "mnist":
        found = f"found number {number} on practice digits, which are never ranked"
        raise UsageError(f"expected a submission that was trained on MNIST, {found}")
    if not entry.source.strip():
        found = f"found none in number {number}; ask for the file and submit it"
        raise UsageError(f"expected an entry that keeps its model.py, {found}")
    verdict = entry.verdict
    options = Options(
        net=network_named(entry), seeds=seeds, data="mnist", device=device, threads=threads
    )
    name = verdict.submission.file or "model.py"
    source = to_run(entry.source)
    return Job(source, name, verdict.assignment, options, fresh_key(key, number))


def network_named(entry: Entry) -> str | None:
    """Return the network that was graded, where the file has it by that name."""
    name = entry.network
    made = rf"^\s*(class {name}\b|{name}\s*=)"
    there = name.isidentifier() and re.search(made, entry.source, re.MULTILINE)
    return name if there else None
