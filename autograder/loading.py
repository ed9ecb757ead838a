"""Run a student's file, inside the jail, and find the network in it.

Files come as students leave them: with plots, summaries and data loading around the network,
tabs and spaces mixed, several networks in one file. Each works, or gets a sentence with its line.
"""

import inspect
import re
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from io import StringIO
from types import ModuleType
from typing import Any
from unittest.mock import patch

import torch
import torch.utils.data
from torch import nn

from autograder.problem import Problem
from autograder.standins import StandIn, StandInFinder, StandInUsed

FILENAME = "model.py"
FREE_BATCH = (
    "the batch may have any size: use x.size(0) or -1 where it stands, not a number or len(x)"
)
PLAIN = "submit the plain nn.Module, without torch.jit"
GUARD = 'put work that runs when the file is opened under `if __name__ == "__main__":`'


class StudentFile:
    """A student's file after it ran once: its module, and the line each layer was made on."""

    def __init__(self, source: bytes) -> None:
        self.lines_of: dict[int, int] = {}  # id of a layer: the student's line that made it
        self.text = decode(source)
        self.finder = StandInFinder(FILENAME)
        self.module = ModuleType("model")
        self.module.__file__ = FILENAME
        self.borrowed = ExitStack()  # what is put back when the file is closed

    def __enter__(self) -> "StudentFile":
        """Watch layers being made, from the file's first line to the network's last."""
        self.borrowed.enter_context(patch.object(nn.Module, "__init__", self.noting()))
        # Not patch.dict: on leaving it would forget every module imported meanwhile.
        sys.modules[self.module.__name__] = self.module
        self.borrowed.callback(sys.modules.pop, self.module.__name__, None)
        return self

    def __exit__(self, *exception: object) -> None:
        self.borrowed.close()

    def run(self) -> None:
        """Execute the file from top to bottom, with stand-ins for what is not there."""
        code = compiled(self.text)
        StandIn.computing = False
        loader = StandIn("torch.utils.data.DataLoader")  # of data that is a stand-in too
        try:
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
            line = student_line(error, last=False)
            message = f"line {line} uses {error.name}, which a submission does not have"
            raise Problem("readable", message, GUARD, line) from None
        except BaseException as error:
            raise self.import_problem(error) from None
        finally:
            StandIn.computing = True
            stand_ins = [n for n, module in sys.modules.items() if isinstance(module, StandIn)]
            for name in stand_ins:
                del sys.modules[name]  # torch's own imports must not meet a stand-in

    def noting(self) -> Callable[..., None]:
        """Make an `__init__` for layers that notes which of the student's lines made each."""
        make = nn.Module.__init__

        def noting(layer: nn.Module, *args: Any, **kwargs: Any) -> None:
            make(layer, *args, **kwargs)
            frame = sys._getframe(1)
            while frame is not None and frame.f_code.co_filename != FILENAME:
                frame = frame.f_back  # type: ignore[assignment]
            if frame is not None:
                self.lines_of[id(layer)] = frame.f_lineno

        return noting

    def import_problem(self, error: BaseException) -> Problem:
        """Say in a sentence why the file could not be run to its end."""
        line = student_line(error)
        at = f"line {line}" if line else "the file"
        if isinstance(error, SystemExit):
            return Problem("readable", f"{at} ends the program", GUARD, line)
        if isinstance(error, EOFError):
            return Problem("readable", f"{at} asks for input, and nobody is there", GUARD, line)
        message = f"{at} {stops(error)}"
        return Problem("readable", message, advice(error, self.text) or GUARD, line)

    def networks(self) -> dict[str, type[nn.Module]]:
        """List the classes of networks that this file defines, in order."""
        return {
            name: value
            for name, value in vars(self.module).items()
            if isinstance(value, type)
            and issubclass(value, nn.Module)
            and value.__module__ == self.module.__name__
        }

    def pick(self, wanted: str | None) -> nn.Module:
        """Build the network that is meant: the named one, `Net`, or the only one there is."""
        classes = self.networks()
        if wanted is not None:
            if wanted not in classes:
                raise Problem("interface", f"there is no class {wanted!r}", self.offer(classes))
            return build(wanted, classes[wanted], self.text)
        if "Net" in classes:
            return build("Net", classes["Net"], self.text)
        if len(classes) == 1:
            [(name, only)] = classes.items()
            return build(name, only, self.text)
        ready = {
            name: made for name, cls in classes.items() if (made := try_build(cls)) is not None
        }
        if len(ready) == 1:
            [network] = ready.values()
            return network
        if not classes:
            hint = "define `class Net(nn.Module)`; `autograde new` writes one to start from"
            raise Problem("interface", "there is no network in this file", hint)
        raise Problem(
            "interface",
            f"there is no class `Net` among the {len(classes)} networks of this file",
            self.offer(classes),
        )

    def offer(self, classes: dict[str, type[nn.Module]]) -> str:
        """List the networks one may pick, with their parameters."""
        ready = {
            name: made for name, cls in classes.items() if (made := try_build(cls)) is not None
        }
        if not ready:
            return "name the network's class `Net`, and let it need no arguments"
        counts = [f"{name} ({count(made):,} parameters)" for name, made in ready.items()]
        return f"pick one with --net NAME: {', '.join(counts[:20])}"


