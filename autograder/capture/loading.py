"""A student's file, run inside the jail until its network stands.

    with Clock() as clock, StudentFile(source) as file:
        file.run(clock)
        name, network = file.pick(None, count)    # choosing.py

Files come as students leave them: a script or a notebook, with plots, summaries, downloads and
training around the network. What of that fails is skipped (running/statements.py); what is missing
is stood in for (running/standins.py).
"""

import ast
import sys
from collections.abc import Callable
from contextlib import ExitStack
from io import StringIO
from types import FrameType, ModuleType
from unittest.mock import patch

import torch
import torch.utils.data
from torch import nn

from autograder.capture.choosing import Choice, Count
from autograder.capture.running.clock import Clock
from autograder.capture.running.digits import Loader, no_training
from autograder.capture.running.source import Source
from autograder.capture.running.standins import StandIn, StandInFinder
from autograder.capture.running.statements import Statements
from autograder.capture.tracebacks import FILENAME

JUPYTERS = ("get_ipython", "display")  # which a notebook has without importing them


class StudentFile:
    """A student's file: its module once it has run, and the line each layer was made on."""

    def __init__(self, source: bytes) -> None:
        self.lines_of: dict[int, int] = {}  # id of a layer: the student's line that made it
        self.source = Source(source)
        self.finder = StandInFinder(FILENAME)
        self.module = ModuleType("model")
        self.module.__file__ = FILENAME
        self.call: ast.Call | None = None  # that makes the picked network, if it needs arguments
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

    def run(self, clock: Clock) -> Statements:
        """Execute the file from top to bottom, with stand-ins for what is not there."""
        statements = Statements(self.source, self.module, clock)
        StandIn.computing = False
        vars(self.module).update({name: StandIn(name) for name in JUPYTERS})
        try:
            # First of all finders, so that a package is missing here even where it is installed:
            # the same file must give the same submission on every machine.
            with (
                patch.object(sys, "meta_path", [self.finder, *sys.meta_path]),
                patch.object(sys, "argv", [FILENAME]),
                patch.object(sys, "stdin", StringIO()),
                patch.object(torch.utils.data, "DataLoader", Loader),
                patch.object(torch.Tensor, "backward", no_training),
            ):
                torch.manual_seed(0)  # the same file must give the same submission
                statements.run()
        finally:
            StandIn.computing = True
            stand_ins = [n for n, module in sys.modules.items() if isinstance(module, StandIn)]
            for name in stand_ins:
                del sys.modules[name]  # torch's own imports must not meet a stand-in
        return statements

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

    def pick(self, wanted: str | None, count: Count) -> tuple[str, nn.Module]:
        """Build the network to grade: the named one, `Net`, or the only one that works."""
        choice = Choice(self.module, self.source)
        name, network = choice.pick(wanted, count)
        self.call = choice.built_by.get(name)
        return name, network
