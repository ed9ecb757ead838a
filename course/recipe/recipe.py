"""How to train, as data, in torch's and torchvision's own names; checked, then completed.

    RECIPE = dict(
        epochs=15, batch_size=64,
        optimizer=dict(name="SGD", lr=0.1, momentum=0.9, nesterov=True, weight_decay=1e-4),
        scheduler=dict(name="OneCycleLR", max_lr=0.1, pct_start=0.2),
        augment=[dict(name="RandomAffine", degrees=6, translate=(0.04, 0.04), scale=(0.94, 1.06))],
        label_smoothing=0.0, average=dict(name="EMA", decay=0.99, every=10),
    )

tables.py lists what may be written. This file imports no torch until it builds an optimizer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from course.recipe.reading import (
    Argument,
    Part,
    RecipeError,
    arguments_of,
    entries_of,
    name_of,
    plain,
    read_list,
    read_named,
    read_value,
    rest_of,
    unknown,
    within,
)
from course.recipe.tables import AVERAGES, OPTIMIZERS, SCHEDULERS, SGD, TRANSFORMS
from course.recipe.transforms import happening
from course.validators import counted, integer, number, show

if TYPE_CHECKING:
    import torch

_NUMBERS = {
    "epochs": Argument(integer("[1, 1000]"), 15),
    "batch_size": Argument(integer("[1, 10_000]"), 64),
    "label_smoothing": Argument(number("[0, 1)"), 0.0),
}


def _default_scheduler() -> Part:
    # A rate that ends at zero is the strongest single gain in few epochs; the first fifth warms
    # up so that 0.1 is safe. max_lr is the optimizer's lr, whichever optimizer the student took.
    return {"name": "OneCycleLR", "pct_start": 0.2}


def _default_augment() -> tuple[Part, ...]:
    # A pixel, a few degrees and a few percent: more than this, and a tiny network underfits.
    # Bilinear, since "nearest" tears strokes that are two pixels wide.
    affine: Part = {"degrees": 6, "translate": (0.04, 0.04), "scale": (0.94, 1.06)}
    return ({"name": "RandomAffine", **affine, "interpolation": "bilinear"},)


@dataclass(frozen=True)
class Recipe:
    """How one network is trained; every value is checked, complete and in one normal form."""

    epochs: int = 15
    batch_size: int = 64
    optimizer: Part = field(default_factory=SGD.copy)
    scheduler: Part | None = field(default_factory=_default_scheduler)  # None: a constant rate
    augment: tuple[Part, ...] = field(default_factory=_default_augment)
    label_smoothing: float = 0.0
    average: Part | None = None

    @classmethod
    def read(cls, data: object) -> Recipe:
        """Return the recipe that a dict, a Recipe or None (the default recipe) describes."""
        if data is None:
            return cls()
        if issubclass(type(data), Recipe):
            data = object.__getattribute__(data, "__dict__")  # its dicts may have been changed
        given = plain("the recipe", data)
        names = [one.name for one in fields(cls)]
        if not isinstance(given, dict):
            raise RecipeError(
                f"expected the recipe to be a dict, found {show(given)}",
                f"write RECIPE = dict(…) with any of {', '.join(names)}",
            )
        for key in given:
            if key not in names:
                with within(key):
                    raise unknown("a key of the recipe", key, names)
        return cls(**given)  # type: ignore[arg-type]  # __post_init__ checks each of them

    def __post_init__(self) -> None:
        """Check every value and put it in normal form: tuples within, floats where numbers go."""
        given = self.as_dict()

        def keep(name: str, value: object) -> None:
            object.__setattr__(self, name, value)  # frozen for everyone else

        for name, argument in _NUMBERS.items():
            with within(name):
                keep(name, read_value(name, given[name], argument))
        with within("optimizer"):
            keep("optimizer", read_named("optimizer", given["optimizer"], OPTIMIZERS))
            _check_optimizer(self.optimizer)
        with within("augment"):
            listed = read_list("augment", given["augment"], "transform", TRANSFORMS, 0, 10)
            keep("augment", happening(listed))
        for name, table in (("scheduler", SCHEDULERS), ("average", AVERAGES)):
            value = given[name]
            with within(name):
                keep(name, None if value is None else read_named(name, value, table))
        if self.scheduler is not None:
            with within("scheduler"):
                _complete_scheduler(self.scheduler, self.optimizer)
        start = 1 if self.average is None else self.average.get("start", 1)
        if isinstance(start, int) and start > self.epochs:
            most = counted(self.epochs, "epoch")
            raise RecipeError(
                f"expected SWA to start within the {most}, found start={start}",
                "averaging only the last quarter of the epochs is usual",
                ("average", "start"),
            )

    def __hash__(self) -> int:
        """Hash what is written: dicts within have no hash, and nothing changes them."""
        return hash(json.dumps(self.as_dict(), sort_keys=True))

    def as_dict(self) -> dict[str, object]:
        """Return the recipe as JSON has it; Recipe.read of that equals this recipe."""
        return {one.name: plain(one.name, getattr(self, one.name)) for one in fields(self)}

    def build_optimizer(
        self, parameters: Iterable[torch.Tensor], **machinery: bool
    ) -> torch.optim.Optimizer:
        """Make torch's optimizer; `machinery` is the grader's own choice, such as capturable.

        Muon's is for matrices alone; course/training/muon.py adds the one for the rest.
        """
        return build(self.optimizer, parameters, **machinery)


def build(
    optimizer: Part, parameters: Iterable[torch.Tensor], **machinery: bool
) -> torch.optim.Optimizer:
    """Make torch's optimizer of a part of a recipe."""
    import torch

    make: Callable[..., torch.optim.Optimizer] = getattr(torch.optim, name_of(optimizer))
    arguments = {key: value for key, value in arguments_of(optimizer).items() if key != "rest"}
    return make(parameters, **arguments, **machinery)


