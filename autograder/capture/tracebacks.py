"""Read an exception that the student's code raised: what it says, and on which of their lines.

Nothing of it is trusted: its class and its text are the student's to choose.
"""

import re
import traceback

FILENAME = "model.py"  # what the student's code is compiled as, whatever their file is called


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
    except BaseException:  # the student's own exception may fail to say what it is
        lines = []
    # Addresses and paths differ from machine to machine.
    words = re.sub(r" \((/|[A-Z]:).*?\)", "", lines[0]) if lines else ""
    words = re.sub(r" at 0x[0-9a-f]+", "", words)
    return words[:200] or "no message"


def student_line(error: BaseException) -> int | None:
    """Return the last line of the student's own file on the way to an error."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == FILENAME]
    return lines[-1] if lines else None


def line_in_trace(trace: str) -> int | None:
    """Return the student's last line in a stack trace that torch.export kept as text."""
    lines = [row for row in trace.splitlines() if f'"{FILENAME}"' in row]
    number = lines[-1].partition("line ")[2].partition(",")[0] if lines else ""
    return int(number) if number.isdigit() else None
