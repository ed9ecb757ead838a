"""The planner on the site: its page, and what its script takes from autograder/planning/.

Words, limits and texts stand there alone; plan.js and plan.shown.js get them as PLANNER.
"""

from __future__ import annotations

import json

from autograder.assignment import load
from autograder.planning import arithmetic, building, grammar, picture, writing

EXAMPLE = "8 12 p 16 16 p 16 gap"
SCRIPTS = ("planner.data.js", "plan.js", "plan.shown.js", "planner.js")


def data() -> str:
    """Return the script that names what the others share with Python."""
    rules, template = load("under-8k"), writing.TEMPLATE.read_text("utf-8")
    shared = {
        "SIDE": arithmetic.SIDE,
        "DIGITS": building.DIGITS,
        "KERNEL": building.KERNEL,
        "POOL": building.POOL,
        "DROPOUT": building.DROPOUT,
        "MOST_WORDS": grammar.MOST_WORDS,
        "MOST_CHANNELS": grammar.MOST_CHANNELS,
        "KINDS": grammar.KINDS,
        "SWITCHES": grammar.SWITCHES,
        "SUFFIXES": grammar.SUFFIXES,
        "OTHERWISE": list(grammar.OTHERWISE.items()),
        "RULES": {
            "name": rules.name,
            "fewer_parameters_than": rules.fewer_parameters_than,
            "whole_map_allowed": rules.whole_map_allowed,
        },
        "HEADS": picture.HEADS,
        "CAPTION": picture.CAPTION,
        "BAR": picture.BAR,
        "OVER": picture.OVER,
        "MARKS": picture.MARKS,
        "WIDTH": writing.WIDTH,
        "START": writing.START,
        "RESIDUAL": writing.RESIDUAL,
        "NET": writing.NET,
        "NO_BIAS": writing.NO_BIAS,
        "RECIPE": template[template.index(writing.RECIPE) :],
    }
    return f"const PLANNER = {json.dumps(shared, ensure_ascii=False)};\n"
