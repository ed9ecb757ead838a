"""Every name a recipe may hold, and what each of its arguments accepts and is by default.

Names, arguments and defaults are torch.optim's, torch.optim.lr_scheduler's and
torchvision.transforms's own; tests/course/test_recipe.py holds them against the installed
versions. Nothing here imports torch, so reading a recipe costs milliseconds. To allow one more
argument, add its line; a new transform also needs a class in augment.py.
"""

from __future__ import annotations

from typing import Any

from course.recipe.reading import (
    REQUIRED,
    Argument,
    Table,
    Unfit,
    choice,
    either,
    flag,
    form,
    integer,
    number,
    optional,
    read_list,
    several,
)

# ---- optimizers: torch.optim --------------------------------------------------------------------


def _lr(default: float) -> Argument:
    return number("(0, 100]", default)  # Adadelta's own default is 1.0; no use is known above 10


_WEIGHT_DECAY = number("[0, 10]", 0.0)
_EPS = number("(0, 1]", 1e-8)  # torch allows 0, and divides 0 by it where no gradient ever came
_ADAM = {
    "lr": _lr(1e-3),
    "betas": several(number("[0, 1)"), 2, default=(0.9, 0.999)),
    "eps": _EPS,
    "weight_decay": _WEIGHT_DECAY,
}
_DECOUPLED = {"decoupled_weight_decay": flag(False)}

OPTIMIZERS: Table = {
    "SGD": {
        "lr": _lr(1e-3),
        "momentum": number("[0, 1)", 0.0),
        "dampening": number("[0, 1]", 0.0),
        "weight_decay": _WEIGHT_DECAY,
        "nesterov": flag(False),
    },
    "Adam": {**_ADAM, "amsgrad": flag(False), **_DECOUPLED},
    "AdamW": {**_ADAM, "weight_decay": number("[0, 10]", 1e-2), "amsgrad": flag(False)},
    "NAdam": {**_ADAM, "lr": _lr(2e-3), "momentum_decay": number("[0, 1]", 4e-3), **_DECOUPLED},
    "RAdam": {**_ADAM, **_DECOUPLED},
    "Adamax": {**_ADAM, "lr": _lr(2e-3)},
    "RMSprop": {
        "lr": _lr(1e-2),
        "alpha": number("[0, 1)", 0.99),
        "eps": _EPS,
        "weight_decay": _WEIGHT_DECAY,
        "momentum": number("[0, 1)", 0.0),
        "centered": flag(False),
    },
    "Adagrad": {
        "lr": _lr(1e-2),
        "lr_decay": number("[0, 1]", 0.0),
        "weight_decay": _WEIGHT_DECAY,
        "initial_accumulator_value": number("[0, 100]", 0.0),
        "eps": number("(0, 1]", 1e-10),
    },
    "Adadelta": {
        "lr": _lr(1.0),
        "rho": number("[0, 1)", 0.9),
        "eps": number("(0, 1]", 1e-6),
        "weight_decay": _WEIGHT_DECAY,
    },
}

# ---- schedulers: torch.optim.lr_scheduler -------------------------------------------------------

_COUNT = "[1, 10000000]"  # of steps or epochs, whichever `interval` says
_RATE = number("(0, 100]")
_LEAST_RATE = number("[0, 100]", 0.0)
_GAMMA = "(0, 10]"

# Those that only change the rate they find, and so can follow one another.
PHASES: Table = {
    "StepLR": {"step_size": integer(_COUNT), "gamma": number(_GAMMA, 0.1)},
    "MultiStepLR": {
        "milestones": several(integer(_COUNT), *range(1, 101)),
        "gamma": number(_GAMMA, 0.1),
    },
    "ConstantLR": {"factor": number("[0, 1]", 1 / 3), "total_iters": integer(_COUNT, 5)},
    "LinearLR": {
        "start_factor": number("(0, 1]", 1 / 3),
        "end_factor": number("[0, 1]", 1.0),
        "total_iters": integer(_COUNT, 5),
    },
    "ExponentialLR": {"gamma": number(_GAMMA)},
    "PolynomialLR": {"total_iters": integer(_COUNT, 5), "power": number("(0, 100]", 1.0)},
    "CosineAnnealingLR": {"T_max": integer(_COUNT), "eta_min": _LEAST_RATE},
    "CosineAnnealingWarmRestarts": {
        "T_0": integer(_COUNT),
        "T_mult": integer("[1, 1000]", 1),
        "eta_min": _LEAST_RATE,
    },
}


def _interval(default: str) -> dict[str, Argument]:
    # The one key that is not torch's: where the student's own loop would call scheduler.step().
    return {"interval": choice("step", "epoch", default=default)}


def _cycle(base: float, top: float) -> dict[str, Argument]:
    return {
        # Torch's default is True. Left out, recipe.py settles it: two optimizers have no momentum.
        "cycle_momentum": flag(None),
        "base_momentum": number("[0, 1)", base),
        # Above 0, since a cycle starts at it: RMSprop that starts without momentum keeps no
        # buffer for it and fails when it comes.
        "max_momentum": number("(0, 1)", top),
    }


