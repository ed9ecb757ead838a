"""A trained network as an ONNX file, made and tried out by a process of its own (exporter.py)."""

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec

from autograder.words import printable
from course.errors import MachineError, UsageError

NEEDED = ("onnx", "onnxscript")  # by torch's exporter


@dataclass(frozen=True)
class Exported:
    """An ONNX file, and how its answers to the test images compare with torch's."""

    content: bytes
    equal: int = 0  # answers
    total: int = 0  # 0: not compared
    largest: float = 0.0  # difference between two scores
    why: str = ""  # there is no file, or it was not compared

    def __str__(self) -> str:
        if not self.total:
            return f"has not been compared with torch: {self.why}"
        scores = f"scores differ by {self.largest:.0e} at most"
        if self.equal == self.total:
            return f"answers all {self.total:,} test digits as torch does; {scores}"
        return f"answers {self.equal:,} of {self.total:,} test digits as torch does; {scores}"


def export(weights: bytes, data: str) -> Exported:
    """Export the network in a safetensors file of ours, or say why it cannot be done."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        lacking = " and no ".join(missing)
        raise UsageError(
            f"expected {' and '.join(NEEDED)}, found no {lacking}: pip install 'under8k[onnx]'"
        )
    # -P: no folder of the user's is searched for modules.
    command = [sys.executable, "-P", "-m", "autograder.workers.exporter", data]
    done = subprocess.run(command, input=weights, capture_output=True, check=False)
    line, _, content = done.stdout.partition(b"\n")
    if done.returncode or not line:
        said = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason"])[-1]
        raise MachineError(f"expected an ONNX file, found: {printable(said, 200)}")
    exported = Exported(content, **json.loads(line))
    if not content:
        why = exported.why
        raise MachineError(f"expected an ONNX file, found that torch cannot write one: {why}")
    return exported
