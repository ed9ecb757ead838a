"""What the seeds of kept submissions have learned: files in the home folder, a folder a submission.

    learned/17/1203745816.safetensors    the weights of submission 17 with that seed
    learned/17/1203745816.answers        what they answer to the test images
    learned/mnist-5e1f…/1203745816.…     of a batch: by network and recipe, which copies share

A file is named by its seed, which no other network has: a number that another database gave out
before cannot bring a stranger's weights. Nothing here is thrown away, and `autograde doctor` says
how much it takes.
"""

import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from autograder.events import Answers, Learned
from autograder.results.database import Entry
from autograder.results.home import home, share
from course.errors import UsageError
from course.files import write_whole


def folder() -> Path:
    """Return where everything learned lies."""
    return home() / "learned"


def keep(number: int, learned: Mapping[int, Learned]) -> None:
    """Keep what the seeds of a new submission have learned, each file whole or not at all."""
    place = folder() / str(number)
    shutil.rmtree(place, ignore_errors=True)  # of another database, which had this number before
    for seed, each in learned.items():
        write(place, seed, each)


def keep_training(fingerprint: str, data: str, seed: int, learned: Learned) -> None:
    """Keep what a training of a batch has learned, before its submission has a number."""
    write(shared_place(fingerprint, data), seed, learned)


def shared_place(fingerprint: str, data: str) -> Path:
    """Return where all submissions of the same network and recipe find what it has learned."""
    return folder() / f"{data}-{fingerprint}"


def write(place: Path, seed: int, learned: Learned) -> None:
    """Write the two files of a seed."""
    put(place / f"{seed}.safetensors", learned.weights)
    put(place / f"{seed}.answers", learned.answers.to_bytes())


def put(path: Path, content: bytes) -> None:
    """Write one file into the folder of a submission; in a shared home all of it is the group's."""
    write_whole(path, content)
    for made in (folder(), path.parent, path):
        share(made)


def weights(entry: Entry, seed: int) -> bytes:
    """Return the weights of an entry's seed: a safetensors file (graph/trained.py)."""
    return read(entry, seed, "safetensors")


def answers(entry: Entry, seed: int) -> Answers:
    """Return what an entry's network answers to the test images with this seed."""
    return Answers.from_bytes(read(entry, seed, "answers"))


def read(entry: Entry, seed: int, kind: str) -> bytes:
    """Read one of the files, or say why there is none."""
    for place in (folder() / str(entry.id), shared_place(entry.fingerprint, entry.data)):
        with suppress(FileNotFoundError):
            return (place / f"{seed}.{kind}").read_bytes()
    raise UsageError(
        f"expected the trained weights and answers of submission {entry.id}, found none: it was "
        "graded before they were kept, or on another machine; submit it again"
    )


def taken() -> tuple[int, int]:
    """Count the submissions that have something here, and the bytes that all of it takes."""
    files = [path for path in folder().glob("*/*") if path.is_file()]
    return len({path.parent for path in files}), sum(path.stat().st_size for path in files)