SCHEDULERS: Table = {
    **{name: {**phase, **_interval("epoch")} for name, phase in PHASES.items()},
    "OneCycleLR": {
        "max_lr": optional(_RATE),  # left out: the optimizer's lr, which would else be ignored
        "total_steps": optional(integer(_COUNT)),  # this and the next two: schedule.py fills them
        "epochs": optional(integer(_COUNT)),
        "steps_per_epoch": optional(integer(_COUNT)),
        "pct_start": number("[0, 1]", 0.3),
        "anneal_strategy": choice("cos", "linear", default="cos"),
        "div_factor": number("(0, 1000000]", 25.0),
        "final_div_factor": number("(0, 10000000000]", 1e4),
        "three_phase": flag(False),
        **_cycle(0.85, 0.95),
        **_interval("step"),
    },
    "CyclicLR": {
        "base_lr": _RATE,
        "max_lr": _RATE,
        "step_size_up": integer(_COUNT, 2000),
        "step_size_down": optional(integer(_COUNT)),
        "mode": choice("triangular", "triangular2", "exp_range", default="triangular"),
        "gamma": number(_GAMMA, 1.0),
        "scale_mode": choice("cycle", "iterations", default="cycle"),
        **_cycle(0.8, 0.9),
        **_interval("step"),
    },
    "SequentialLR": {
        # Without the two above: each sets the whole run's rate and momentum when it is made, so
        # in a sequence the last one made would win over the first one run.
        "schedulers": Argument(
            "a list of schedulers",
            lambda value: read_list("schedulers", value, "scheduler in a sequence", PHASES, 1, 10),
        ),
        "milestones": several(integer(_COUNT), *range(10), rising=True),
        **_interval("epoch"),
    },
}

# ---- augmentations: torchvision.transforms, for images of 28 x 28 with values from 0 to 1 --------


def _spread(limit: int, *counts: int, default: Any = REQUIRED) -> Argument:
    """Accept torchvision's range of angles: d, which means (-d, d), or (low, high)."""

    def low_high(ends: tuple[float, ...]) -> tuple[float, ...]:
        if any(low > high for low, high in zip(ends[::2], ends[1::2], strict=True)):
            raise Unfit
        return ends

    alone = form(number(f"[0, {limit}]"), lambda angle: (0.0 - angle, angle))
    ends = form(several(number(f"[-{limit}, {limit}]"), *counts), low_high)
    return either(alone, ends, default=default)


_GREY = number("[0, 1]")  # 0 is black, 1 is white
_FILL = form(
    either(_GREY, several(_GREY, 1), optional(_GREY)),  # fill=(1,) is what many people write
    lambda fill: fill[0] if type(fill) is tuple else fill or 0.0,
    default=0.0,
)
_PAD = integer("[0, 27]")  # a reflection of more than 27 pixels would need a second mirror
_WARP = {
    "degrees": _spread(360, 2),
    "interpolation": choice("nearest", "bilinear", default="nearest"),
    "fill": _FILL,
    "center": optional(several(number("[-100, 100]"), 2)),  # pixels from the upper left corner
}

TRANSFORMS: Table = {
    "RandomAffine": {
        **_WARP,
        "translate": optional(several(number("[0, 1]"), 2)),
        "scale": optional(several(number("[0.01, 100]"), 2, rising=True)),
        "shear": optional(_spread(89, 2, 4)),  # at 90 degrees an image is a line
    },
    "RandomRotation": {**_WARP, "expand": choice(False, default=False)},  # it must stay 28 x 28
    "RandomCrop": {
        "size": form(either(choice(28), several(choice(28), 1, 2)), lambda _: 28),
        "padding": form(
            optional(either(form(_PAD, lambda pad: (pad,)), several(_PAD, 1, 2, 4))),
            lambda pads: (pads or (0,)) * (4 // len(pads or (0,))),  # left, top, right, bottom
            default=(0, 0, 0, 0),
        ),
        "pad_if_needed": flag(False),  # no effect: the image is never smaller than the crop
        "fill": _FILL,
        "padding_mode": choice("constant", "edge", "reflect", "symmetric", default="constant"),
    },
    "RandomErasing": {
        "p": number("[0, 1]", 0.5),
        "scale": several(number("[0, 1]"), 2, rising=True, default=(0.02, 0.33)),
        "ratio": several(number("[0.01, 100]"), 2, rising=True, default=(0.3, 3.3)),
        "value": either(_FILL, choice("random"), default=0.0),
        "inplace": flag(False),  # no effect: the stored images are never changed
    },
    # A mirrored digit is rarely that digit; to try it is to learn it.
    "RandomHorizontalFlip": {"p": number("[0, 1]", 0.5)},
    "RandomVerticalFlip": {"p": number("[0, 1]", 0.5)},
}

# ---- averages of the weights: our names ----------------------------------------------------------

_EVERY = integer("[1, 100000]", 10)  # steps from one look at the weights to the next
AVERAGES: Table = {
    # average = decay * average + (1 - decay) * weights
    "EMA": {"decay": number("[0, 1)", 0.99), "every": _EVERY},
    # the plain mean of the weights seen from epoch `start` on; the first epoch is 1
    "SWA": {"start": integer("[1, 1000]"), "every": _EVERY},
}
