"""The learning rate of every step, known before training starts: torch's own numbers, bit for bit.

    rates = plan(Recipe(), images=60_000)
    rates.lr[0], rates.lr[-1]    # 0.004, 4e-07

Torch's real scheduler changes a real optimizer that holds one dummy parameter, and the rates are
read off it. So a lesson can plot the schedule before it trains, and no schedule can look at a
test result.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from course.recipe.reading import Part, RecipeError, Setting, arguments_of, entries_of, name_of
from course.recipe.recipe import Recipe

if TYPE_CHECKING:
    import torch

MOST_STEPS = 250_000  # 16 epochs of batches of four; planning them takes a second, training hours
_LARGEST_RATE = 100.0  # as for an optimizer's lr


@dataclass(frozen=True)
class Plan:
    """The learning rate and momentum of every training step."""

    lr: list[float]
    momentum: list[float] | None  # Adam's is its first beta; None: the optimizer's, at every step


def steps_per_epoch(images: int, batch_size: int) -> int:
    """Count the whole batches of an epoch: the last, smaller one is dropped."""
    # With one size of batch a GPU's step is recorded once, and no update gives its few images
    # more weight. Which images are left out changes with every epoch's order.
    return max(1, images // batch_size)


@lru_cache(maxsize=2)  # asked for by a check, for a hash and by each training: long lists, one time
def plan(recipe: Recipe, images: int) -> Plan:
    """Return the rate and momentum of every step of a training on `images` images."""
    import torch

    per_epoch = steps_per_epoch(images, recipe.batch_size)
    steps = recipe.epochs * per_epoch
    if steps > MOST_STEPS:
        raise RecipeError(
            f"expected at most {MOST_STEPS:,} training steps, found {steps:,}",
            f"{recipe.epochs} epochs of {per_epoch:,} steps; a larger batch_size makes fewer",
            ("epochs",),
        )
    optimizer = recipe.build_optimizer([torch.zeros(1, 1, requires_grad=True)])  # as Muon wants it
    group, own = optimizer.param_groups[0], _momentum(optimizer)
    rates: list[float] = []
    momenta: list[float | None] = []
    try:
        scheduler = None
        if recipe.scheduler is not None:
            scheduler = _build(recipe.scheduler, optimizer, recipe.epochs, per_epoch)
            optimizer.step()  # no gradient, so no effect; a scheduler that goes first warns
        for step in range(steps):
            if step and scheduler and (step % per_epoch == 0 or _every_step(recipe)):
                scheduler.step()
            rates.append(_usable_rate(group["lr"], step))
            momenta.append(_usable_momentum(_momentum(optimizer), step))
    except RecipeError:
        raise
    except (ArithmeticError, ValueError) as error:
        # For example OneCycleLR with a warm-up of exactly one step divides by zero.
        name = name_of(recipe.scheduler) if recipe.scheduler else "optimizer"
        raise RecipeError(
            f"expected a learning rate for each of {steps:,} steps, found that torch's"
            f" {name} stops at step {len(rates)}: {error}",
            "change the scheduler's arguments, or train for more steps",
            ("scheduler",),
        ) from error
    moved = [momentum for momentum in momenta if momentum is not None]
    return Plan(rates, None if all(momentum == own for momentum in momenta) else moved)


def _every_step(recipe: Recipe) -> bool:
    return recipe.scheduler is not None and recipe.scheduler["interval"] == "step"


def _build(
    scheduler: Part, optimizer: torch.optim.Optimizer, epochs: int, per_epoch: int
) -> torch.optim.lr_scheduler.LRScheduler:
    """Make torch's scheduler, and give it the length of the training where it asks for that."""
    from torch.optim import lr_scheduler

    name = name_of(scheduler)
    arguments: dict[str, object] = {**arguments_of(scheduler)}
    arguments.pop("interval", None)  # ours, not torch's; a part of a sequence has none
    if name == "OneCycleLR":
        arguments["total_steps"] = _cycle_steps(scheduler, epochs, per_epoch)
        del arguments["epochs"], arguments["steps_per_epoch"]
    if name == "SequentialLR":
        parts = [part for part in entries_of(scheduler["schedulers"]) if isinstance(part, dict)]
        arguments["schedulers"] = [_build(part, optimizer, epochs, per_epoch) for part in parts]
        arguments["milestones"] = list(entries_of(scheduler["milestones"]))
    make: Callable[..., lr_scheduler.LRScheduler] = getattr(lr_scheduler, name)
    return make(optimizer, **arguments)


def _cycle_steps(scheduler: Part, epochs: int, per_epoch: int) -> int:
    """Count the steps of a OneCycleLR: what is left out of its length is the training's own."""
    # In the units of `interval`: to an epoch-wise schedule an epoch is one step.
    per_epoch = per_epoch if scheduler["interval"] == "step" else 1
    by_epochs = (_count(scheduler["epochs"]) or epochs) * (
        _count(scheduler["steps_per_epoch"]) or per_epoch
    )
    total = _count(scheduler["total_steps"]) or by_epochs
    if total < epochs * per_epoch:
        raise RecipeError(
            f"expected OneCycleLR to last for all {epochs * per_epoch:,} steps, found {total:,}",
            "leave total_steps, epochs and steps_per_epoch out: they fill themselves in",
            ("scheduler",),
        )
    return total


def _count(setting: Setting) -> int:
    return setting if isinstance(setting, int) else 0  # None: left out


def _momentum(optimizer: torch.optim.Optimizer) -> float | None:
    """Return the momentum that a cycle changes, where the optimizer has one."""
    group = optimizer.param_groups[0]
    momentum: float | None = group["betas"][0] if "betas" in group else group.get("momentum")
    return momentum


def _usable_rate(rate: float, step: int) -> float:
    if -1e-12 < rate < 0:
        # LinearLR to 0 multiplies its way down and may end a rounding error below it.
        return 0.0
    if not 0 <= rate <= _LARGEST_RATE:  # false for NaN as well, so it is refused
        raise RecipeError(
            f"expected every learning rate to be from 0 to {_LARGEST_RATE:g},"
            f" found {rate:g} at step {step + 1}",
            "check the scheduler's factors and its interval: 'step' applies them at every step",
            ("scheduler",),
        )
    return rate


def _usable_momentum(momentum: float | None, step: int) -> float | None:
    if momentum is not None and not (math.isfinite(momentum) and 0 <= momentum < 1):
        raise RecipeError(
            f"expected every momentum to be at least 0 and below 1, found {momentum:g}"
            f" at step {step + 1}",
            "check the scheduler's base_momentum, max_momentum and gamma",
            ("scheduler",),
        )
    return momentum
