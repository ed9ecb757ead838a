"""Run a student's file, inside the jail, and find the network in it.

Files come as students leave them: with plots, summaries and data loading around the network,
tabs and spaces mixed, several networks in one file. Each works, or gets a sentence with its line.
"""

import inspect
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
        self.borrowed.enter_context(patch.dict(sys.modules, {"model": self.module}))
        return self

    def __exit__(self, *exception: object) -> None:
        self.borrowed.close()

    def run(self) -> None:
        """Execute the file from top to bottom, with stand-ins for what is not there."""
        code = compiled(self.text)
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
        name, text = type(error).__name__, said(error)
        hint = GUARD
        if isinstance(error, NameError):
            missing = getattr(error, "name", "") or ""
            hint = {
                "nn": "import it: `import torch.nn as nn`",
                "F": "import it: `import torch.nn.functional as F`",
                "torch": "import it: `import torch`",
            }.get(missing, "define or import the name before this line")
            if "import *" in self.text:
                hint += "; `from … import *` brings no names from files the grader does not have"
        elif isinstance(error, ImportError) and "relative import" in text:
            hint = "a submission is one file: copy what the network needs into it"
        elif isinstance(error, SystemExit):
            return Problem("readable", f"{at} ends the program", GUARD, line)
        elif isinstance(error, PermissionError | FileNotFoundError | OSError):
            text = "there are no files and no network where a submission runs"
        return Problem("readable", f"{at} stops with {name}: {text}", hint, line)

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
            return build(wanted, classes[wanted])
        if "Net" in classes:
            return build("Net", classes["Net"])
        if len(classes) == 1:
            [(name, only)] = classes.items()
            return build(name, only)
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
    if b"\0" in source:
        raise Problem("readable", "the file is not Python text: it holds zero bytes")
    try:
        return source.decode("utf-8-sig")
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
        elif text.lstrip().startswith("{"):
            hint = "this looks like a notebook: export it as a Python file first"
        raise Problem("readable", f"line {line} is not Python: {error.msg}", hint, line) from None
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise Problem("readable", f"the file cannot be compiled: {said(error)}") from None


def build(name: str, cls: type[nn.Module]) -> nn.Module:
    """Make a network from its class, which must need no arguments."""
    needed = required_arguments(cls)
    if needed:
        raise Problem(
            "interface",
            f"{name} needs arguments: {', '.join(needed)}",
            f"give them defaults, or add `class Net({name})` whose __init__ passes them",
            first_line(cls),
        )
    try:
        torch.manual_seed(0)  # the same file gives the same data
        return cls()
    except StandInUsed as error:
        message = f"{name} uses {error.name}, which a submission does not have"
        raise Problem(
            "interface", message, "write it with torch alone", student_line(error)
        ) from None
    except Problem:
        raise
    except (Exception, SystemExit) as error:
        line = student_line(error)
        message = f"{name}() stops with {type(error).__name__}: {said(error)}"
        hint = "every argument of a layer must fit; try `Net()` in a Python prompt"
        if "super" in said(error) or "before Module.__init__" in said(error):
            hint = "call `super().__init__()` first in __init__"
        raise Problem("interface", message, hint, line) from None


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
    try:
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
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


def said(error: BaseException) -> str:
    """Return an error's first line, short enough for a sentence."""
    try:
        lines = str(error).strip().splitlines()
    except Exception:
        lines = []
    return lines[0][:200] if lines else "no message"
