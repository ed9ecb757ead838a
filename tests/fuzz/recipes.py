"""Random recipes: most of them some that can be followed, and some that only look so.

draw(chance)     # dict(epochs=2, optimizer=dict(name="NAdam", …), …), as a RECIPE is captured
"""

import random
from typing import Any

from course.recipe.reading import REQUIRED, Argument, Table
from course.recipe.tables import AVERAGES, OPTIMIZERS, PHASES, SCHEDULERS, TRANSFORMS

VALUES: list[Any] = [
    *(0, 1, 2, 3, 5, 28, 100, 0.0, 1.0, 0.1, 0.3, 0.5, 0.9, 0.99, 1e-3, 1e-4, 1e-12, 10.0, 1e-45),
    *(True, False, None, "step", "epoch", "cos", "linear", "nearest", "bilinear", "constant"),
    *("edge", "reflect", "symmetric", "random", "triangular", "triangular2", "exp_range"),
    *("cycle", "iterations", [0.9, 0.999], [0.0, 0.0], [0.1, 0.2], [0.9, 1.1], [1], [5, 10]),
    *([-30, 30], [14, 14], [1, 2, 3, 4], [0.02, 0.33], [2, 3, 4, 5, 6, 7], -1, 10**9, 1e300),
    # for Muon's rest
    *({"name": "SGD", "lr": 0.1, "momentum": 0.9}, {"name": "AdamW"}, {"name": "Muon"}),
]
TRIES = 60  # until an argument accepts


def value(argument: Argument, chance: random.Random) -> Any:
    """Draw something that an argument accepts; what it does not, now and then."""
    for _ in range(TRIES):
        drawn = chance.choice(VALUES)
        if chance.random() < 0.01:
            return drawn
        try:
            argument.accepts(drawn)
        except ValueError:  # Unfit or a RecipeError of a part within it
            continue
        return drawn
    return None


def part(table: Table, chance: random.Random, name: str = "") -> dict[str, Any]:
    """Draw one named part with some of its arguments."""
    name = name or chance.choice(list(table))
    drawn: dict[str, Any] = {"name": name}
    for key, argument in table[name].items():
        if argument.default is REQUIRED or chance.random() < 0.4:
            drawn[key] = value(argument, chance)
    if name == "SequentialLR":
        parts = chance.randrange(1, 4)
        drawn["schedulers"] = [part(PHASES, chance) for _ in range(parts)]
        drawn["milestones"] = sorted(chance.sample(range(1, 20), parts - 1))
    return drawn


def draw(chance: random.Random) -> Any:
    """Draw a recipe."""
    if chance.random() < 0.05:
        return chance.choice([None, {}, [], "SGD", {"epochs": 0}, {"lr": 0.1}, {"epochs": True}])
    recipe: dict[str, Any] = {"epochs": chance.choice([1, 1, 2, 3, 15, 16])}
    recipe["batch_size"] = chance.choice([2, 16, 32, 64, 64, 64, 100, 128, 7])
    if chance.random() < 0.8:
        recipe["optimizer"] = part(OPTIMIZERS, chance)
    if chance.random() < 0.7:
        recipe["scheduler"] = chance.choice([None, part(SCHEDULERS, chance)])
    if chance.random() < 0.7:
        recipe["augment"] = [part(TRANSFORMS, chance) for _ in range(chance.randrange(3))]
    if chance.random() < 0.4:
        recipe["average"] = chance.choice([None, part(AVERAGES, chance)])
    if chance.random() < 0.3:
        recipe["label_smoothing"] = chance.choice([0, 0.1, 0.5, 0.99, 1, -1])
    return recipe
