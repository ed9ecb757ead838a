"""What a trained network shows: its mistakes, its kernels, and what it reads in a drawing.

Networks and digits are the reader's (workers/reader.py), a process of its own; this one loads no
torch.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup
from safetensors import SafetensorError, deserialize
from starlette.requests import Request
from starlette.responses import Response

from autograder.events import SURE, Answers
from autograder.messages import encode
from autograder.results import archive
from autograder.results.database import Entry
from autograder.server.api import desk_of
from autograder.server.desk import Desk, NotServed, address_of
from autograder.server.figures.kernels import Kernel, draw_kernels
from autograder.server.people import limits
from autograder.server.people.visible import visible
from course.errors import MachineError, UsageError

SIDE = 56  # pixels of a drawing's side, a byte each
MOST_MISREAD = 40  # that a page shows
MOST_KERNELS = 32


@dataclass(frozen=True)
class Mistake:
    """A test digit that at least one seed misread."""

    place: int
    label: int
    read: int
    sure: float
    misses: int


@dataclass(frozen=True)
class LearnedPage:
    """What an entry's page shows of its trained networks."""

    seeds: int
    total: int
    wrong: int
    mistakes: tuple[Mistake, ...]
    confusion: tuple[tuple[int, ...], ...]  # of every seed, by label and answer
    kernels: Markup


def learned_of(desk: Desk, entry: Entry) -> LearnedPage | None:
    """Return what an entry's networks show; None where nothing of them was kept."""
    seeds = [run.seed for run in entry.verdict.runs]
    if not seeds:
        return None
    try:
        answers = [archive.answers(entry, seed) for seed in seeds]
        weights = archive.weights(entry, seeds[0])
        labels = labels_of(desk, entry.data)
    except (UsageError, MachineError):
        return None
    mistakes = mistakes_in(labels, answers)
    return LearnedPage(
        seeds=len(answers),
        total=len(labels),
        wrong=len(mistakes),
        mistakes=tuple(mistakes[:MOST_MISREAD]),
        confusion=confusion_of(labels, answers),
        kernels=draw_kernels(first_kernels(weights)),
    )


def picture_of(desk: Desk, entry: Entry) -> bytes | None:
    """Draw the mistakes that a page shows, side by side; None where there are none to draw."""
    try:
        answers = [archive.answers(entry, run.seed) for run in entry.verdict.runs]
        labels = labels_of(desk, entry.data)
    except (UsageError, MachineError):
        return None
    mistakes = mistakes_in(labels, answers)[:MOST_MISREAD]
    return desk.reader.picture(entry.data, [one.place for one in mistakes]) if mistakes else None


def labels_of(desk: Desk, data: str) -> bytes:
    """Return the labels of the test images, asked for once."""
    known = desk.labels.get(data)
    if known is None:
        known = desk.labels[data] = desk.reader.labels(data)
    return known


def mistakes_in(labels: bytes, answers: list[Answers]) -> list[Mistake]:
    """List what is misread: first what most seeds miss, and of those what they are surest of."""
    wrong: dict[int, list[tuple[int, int]]] = {}
    for one in answers:
        for place, (label, read) in enumerate(zip(labels, one.read, strict=True)):
            if label != read:
                wrong.setdefault(place, []).append((read, one.sure[place]))
    found = [
        Mistake(place, labels[place], said[0][0], said[0][1] / SURE, len(said))
        for place, said in wrong.items()
    ]
    return sorted(found, key=lambda one: (-one.misses, -one.sure, one.place))


def confusion_of(labels: bytes, answers: list[Answers]) -> tuple[tuple[int, ...], ...]:
    """Count for each digit what it is read as, over all seeds."""
    table = [[0] * 10 for _ in range(10)]
    for one in answers:
        for label, read in zip(labels, one.read, strict=True):
            table[label][read] += 1
    return tuple(map(tuple, table))


@lru_cache(maxsize=64)
def first_kernels(weights: bytes) -> tuple[Kernel, ...]:
    """Return the kernels of the first layer that has some, each as rows of numbers."""
    try:
        tensors = deserialize(weights)  # type: ignore[no-untyped-call]
    except SafetensorError:
        return ()
    for _, tensor in tensors:
        shape, kind = tensor["shape"], tensor["dtype"]
        if len(shape) != 4 or shape[1] > 4 or shape[2] * shape[3] < 4 or kind != "F32":
            continue
        numbers = struct.unpack(f"<{len(tensor['data']) // 4}f", bytes(tensor["data"]))
        rows, columns = shape[2], shape[3]
        size = rows * columns
        count = min(MOST_KERNELS, shape[0] * shape[1])
        return tuple(
            tuple(
                numbers[one * size + row * columns : one * size + (row + 1) * columns]
                for row in range(rows)
            )
            for one in range(count)
        )
    return ()


def misread(request: Request) -> Response:
    """Draw the digits that an entry misread, side by side."""
    desk = desk_of(request)
    account = desk.viewer(request)
    with desk.queue.reading() as session:
        entry = visible(session, request.path_params["number"], account)
    picture = picture_of(desk, entry)
    if picture is None:
        raise NotServed(404, "nothing of this network's answers was kept")
    headers = {"Cache-Control": "private, max-age=86400"}  # an entry never changes
    return Response(picture, media_type="image/png", headers=headers)


def read(request: Request, body: bytes) -> Response:
    """Let an entry's network read a drawing: a byte a pixel, white on black."""
    desk = desk_of(request)
    account = desk.viewer(request)
    with desk.queue.reading() as session:
        entry = visible(session, request.path_params["number"], account)
    desk.allow(limits.DRAW, f"{account.id}" if account else address_of(request))
    if len(body) != SIDE * SIDE:
        raise NotServed(400, f"expected {SIDE * SIDE:,} bytes, a pixel each, found {len(body):,}")
    seeds = [run.seed for run in entry.verdict.runs]
    if not seeds:
        raise NotServed(404, "this network was not trained")
    weights = archive.weights(entry, seeds[0])
    return Response(
        encode(desk.reader.read(weights, entry.data, SIDE, body)), media_type="application/json"
    )
