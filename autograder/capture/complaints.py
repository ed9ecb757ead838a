"""Say what went wrong in a student's own code: the line it happened on, and what to do about it.

Most functions here take an exception that the student's code raised, and none trusts it: its class
and its text are the student's to choose.
"""

import re

from torch import nn

from autograder.capture.running.skipped import ONE_FILE, WITHOUT_DATA
from autograder.capture.running.source import Source
from autograder.capture.running.standins import StandIn, StandInUsed
from autograder.capture.tracebacks import message_of, student_line, what_happened
from autograder.problem import Problem
from autograder.source.lines import place

FREE_BATCH = (
    "the batch may have any size: use x.size(0) or -1 where it stands, not a number or len(x)"
)
NO_TORCHSCRIPT = "submit the plain nn.Module, without torch.jit"
SUPER = "write `super().__init__()`, without a class's name"
NO_FILES = "leave it out: where a submission runs are no files, no weights and no network"

# What torch says of a stand-in that is used as a layer. It writes the object's module and name.
NOT_A_LAYER = re.compile(rf"{re.escape(StandIn.__module__)}\.(\S+) is not a Module")


def advice(error: BaseException, source: Source) -> str:
    """Say what to do about an error of the student's code, if it is a common one."""
    text = message_of(error)
    if isinstance(error, NameError):
        return advice_on_name(error, source)
    if text.startswith("super(type"):
        return SUPER  # the class was renamed, and `super(OldName, self)` was forgotten
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
    if re.search(r"\(\d+x28 and 784x\d+\)", text):
        return "flatten the images in forward first: `x = x.flatten(1)`"
    return ""


def advice_on_name(error: NameError, source: Source) -> str:
    """Say what to do about a name that nothing has made."""
    if (skip := source.skipped.missed_by(error)) is not None:
        return skip.cause.hint
    if "super(" in source.line(student_line(error) or 0):
        return SUPER
    hint = {
        "nn": "import it: `import torch.nn as nn`",
        "F": "import it: `import torch.nn.functional as F`",
        "torch": "import it: `import torch`",
    }.get(getattr(error, "name", None) or "", "define or import the name before this line")
    star = "; `from … import *` brings no names from files the grader does not have"
    return hint + (star if "import *" in source.text else "")


def what_failed(error: BaseException, source: Source) -> str:
    """Say how an error ended the student's code, and what of the file it missed."""
    skip = source.skipped.missed_by(error)
    return what_happened(error) + (f": {skip.would_make('it')}" if skip else "")


def package_problem(name: str, error: BaseException) -> Problem | None:
    """Say that a network needs a package that is not there, if the error came from that."""
    found = NOT_A_LAYER.match(message_of(error))
    used = error.name if isinstance(error, StandInUsed) else found[1] if found else ""
    return not_available(used, name, error) if used else None


def not_available(used: str, name: str, error: BaseException) -> Problem:
    """Say that a network needs something that a submission does not have."""
    message = f"{name} uses {used}, which a submission does not have"
    data = isinstance(error, StandInUsed) and error.asks_for_data
    return Problem("interface", message, WITHOUT_DATA if data else ONE_FILE, student_line(error))


def failed_forward(error: BaseException, source: Source) -> Problem:
    """Say how a network failed on a batch of images."""
    line = student_line(error)
    where = place(line) if line else "forward"
    hint = "images arrive as (N, 1, 28, 28); print shapes on the way to find the misfit"
    if isinstance(error, RecursionError):
        hint = "forward may call its layers, not itself"
    message = f"{where} {what_failed(error, source)}"
    return Problem("interface", message, advice(error, source) or hint, line)
