"""How to train, as data, in torch's and torchvision's own names; checked, then completed.

    RECIPE = dict(
        epochs=15, batch_size=64,
        optimizer=dict(name="SGD", lr=0.1, momentum=0.9, nesterov=True, weight_decay=1e-4),
        scheduler=dict(name="OneCycleLR", max_lr=0.1, pct_start=0.2),
        augment=[dict(name="RandomAffine", degrees=6, translate=(0.04, 0.04), scale=(0.94, 1.06))],
        label_smoothing=0.0, average=dict(name="EMA", decay=0.99, every=10),
    )

What may be written where stands in arguments.py. This file imports no torch until it builds an
optimizer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from course.recipe.reading import RecipeError as RecipeError
from course.recipe.reading import (
    integer,
    number,
    plain,
    read_list,
    read_named,
    read_value,
    show,
    unknown,
)
from course.recipe.tables import AVERAGES, OPTIMIZERS, SCHEDULERS, TRANSFORMS

if TYPE_CHECKING:
    import torch


def _default_optimizer() -> dict[str, Any]:
    # SGD at a high rate that falls to zero: in our first tries networks this small ended higher
    # with it than with AdamW, and it is the optimizer whose every term a lesson can draw. With
    # BatchNorm, weight decay mostly sets how fast directions change; 1e-4 is mild.
    return {"name": "SGD", "lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-4}


def _default_scheduler() -> dict[str, Any]:
    # A rate that ends at zero is the strongest single gain in few epochs; the first fifth warms
    # up so that 0.1 is safe. max_lr is the optimizer's lr, whichever optimizer the student took.
    return {"name": "OneCycleLR", "pct_start": 0.2}


def _default_augment() -> tuple[dict[str, Any], ...]:
    # A pixel, a few degrees and a few percent: more than this, and a tiny network underfits.
    # Bilinear, since "nearest" tears strokes that are two pixels wide.
    affine = {"degrees": 6, "translate": (0.04, 0.04), "scale": (0.94, 1.06)}
    return ({"name": "RandomAffine", **affine, "interpolation": "bilinear"},)


@dataclass(frozen=True)
class Recipe:
    """Hold how one network is trained; every value is checked, complete and in one normal form."""

    epochs: int = 15
    batch_size: int = 64
    optimizer: dict[str, Any] = field(default_factory=_default_optimizer)
    scheduler: dict[str, Any] | None = field(default_factory=_default_scheduler)  # None: constant
    augment: tuple[dict[str, Any], ...] = field(default_factory=_default_augment)
    label_smoothing: float = 0.0
    average: dict[str, Any] | None = None

    @classmethod
    def read(cls, data: object) -> Recipe:
        """Return the recipe that a dict, a Recipe or None (the default recipe) describes."""
        if data is None:
            return cls()
        if issubclass(type(data), Recipe):
            data = object.__getattribute__(data, "__dict__")  # its dicts may have been changed
        data = plain("the recipe", data)
        names = [one.name for one in fields(cls)]
        if type(data) is not dict:
            raise RecipeError(
                f"expected the recipe to be a dict, found {show(data)}",
                f"write RECIPE = dict(…) with any of {', '.join(names)}",
            )
        for key in data:
            if key not in names:
                raise unknown("a key of the recipe", key, names)
        return cls(**data)

    def __post_init__(self) -> None:
        """Check every value and put it in normal form: tuples within, floats where numbers go."""
        given = {one.name: plain(one.name, getattr(self, one.name)) for one in fields(self)}

        def keep(name: str, value: Any) -> None:
            object.__setattr__(self, name, value)  # frozen for everyone else

        keep("epochs", read_value("epochs", given["epochs"], integer("[1, 1000]", 15)))
        keep("batch_size", read_value("batch_size", given["batch_size"], integer("[1, 10000]", 64)))
        smoothing = number("[0, 1)", 0.0)
        keep("label_smoothing", read_value("label_smoothing", given["label_smoothing"], smoothing))
        keep("optimizer", read_named("optimizer", given["optimizer"], OPTIMIZERS))
        keep("augment", read_list("augment", given["augment"], "transform", TRANSFORMS, 0, 10))
        for name, table in (("scheduler", SCHEDULERS), ("average", AVERAGES)):
            value = given[name]
            keep(name, None if value is None else read_named(name, value, table))
        _check_optimizer(self.optimizer)
        if self.scheduler is not None:
            _complete_scheduler(self.scheduler, self.optimizer)
        if self.average is not None and self.average.get("start", 1) > self.epochs:
            start = self.average["start"]
            raise RecipeError(
                f"expected SWA to start within the {self.epochs} epochs, found start={start}",
                "averaging only the last quarter of the epochs is usual",
            )

    def as_dict(self) -> dict[str, Any]:
        """Return the recipe as JSON has it; Recipe.read of that equals this recipe."""
        return {one.name: plain(one.name, getattr(self, one.name)) for one in fields(self)}

    def build_optimizer(
        self, parameters: Iterable[torch.Tensor], **machinery: Any
    ) -> torch.optim.Optimizer:
        """Make torch's optimizer; `machinery` is the grader's own choice, such as capturable."""
        import torch

        arguments = {key: value for key, value in self.optimizer.items() if key != "name"}
        build = getattr(torch.optim, self.optimizer["name"])
        optimizer: torch.optim.Optimizer = build(parameters, **arguments, **machinery)
        return optimizer


def _check_optimizer(optimizer: dict[str, Any]) -> None:
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
    raise RecipeError(f"expected {expected} with nesterov=True, found {found}", hint)


def _complete_scheduler(scheduler: dict[str, Any], optimizer: dict[str, Any]) -> None:
    """Settle, in place, what depends on the optimizer, and check what depends on two arguments."""
    name = scheduler["name"]
    if name == "OneCycleLR" and scheduler["max_lr"] is None:
        scheduler["max_lr"] = optimizer["lr"]
    if "cycle_momentum" in scheduler:
        # Torch cycles SGD's and RMSprop's momentum (from 0, too) or the first beta, and raises for
        # the two optimizers with neither. Who wrote True there is told so; who wrote nothing only
        # took over a default that was never meant for them.
        moves = "momentum" in optimizer or "betas" in optimizer
        if scheduler["cycle_momentum"] is None:
            scheduler["cycle_momentum"] = moves
        elif scheduler["cycle_momentum"] and not moves:
            raise RecipeError(
                f"expected an optimizer with momentum or betas for {name} with"
                f" cycle_momentum=True, found {optimizer['name']}",
                "write cycle_momentum=False, or take SGD or Adam",
            )
    if name == "SequentialLR" and len(scheduler["milestones"]) != len(scheduler["schedulers"]) - 1:
        raise RecipeError(
            f"expected one milestone between every two of the {len(scheduler['schedulers'])}"
            f" schedulers, found {len(scheduler['milestones'])}",
            "a milestone is the step or epoch at which the next scheduler takes over",
        )
