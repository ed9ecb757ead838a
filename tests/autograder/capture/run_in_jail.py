"""In the jail: run a student's file; say what was skipped and what came of it (test_running.py)."""

import json

from autograder.capture.entry import graph_of, read_recipe
from autograder.capture.loading import StudentFile
from autograder.capture.running.clock import Clock
from autograder.graph.size import count


def main(source: bytes) -> bytes:
    with Clock() as clock, StudentFile(source) as file:
        used = file.run(clock).used
        _, network = file.pick(None, lambda network: None)
        answer = {
            "seconds": used,
            "skips": [skip.first for skip in file.source.skipped.all],
            "told": file.source.skipped.told(),
            "parameters": count(graph_of(network, file)),
            "recipe": read_recipe(file.module),
        }
    return json.dumps(answer).encode()
