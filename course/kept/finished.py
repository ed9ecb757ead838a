"""The course's last network as it was trained: what it knows, and what it misreads.

    network = finished.network()        # 7,578 parameters, in eval mode, ready to read
    found, seeds = finished.misread()   # the test digits that any of the recorded seeds misreads

`python -m solutions.finished` trained it, with the recorded seeds; nothing is trained here.
"""

from __future__ import annotations

import json
from collections import Counter
from statistics import fmean
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
    runs: dict[str, list[tuple[int, int, int, float]]] = json.loads(
        model.with_name("misread.json").read_text("utf-8")
    )
    places: dict[int, list[tuple[int, int, float]]] = {}
    for run in runs.values():
        for place, label, read, sure in run:
            places.setdefault(place, []).append((label, read, sure))
    found = []
    for place, wrong in places.items():
        [(most, _)] = Counter(read for _, read, _ in wrong).most_common(1)
        mean = fmean(sure for _, read, sure in wrong if read == most)
        found.append(Misread(place, wrong[0][0], most, mean, len(wrong)))
    return sorted(found, key=lambda one: (-one.misses, -one.sure, one.place)), len(runs)
