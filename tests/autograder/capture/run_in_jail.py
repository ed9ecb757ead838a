"""In the jail: run a student's file, and say what of it was skipped (for test_running.py)."""

import json

from autograder.capture.loading import StudentFile
from autograder.capture.running.clock import Clock


def main(source: bytes) -> bytes:
    with Clock() as clock, StudentFile(source) as file:
        used = file.run(clock).used
        skips = [(skip.first, skip.why.words) for skip in file.source.skipped.all]
    return json.dumps({"skips": skips, "seconds": used}).encode()
