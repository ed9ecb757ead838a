"""Random arguments for every operation, the likely ones more often.

Guesses(chance, draft.tensors, draft.statistics).node("conv2d", made=3)
"""

import random
from collections.abc import Iterable
from typing import Any

from autograder.graph.operations import OPERATIONS
from course.validators import Unfit

EQUATIONS = [
    *("nchw,ochw->no", "nc,oc->no", "nchw->nc", "nn->n", "a,b->ab", "abcd,abcd->a", "", "->"),
    *("nchw,nchw->nc", "nchw->wn", "aabb->ab", "ab->abb", "abc,acd->abd", "ni,io->no"),
    *("nchw,oc->nohw", "nchw,nchw->nchw", "nchw,ncxw->nchx"),
]
TRIES = 50  # until an argument's rule accepts


class Guesses:
    """Arguments of operations on `made` values and the stored tensors there are."""

    def __init__(
        self, chance: random.Random, tensors: Iterable[str], statistics: Iterable[str]
    ) -> None:
        self.random = chance
        self.tensors, self.statistics = list(tensors), list(statistics)

    def whole(self) -> int:
        return self.random.choice([0, 1, 1, 1, 2, 2, 3, 4, 7, 28, -1, -2, 64, 2**20])

    def wholes(self) -> list[int]:
        return [self.whole() for _ in range(self.random.randrange(1, 5))]

    def stored(self) -> dict[str, str] | None:
        return {"tensor": self.random.choice(self.tensors)} if self.tensors else None

    def statistic(self) -> dict[str, str] | None:
        return {"tensor": self.random.choice(self.statistics)} if self.statistics else None

    def value(self, made: int) -> dict[str, Any]:
        return {"value": made if self.random.random() < 0.7 else self.random.randrange(made + 1)}

    def argument(self, name: str, made: int) -> Any:
        """Draw anything that may do for an argument of this name."""
        choose = self.random.choice
        axis = self.random.randrange(-4, 4)
        small = self.random.randrange(5)
        guesses: dict[str, list[Any]] = {
            "input": [self.value(made), self.value(made), self.value(made), self.stored()],
            "bias": [None, None, self.stored()],
            "running_mean": [self.statistic()],
            "running_var": [self.statistic()],
            "tensors": [[self.value(made), self.value(made)], [self.value(made), self.stored()]],
            "equation": EQUATIONS,
            "size": [
                ["N", *self.wholes()],
                [-1, *self.wholes()],
                ["N", 784],
                ["N", 28, 28],
                ["N", -1, -1, -1],
            ],
            "dim": [axis, [axis], [2, 3], [2]],
            "dims": [[0, 2, 3, 1], [0, 1, 3, 2], [0, 2, 1], [axis], self.wholes()],
            "pad": [self.wholes(), [0, 0, -1, 1], [1, 1, 1, 1], [-3, 2], [0, 0, 0, 0, 1, 1]],
            "shifts": [[small], [axis]],
            "normalized_shape": [[28, 28], [28], [1, 28, 28], self.wholes()],
            "mode": ["constant", "reflect", "replicate", "circular"],
            "approximate": ["none", "tanh"],
        }
        pair = [[1, 1], [1, 1], [0, 0], [0, 0], [2, 2], [small, self.whole()], "same"]
        guesses.update((key, pair) for key in ("stride", "padding", "dilation", "output_padding"))
        operand = [self.stored(), self.stored(), self.stored(), self.value(made), None, 2, 0.5]
        guesses.update(
            (key, operand) for key in ("weight", "other", "mat1", "mat2", "v", "g", "exponent")
        )
        guesses |= {key: [1, 1, 2, 4, small] for key in ("groups", "num_groups")}
        if name in guesses:
            return choose(guesses[name])
        others = [
            *(self.stored(), self.value(made), None, True, False, "same", small, self.whole()),
            *([small, small], [1, 1], [0, 0], self.wholes(), self.random.uniform(-3, 3), 1e6, 0.1),
        ]
        return choose(others)

    def fitting(self, operation: str, argument: str, made: int) -> Any:
        """Draw an argument that its rule accepts, or raise LookupError."""
        rule = OPERATIONS[operation].rules[argument]
        for _ in range(TRIES):
            raw = self.argument(argument, made)
            try:
                rule(raw)
            except Unfit:
                continue
            return raw
        raise LookupError

    def node(self, name: str, made: int) -> dict[str, Any] | None:
        """Draw one operation whose arguments obey their rules."""
        try:
            args = {
                argument: self.fitting(name, argument, made) for argument in OPERATIONS[name].rules
            }
        except LookupError:
            return None
        return {"op": name, "args": args, "line": 1}
