"""Say what went wrong in a student's own code: the line it happened on, and what to do about it.

Most functions here take an exception that the student's code raised, and none trusts it: its class
and its text are the student's to choose.
"""

import re
import traceback

from torch import nn

from autograder.capture.standins import StandIn, StandInUsed
from autograder.problem import Problem

FILENAME = "model.py"
FREE_BATCH = (
    "the batch may have any size: use x.size(0) or -1 where it stands, not a number or len(x)"
)
NO_TORCHSCRIPT = "submit the plain nn.Module, without torch.jit"
SUPER = "write `super().__init__()`, without a class's name"
ONE_FILE = "a submission is one file: copy what the network needs into it, written with torch alone"
NO_FILES = "there are no files and no network where a submission runs"
GUARD = 'put work that runs when the file is opened under `if __name__ == "__main__":`'

# What torch says of a stand-in that is used as a layer. It writes the object's module and name.
NOT_A_LAYER = re.compile(rf"{re.escape(StandIn.__module__)}\.(\S+) is not a Module")


def advice(error: BaseException, source: str = "") -> str:
    """Say what to do about an error of the student's code, if it is a common one."""
    text = message_of(error)
    if text.startswith("super(type") or "super(" in source_line(error, source, NameError):
        return SUPER  # the class was renamed, and `super(OldName, self)` was forgotten
    if isinstance(error, NameError):
        hint = {
            "nn": "import it: `import torch.nn as nn`",
            "F": "import it: `import torch.nn.functional as F`",
            "torch": "import it: `import torch`",
        }.get(getattr(error, "name", None) or "", "define or import the name before this line")
        star = "; `from … import *` brings no names from files the grader does not have"
        return hint + (star if "import *" in source else "")
    if isinstance(error, ImportError):
        if "relative import" in text:
            return ONE_FILE
        return "check the name's spelling; only torch, numpy and Python's own packages are there"
    if "TorchScript" in text:
        return NO_TORCHSCRIPT
    if isinstance(error, OSError):
        return NO_FILES
    if isinstance(error, AttributeError) and isinstance(error.obj, nn.Module):
        return (
            f"__init__ must set self.{error.name}: is it spelled `__init__`, and does it get there?"
        )
    if "before Module.__init__" in text:
        return "call `super().__init__()` first in __init__"
    if re.search(r"expected input\[\d+, 1, 28, 28\] to have \d+ channels", text):
        return "digits are grey: the first convolution takes one channel, nn.Conv2d(1, …)"
    if "NVIDIA" in text or "CUDA" in text:
        return 'the grader picks the device: remove .cuda() and .to("cuda")'
    if any(word in text.lower() for word in ("double", "half", "complex", "dtype")):
        return "keep every number float32: remove .double(), .half() and dtype="
    if re.match(r"shape '\[\d", text):
        return FREE_BATCH
    return ""


def source_line(error: BaseException, source: str, kind: type[BaseException]) -> str:
    """Return the student's line on which an error of some kind happened, or nothing."""
    number, rows = student_line(error), source.splitlines()
    if not isinstance(error, kind) or not number or number > len(rows):
        return ""
    return rows[number - 1]


def what_happened(error: BaseException) -> str:
    """Say how an error ended the student's code, in the same words on every machine."""
    text = message_of(error)
    if "NVIDIA" in text or "CUDA" in text:  # torch says either, depending on its build
        return "asks for a GPU, which a submission does not have"
    return f"stops with {type(error).__name__}: {text}"


def message_of(error: BaseException) -> str:
    """Return the first line of an error's message, short enough for a sentence."""
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # the student's own exception may fail to say what it is
        lines = []
    # Addresses and paths differ from machine to machine.
    words = re.sub(r" \((/|[A-Z]:).*?\)", "", lines[0]) if lines else ""
    words = re.sub(r" at 0x[0-9a-f]+", "", words)
    return words[:200] or "no message"


def student_line(error: BaseException, *, last: bool = True) -> int | None:
    """Return the last, or the first, line of the student's own file on the way to an error."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == FILENAME]
    return lines[-1 if last else 0] if lines else None


def line_in_trace(trace: str) -> int | None:
    """Return the student's last line in a stack trace that torch.export kept as text."""
    lines = [row for row in trace.splitlines() if f'"{FILENAME}"' in row]
    number = lines[-1].partition("line ")[2].partition(",")[0] if lines else ""
    return int(number) if number.isdigit() else None


def package_problem(name: str, error: BaseException) -> Problem | None:
    """Say that a network needs a package that is not there, if the error came from that."""
    found = NOT_A_LAYER.match(message_of(error))
    used = error.name if isinstance(error, StandInUsed) else found[1] if found else ""
    return not_available(used, name, error) if used else None


def not_available(used: str, name: str, error: BaseException) -> Problem:
    """Say that a network needs something that a submission does not have."""
    message = f"{name} uses {used}, which a submission does not have"
    return Problem("interface", message, ONE_FILE, student_line(error))


def failed_forward(error: BaseException, source: str) -> Problem:
    """Say how a network failed on a batch of images."""
    line = student_line(error)
    at = f"line {line}" if line else "forward"
    hint = "images arrive as (N, 1, 28, 28); print shapes on the way to find the misfit"
    return Problem("interface", f"{at} {what_happened(error)}", advice(error, source) or hint, line)
