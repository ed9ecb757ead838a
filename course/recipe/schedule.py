"""The learning rate of every step, known before training starts: torch's own numbers, bit for bit.

Torch's real scheduler moves a real optimizer that holds one dummy parameter, and the rates are
read off it. So a lesson can plot the schedule before it trains, and no schedule can look at a
test result.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course.recipe.reading import RecipeError
from course.recipe.recipe import Recipe

if TYPE_CHECKING:
    import torch

MOST_STEPS = 500_000  # 15 epochs of batches of two; planning them takes seconds, training hours
_LARGEST_RATE = 100.0  # as for an optimizer's lr


@dataclass(frozen=True)
class Plan:
    """What every training step uses."""

    lr: list[float]  # one per step
    momentum: list[float] | None  # one per step (Adam's is its first beta); None: the optimizer's


def steps_per_epoch(images: int, batch_size: int) -> int:
    """Count the whole batches; the last, smaller one is dropped, other images in each epoch."""
    # One size means one captured step, and no update that weighs its few images more.
    return max(1, images // batch_size)


def plan(recipe: Recipe, images: int) -> Plan:
    """Return the rate and momentum of every step of a training on so many images."""
    import torch

    per_epoch = steps_per_epoch(images, recipe.batch_size)
    steps = recipe.epochs * per_epoch
    if steps > MOST_STEPS:
        raise RecipeError(
            f"expected at most {MOST_STEPS:,} training steps, found {steps:,}",
            f"{recipe.epochs} epochs of {per_epoch:,} steps; a larger batch_size makes fewer",
        )
    optimizer = recipe.build_optimizer([torch.zeros(1, requires_grad=True)])
    group, own = optimizer.param_groups[0], _momentum(optimizer.param_groups[0])
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
            momenta.append(_usable_momentum(_momentum(group), step))
    except RecipeError:
        raise
    except (ArithmeticError, ValueError) as error:
        # For example OneCycleLR with a warm-up of exactly one step divides by zero.
        raise RecipeError(
            f"expected a learning rate for each of {steps} steps, found that torch's"
            f" {recipe.scheduler and recipe.scheduler['name']} stops at step {len(rates)}: {error}",
            "change the scheduler's arguments, or train for more steps",
        ) from error
    moved = [momentum for momentum in momenta if momentum is not None]
    return Plan(rates, None if all(momentum == own for momentum in momenta) else moved)


def _every_step(recipe: Recipe) -> bool:
    return recipe.scheduler is not None and recipe.scheduler["interval"] == "step"


def _build(
    scheduler: dict[str, Any], optimizer: torch.optim.Optimizer, epochs: int, per_epoch: int
) -> torch.optim.lr_scheduler.LRScheduler:
    """Make torch's scheduler, with what it can be told about the length of the training."""
    from torch.optim import lr_scheduler

    arguments = {k: v for k, v in scheduler.items() if k not in ("name", "interval")}
    if scheduler["name"] == "OneCycleLR":
        # In the units of `interval`: to an epoch-wise schedule an epoch is one step.
        per_epoch = per_epoch if scheduler["interval"] == "step" else 1
        e, s = arguments.pop("epochs") or epochs, arguments.pop("steps_per_epoch") or per_epoch
        total = arguments["total_steps"] = arguments["total_steps"] or e * s
        if total < epochs * per_epoch:
            raise RecipeError(
                f"expected OneCycleLR to last for all {epochs * per_epoch} steps, found {total}",
                "leave total_steps, epochs and steps_per_epoch out: they fill themselves in",
            )
    if scheduler["name"] == "SequentialLR":
        parts = [_build({**p, "interval": "-"}, optimizer, 1, 1) for p in scheduler["schedulers"]]
        arguments = {"schedulers": parts, "milestones": list(scheduler["milestones"])}
    made: lr_scheduler.LRScheduler = getattr(lr_scheduler, scheduler["name"])(
        optimizer, **arguments
    )
    return made


def _momentum(group: dict[str, Any]) -> float | None:
    """Return what a cycle moves, if the optimizer has it."""
    momentum: float | None = group["betas"][0] if "betas" in group else group.get("momentum")
    return momentum


def _usable_rate(rate: float, step: int) -> float:
    if -1e-12 < rate < 0:
        # LinearLR to 0 multiplies its way down and may end a rounding error below it.
        return 0.0
    if not 0 <= rate <= _LARGEST_RATE:  # NaN is not either
        raise RecipeError(
            f"expected every learning rate to lie from 0 to {_LARGEST_RATE:g},"
            f" found {rate:g} at step {step + 1}",
            "check the scheduler's factors and its interval: 'step' applies them at every step",
        )
    return rate


def _usable_momentum(momentum: float | None, step: int) -> float | None:
    if momentum is not None and not (math.isfinite(momentum) and 0 <= momentum < 1):
        raise RecipeError(
            f"expected every momentum to lie in [0, 1), found {momentum:g} at step {step + 1}",
            "check the scheduler's base_momentum, max_momentum and gamma",
        )
    return momentum