def _check_optimizer(optimizer: Part) -> None:
    if rest := rest_of(optimizer):
        with within("rest"):
            _check_optimizer(rest)
        return
    # Nesterov looks ahead along the momentum: without one there is nowhere to look.
    if not optimizer.get("nesterov"):
        return
    momentum, dampening = optimizer["momentum"], optimizer["dampening"]
    if momentum == 0:
        expected, hint = "a momentum above 0", "write momentum=0.9, or leave nesterov out"
    elif dampening != 0:
        expected, hint = "dampening 0", "leave dampening out"
    else:
        return
    found = f"momentum={momentum} and dampening={dampening}"
    raise RecipeError(f"expected {expected} with nesterov=True, found {found}", hint, ("nesterov",))


def _complete_scheduler(scheduler: Part, optimizer: Part) -> None:
    """Settle, in place, what depends on the optimizer, and check what depends on two arguments."""
    name = name_of(scheduler)
    if name == "OneCycleLR" and scheduler["max_lr"] is None:
        scheduler["max_lr"] = optimizer["lr"]
    if "cycle_momentum" in scheduler:
        # Torch cycles SGD's and RMSprop's momentum (from 0, too) or the first beta, and raises for
        # the two optimizers with neither. A student who wrote True is told so; one who wrote
        # nothing took over a default that was never meant for those two.
        moves = "momentum" in optimizer or "betas" in optimizer
        if scheduler["cycle_momentum"] is None:
            scheduler["cycle_momentum"] = moves
        elif scheduler["cycle_momentum"] and not moves:
            raise RecipeError(
                f"expected an optimizer with momentum or betas for {name} with"
                f" cycle_momentum=True, found {name_of(optimizer)}",
                "write cycle_momentum=False, or take SGD or Adam",
                ("cycle_momentum",),
            )
    if name == "SequentialLR":
        schedulers = len(entries_of(scheduler["schedulers"]))
        milestones = len(entries_of(scheduler["milestones"]))
        if milestones != schedulers - 1:
            raise RecipeError(
                f"expected one milestone between every two of the {schedulers} schedulers,"
                f" found {milestones}",
                "a milestone is the step or epoch at which the next scheduler takes over",
                ("milestones",),
            )
