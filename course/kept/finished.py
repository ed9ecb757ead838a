"""The course's last network as it was trained: what it knows, and what it misreads.

    network = finished.network()        # 7,578 parameters, in eval mode, ready to read
    found, seeds = finished.misread()   # the test digits that any of the recorded seeds misreads

The grader trained it, and `python -m solutions.finished` kept what came of it; nothing is trained
here.
"""

from __future__ import annotations

import json
from typing import cast

from safetensors.torch import load_file
from torch import nn

from course.figures.images.misread import Misread
from course.records import recorded

NAME = "under_8k"


def network() -> nn.Module:
    """Return the network of the first recorded seed."""
    model, _ = recorded(NAME)
    names: dict[str, object] = {}
    exec(compile(model.read_text("utf-8"), str(model), "exec"), names)  # noqa: S102  our own file
    made = cast(type[nn.Module], names["Net"])()
    made.load_state_dict(load_file(model.with_name("weights.safetensors")), strict=False)
    return made.eval()


def misread() -> tuple[list[Misread], int]:
    """Return the test digits that are misread, what most seeds miss first, and how many seeds."""
    model, _ = recorded(NAME)
    kept = json.loads(model.with_name("misread.json").read_text("utf-8"))
    return [Misread(*one) for one in kept["misread"]], kept["seeds"]