def decode(source: bytes) -> str:
    """Turn a file's bytes into text, or say why they are none."""
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


def compiled(text: str) -> Any:
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
        raise Problem("readable", f"the file cannot be compiled: {said(error)}") from None


def advice(error: BaseException, source: str = "") -> str:
    """Say what to do about an error of the student's code, if it is a common one."""
    text = said(error)
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
            return "a submission is one file: copy what the network needs into it"
        return "check the name's spelling; only torch, numpy and Python's own packages are there"
    if "TorchScript" in text:
        return PLAIN
    if isinstance(error, OSError):
        return "there are no files and no network where a submission runs"
    if "before Module.__init__" in text:
        return "call `super().__init__()` first in __init__"
    if "NVIDIA" in text or "CUDA" in text:
        return 'the grader picks the device: remove .cuda() and .to("cuda")'
    if any(word in text.lower() for word in ("double", "half", "complex", "dtype")):
        return "keep every number float32: remove .double(), .half() and dtype="
    if re.match(r"shape '\[\d", text):
        return FREE_BATCH
    return ""


def build(name: str, cls: type[nn.Module], source: str = "") -> nn.Module:
    """Make a network from its class, which must need no arguments."""
    needed = required_arguments(cls)
    if needed:
        wrap = "" if name == "Net" else f", or add `class Net({name})` whose __init__ passes them"
        message = f"{name} needs arguments: {', '.join(needed)}"
        raise Problem("interface", message, f"give them defaults{wrap}", first_line(cls))
    try:
        torch.manual_seed(0)  # the same file gives the same data
        return cls()
    except StandInUsed as error:
        message = f"{name} uses {error.name}, which a submission does not have"
        line = student_line(error)
        raise Problem("interface", message, "write it with torch alone", line) from None
    except Problem:
        raise
    except SystemExit as error:
        message = f"{name}() ends the program"
        raise Problem("interface", message, "remove the exit", student_line(error)) from None
    except Exception as error:
        message = f"{name}() {stops(error)}"
        hint = advice(error, source) or f"try `{name}()` in a Python prompt"
        raise Problem("interface", message, hint, student_line(error)) from None


def try_build(cls: type[nn.Module]) -> nn.Module | None:
    """Make a network if it is one: no arguments needed, ten scores for an image."""
    try:
        network = build(cls.__name__, cls).eval()
        with torch.no_grad():
            scores = network(torch.zeros(2, 1, 28, 28))
    except Exception:
        return None
    return network.train() if isinstance(scores, torch.Tensor) and scores.numel() == 20 else None


def required_arguments(cls: type[nn.Module]) -> list[str]:
    """List the arguments that a constructor cannot do without."""
    return required(cls.__init__)[1:]


def required(function: Callable[..., Any]) -> list[str]:
    """List the arguments that a function cannot do without."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    open_ended = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p.name for p in parameters if p.default is p.empty and p.kind not in open_ended]


def count(network: nn.Module) -> int:
    """Count parameters for a list of choices; the grader counts for itself."""
    return sum({id(p): p.numel() for p in nn.Module.parameters(network)}.values())


def student_line(error: BaseException, *, last: bool = True) -> int | None:
    """Return the last, or the first, line of the student's own file on the way to an error."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == FILENAME]
    return lines[-1 if last else 0] if lines else None


def first_line(cls: type[nn.Module]) -> int | None:
    """Return the line on which a class's constructor begins."""
    code = getattr(cls.__init__, "__code__", None)
    return code.co_firstlineno if code is not None and code.co_filename == FILENAME else None


def stops(error: BaseException) -> str:
    """Say how an error ended the student's code, alike on every machine."""
    text = said(error)
    if "NVIDIA" in text or "CUDA" in text:
        return "asks for a GPU, which a submission does not have"
    return f"stops with {type(error).__name__}: {text}"


def said(error: BaseException) -> str:
    """Return an error's first line, short enough for a sentence."""
    try:
        lines = str(error).strip().splitlines()
    except Exception:
        lines = []
    # Addresses and paths are this machine's own.
    words = re.sub(r" \((/|[A-Z]:).*?\)", "", lines[0]) if lines else ""
    words = re.sub(r" at 0x[0-9a-f]+", "", words)
    return words[:200] or "no message"


def used_on(trace: str) -> int | None:
    """Return the student's last line in a stack trace that is text."""
    lines = [row for row in trace.splitlines() if f'"{FILENAME}"' in row]
    number = lines[-1].partition("line ")[2].partition(",")[0] if lines else ""
    return int(number) if number.isdigit() else None
