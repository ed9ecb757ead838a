"""Run a student's file, inside the jail.

    with StudentFile(source) as file:
        file.run()
        network = file.pick(None)     # choosing.py

Files come as students leave them: with plots, summaries and data loading around the network, or
with tabs and spaces mixed. Each runs to its end, or its student gets a sentence with the line.
"""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from io import StringIO
from types import CodeType, FrameType, ModuleType
from unittest.mock import patch

import torch
import torch.utils.data
from torch import nn

from autograder.capture.choosing import Choice
from autograder.capture.complaints import (
    FILENAME,
    GUARD,
    NO_FILES,
    advice,
    message_of,
    student_line,
    what_happened,
)
from autograder.capture.standins import StandIn, StandInFinder, StandInUsed
from autograder.problem import Problem


class StudentFile:
    """A student's file: its module once it has run, and the line each layer was made on."""

    def __init__(self, source: bytes) -> None:
        self.lines_of: dict[int, int] = {}  # id of a layer: the student's line that made it
        self.text = decode(source)
        self.finder = StandInFinder(FILENAME)
        self.module = ModuleType("model")
        self.module.__file__ = FILENAME
        self.to_restore = ExitStack()  # what __exit__ puts back

    def __enter__(self) -> "StudentFile":
        """Watch layers being made, from the file's first line to the network's last."""
        self.to_restore.enter_context(patch.object(nn.Module, "__init__", self.noting_lines()))
        # Not patch.dict: on leaving it would forget every module imported meanwhile.
        sys.modules[self.module.__name__] = self.module
        self.to_restore.callback(sys.modules.pop, self.module.__name__, None)
        return self

    def __exit__(self, *exception: object) -> None:
        self.to_restore.close()

    def run(self) -> None:
        """Execute the file from top to bottom, with stand-ins for what is not there."""
        code = compiled(self.text)
        StandIn.computing = False
        loader = StandIn("torch.utils.data.DataLoader")  # its data is a stand-in too
        try:
            # First of all finders, so that a package is missing here even where it is installed:
            # the same file must give the same submission on every machine.
            with (
                patch.object(sys, "meta_path", [self.finder, *sys.meta_path]),
                patch.object(sys, "argv", [FILENAME]),
                patch.object(sys, "stdin", StringIO()),
                patch.object(torch.utils.data, "DataLoader", loader),
            ):
                exec(code, self.module.__dict__)  # noqa: S102  the whole point of the jail
        except Problem:
            raise
        except StandInUsed as error:
            # The first line: the last may lie in a helper that has no fault.
            line = student_line(error, last=False)
            message = f"line {line} uses {error.name}, which a submission does not have"
            raise Problem("readable", message, GUARD, line) from None
        except BaseException as error:
            raise self.run_problem(error) from None
        finally:
            StandIn.computing = True
            stand_ins = [n for n, module in sys.modules.items() if isinstance(module, StandIn)]
            for name in stand_ins:
                del sys.modules[name]  # torch's own imports must not meet a stand-in

    def noting_lines(self) -> Callable[..., None]:
        """Return an `__init__` for layers that notes which of the student's lines made each."""
        make = nn.Module.__init__

        def make_and_note(layer: nn.Module, *args: object, **kwargs: object) -> None:
            make(layer, *args, **kwargs)
            frame: FrameType | None = sys._getframe(1)
            while frame is not None and frame.f_code.co_filename != FILENAME:
                frame = frame.f_back
            if frame is not None:
                self.lines_of[id(layer)] = frame.f_lineno

        return make_and_note

    def run_problem(self, error: BaseException) -> Problem:
        """Say in a sentence why the file could not be run to its end."""
        line = student_line(error)
        at = f"line {line}" if line else "the file"
        if isinstance(error, SystemExit):
            return Problem("readable", f"{at} ends the program", GUARD, line)
        if isinstance(error, EOFError):
            return Problem("readable", f"{at} asks for input, and nobody is there", GUARD, line)
        hint = advice(error, self.text) or GUARD
        if hint == NO_FILES:
            hint = f"{hint}; {GUARD}"
        return Problem("readable", f"{at} {what_happened(error)}", hint, line)

    def pick(self, wanted: str | None) -> nn.Module:
        """Build the network to grade: the named one, `Net`, or the only one that works."""
        return Choice(self.module, self.text).pick(wanted)


def decode(source: bytes) -> str:
    """Turn a file's bytes into text, or say why they are not text."""
    if not source.strip():
        raise Problem("readable", "the file is empty", "`autograde new` writes one to start from")
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Problem("readable", "the file is UTF-16, not UTF-8", "save it as UTF-8")
    if b"\0" in source:
        raise Problem("readable", "the file is not Python text: it holds zero bytes")
    try:
        text = source.decode("utf-8-sig")
        if text.lstrip().startswith("{") and '"cells"' in text:
            hint = "export it as a Python file first (File, Save and Export Notebook As)"
            raise Problem("readable", "the file is a notebook, not a Python file", hint)
        return text
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        hint = "save it as UTF-8, or remove the character"
        message = f"line {line} holds a byte that is not UTF-8 (0x{source[error.start]:02x})"
        raise Problem("readable", message, hint, line) from None


def compiled(text: str) -> CodeType:
    """Compile the student's text, or say on which line it is not Python."""
    try:
        return compile(text, FILENAME, "exec", dont_inherit=True)
    except TabError as error:
        message = f"line {error.lineno} mixes tabs and spaces"
        raise Problem(
            "readable", message, "indent with four spaces throughout", error.lineno
        ) from None
    except SyntaxError as error:
        line = error.lineno
        lines = text.splitlines()
        source = lines[line - 1].strip() if line and line <= len(lines) else ""
        hint = ""
        if source.startswith(("!", "%")):
            hint = "this is a notebook command: remove it"
        raise Problem("readable", f"line {line} is not Python: {error.msg}", hint, line) from None
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise Problem("readable", f"the file cannot be compiled: {message_of(error)}") from None
