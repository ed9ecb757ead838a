"""What a worker can be asked: to check what came out of the jail, and to train it.

A request is one line of JSON on the worker's standard input; `size` bytes follow a CheckRequest.
"""

import json
from dataclasses import dataclass

import msgspec

from autograder.assignment import Assignment


@dataclass(frozen=True)
class CheckRequest:
    """Read the submission that follows, and run every check on it."""

    rules: Assignment
    device: str
    threads: int
    seeds: int  # that may be trained afterwards: they decide how the cores are shared out
    most_seconds: float  # of work


@dataclass(frozen=True)
class TrainRequest:
    """Train the submission that was checked, once with each seed."""

    seeds: tuple[tuple[int, int], ...]  # (number of the run, its seed)
    data: str
    most_seconds: float  # of work, for each seed
    keep: bool  # tell what each seed has learned
    helped: bool  # there is a core for a second thread


Request = CheckRequest | TrainRequest
KINDS: dict[str, type[Request]] = {"check": CheckRequest, "train": TrainRequest}


def encode(request: Request, size: int) -> bytes:
    """Write a request as one line of JSON."""
    [do] = [name for name, kind in KINDS.items() if isinstance(request, kind)]
    content = msgspec.to_builtins(request)
    return json.dumps({"do": do, "size": size, "request": content}).encode() + b"\n"


def decode(line: bytes) -> tuple[Request, int]:
    """Read a request from its line, with the number of bytes that follow it."""
    document = json.loads(line)
    request: Request = msgspec.convert(document["request"], KINDS[document["do"]])
    return request, document["size"]
