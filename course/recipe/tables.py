"""Every name a recipe may hold, and what each of its arguments accepts and is by default.

Names, arguments and defaults are torch.optim's, torch.optim.lr_scheduler's and
torchvision.transforms's own; tests/course/recipe/test_recipe.py holds them against the installed
versions. Nothing here imports torch, so reading a recipe costs milliseconds. To allow one more
argument, add its line; a new transform also needs a class in course/training/augment.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from course.recipe.reading import Argument, Part, Table, read_list, read_named
from course.validators import (
    Unfit,
    Validator,
    choice,
    converted,
    either,
    flag,
    integer,
    number,
    optional,
    several,
)

# ---- optimizers: torch.optim --------------------------------------------------------------------

_RATE = number("(0, 100]")  # Adadelta's own default is 1.0; no use is known above 10
_WEIGHT_DECAY = Argument(number("[0, 10]"), 0.0)
_EPS = number("(0, 1]")  # torch allows 0, and divides 0 by it where no gradient ever came
_MOMENTUM = Argument(number("[0, 1)"), 0.0)
_NO = Argument(flag, False)
_ADAM = {
    "lr": Argument(_RATE, 1e-3),
    "betas": Argument(several(number("[0, 1)"), [2]), (0.9, 0.999)),
    "eps": Argument(_EPS, 1e-8),
    "weight_decay": _WEIGHT_DECAY,
}

# What trains where nothing is said. SGD at a high rate that falls to zero: in our first tries
# networks this small ended higher with it than with AdamW, and it is the optimizer whose every term
# a lesson can draw. With BatchNorm, weight decay mostly sets how fast directions change; 1e-4 is
# mild.
SGD: Part = {"name": "SGD", "lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-4}

OPTIMIZERS: Table = {
    "SGD": {
        "lr": Argument(_RATE, 1e-3),
        "momentum": _MOMENTUM,
        "dampening": Argument(number("[0, 1]"), 0.0),
        "weight_decay": _WEIGHT_DECAY,
        "nesterov": _NO,
    },
    "Adam": {**_ADAM, "amsgrad": _NO, "decoupled_weight_decay": _NO},
    "AdamW": {**_ADAM, "weight_decay": Argument(number("[0, 10]"), 1e-2), "amsgrad": _NO},
    "NAdam": {
        **_ADAM,
        "lr": Argument(_RATE, 2e-3),
        "momentum_decay": Argument(number("[0, 1]"), 4e-3),
        "decoupled_weight_decay": _NO,
    },
    "RAdam": {**_ADAM, "decoupled_weight_decay": _NO},
    "Adamax": {**_ADAM, "lr": Argument(_RATE, 2e-3)},
    "RMSprop": {
        "lr": Argument(_RATE, 1e-2),
        "alpha": Argument(number("[0, 1)"), 0.99),
        "eps": Argument(_EPS, 1e-8),
        "weight_decay": _WEIGHT_DECAY,
        "momentum": _MOMENTUM,
        "centered": _NO,
    },
    "Adagrad": {
        "lr": Argument(_RATE, 1e-2),
        "lr_decay": Argument(number("[0, 1]"), 0.0),
        "weight_decay": _WEIGHT_DECAY,
        "initial_accumulator_value": Argument(number("[0, 100]"), 0.0),
        "eps": Argument(_EPS, 1e-10),
    },
    "Adadelta": {
        "lr": Argument(_RATE, 1.0),
        "rho": Argument(number("[0, 1)"), 0.9),
        "eps": Argument(_EPS, 1e-6),
        "weight_decay": _WEIGHT_DECAY,
    },
}


def _rest(value: object) -> Part:
    return read_named("optimizer of the rest", value, _FOR_ANY_SHAPE)


_FOR_ANY_SHAPE = dict(OPTIMIZERS)
_NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)

# Muon takes matrices alone, so a recipe names two optimizers: course/training/muon.py.
OPTIMIZERS["Muon"] = {
    "lr": Argument(_RATE, 1e-3),
    "weight_decay": Argument(number("[0, 10]"), 0.1),
    "momentum": Argument(number("[0, 1)"), 0.95),
    "nesterov": Argument(flag, True),
    "ns_coefficients": Argument(several(number("[-10, 10]"), [3]), _NEWTON_SCHULZ),
    "eps": Argument(_EPS, 1e-7),
    "ns_steps": Argument(integer("[1, 10]"), 5),
    # None is torch's word for "original"
    "adjust_lr_fn": Argument(
        converted(
            optional(choice("original", "match_rms_adamw")), lambda given: given or "original"
        ),
        "original",
    ),
    # Not torch's: what trains all numbers that are no matrix, at its own lr, which follows the
    # schedule in proportion.
    "rest": Argument(Validator("a dict with an optimizer's name", _rest), _rest(SGD)),
}

# ---- schedulers: torch.optim.lr_scheduler -------------------------------------------------------

_COUNT = integer("[1, 10_000_000]")  # of steps or epochs, whichever `interval` says
_NO_COUNT = Argument(optional(_COUNT), None)
_FACTOR = number("(0, 10]")
_LEAST_RATE = Argument(number("[0, 100]"), 0.0)

# Those that only change the rate they find, and so can follow one another.
PHASES: Table = {
    "StepLR": {"step_size": Argument(_COUNT), "gamma": Argument(_FACTOR, 0.1)},
    "MultiStepLR": {
        "milestones": Argument(several(_COUNT, range(1, 101))),
        "gamma": Argument(_FACTOR, 0.1),
    },
    "ConstantLR": {"factor": Argument(number("[0, 1]"), 1 / 3), "total_iters": Argument(_COUNT, 5)},
    "LinearLR": {
        "start_factor": Argument(number("(0, 1]"), 1 / 3),
        "end_factor": Argument(number("[0, 1]"), 1.0),
        "total_iters": Argument(_COUNT, 5),
    },
    "ExponentialLR": {"gamma": Argument(_FACTOR)},
    "PolynomialLR": {
        "total_iters": Argument(_COUNT, 5),
        "power": Argument(number("(0, 100]"), 1.0),
    },
    "CosineAnnealingLR": {"T_max": Argument(_COUNT), "eta_min": _LEAST_RATE},
    "CosineAnnealingWarmRestarts": {
        "T_0": Argument(_COUNT),
        "T_mult": Argument(integer("[1, 1000]"), 1),
        "eta_min": _LEAST_RATE,
    },
}


def _interval(default: str) -> dict[str, Argument]:
    # The one key that is not torch's: where the student's own loop would call scheduler.step().
    return {"interval": Argument(choice("step", "epoch"), default)}


def _cycle(base: float, top: float) -> dict[str, Argument]:
    return {
        # Torch's default is True. Left out, recipe.py settles it: two optimizers have no momentum.
        "cycle_momentum": Argument(flag, None),
        "base_momentum": Argument(number("[0, 1)"), base),
        # Above 0, since a cycle starts at it: RMSprop that starts without momentum keeps no
        # buffer for it and fails when it comes.
        "max_momentum": Argument(number("(0, 1)"), top),
    }


def _phases(value: object) -> tuple[Part, ...]:
    return read_list("schedulers", value, "scheduler in a sequence", PHASES, 1, 10)


SCHEDULERS: Table = {
    **{name: {**phase, **_interval("epoch")} for name, phase in PHASES.items()},
    "OneCycleLR": {
        # Left out, it is the optimizer's lr, which would be ignored otherwise.
        "max_lr": Argument(optional(_RATE), None),
        "total_steps": _NO_COUNT,  # schedule.py fills this and the next two in
        "epochs": _NO_COUNT,
        "steps_per_epoch": _NO_COUNT,
        "pct_start": Argument(number("[0, 1]"), 0.3),
        "anneal_strategy": Argument(choice("cos", "linear"), "cos"),
        "div_factor": Argument(number("(0, 1_000_000]"), 25.0),
        "final_div_factor": Argument(number("(0, 10_000_000_000]"), 1e4),
        "three_phase": _NO,
        **_cycle(0.85, 0.95),
        **_interval("step"),
    },
    "CyclicLR": {
        "base_lr": Argument(_RATE),
        "max_lr": Argument(_RATE),
        "step_size_up": Argument(_COUNT, 2000),
        "step_size_down": _NO_COUNT,
        "mode": Argument(choice("triangular", "triangular2", "exp_range"), "triangular"),
        "gamma": Argument(_FACTOR, 1.0),
        "scale_mode": Argument(choice("cycle", "iterations"), "cycle"),
        **_cycle(0.8, 0.9),
        **_interval("step"),
    },
    "SequentialLR": {
        # Without the two above: each sets the whole run's rate and momentum when it is made, so
        # in a sequence the last one made would win over the first one run.
        "schedulers": Argument(Validator("a list of schedulers", _phases)),
        "milestones": Argument(several(_COUNT, range(10), rising=True)),
        **_interval("epoch"),
    },
}

# ---- augmentations: torchvision.transforms, for images of 28 x 28 with values from 0 to 1 --------


def _angles(limit: int, counts: Sequence[int]) -> Validator[tuple[float, ...]]:
    """Accept torchvision's range of angles: d, which means (-d, d), or (low, high)."""
    ranges = several(number(f"[-{limit}, {limit}]"), counts)

    def low_high(ends: tuple[float, ...]) -> tuple[float, ...]:
        if any(low > high for low, high in zip(ends[::2], ends[1::2], strict=True)):
            raise Unfit(ranges.expected, ends)
        return ends

    return either(converted(number(f"[0, {limit}]"), _both_ways), converted(ranges, low_high))


def _both_ways(angle: float) -> tuple[float, ...]:
    return 0.0 - angle, angle  # not -angle: 0 would become -0.0, and another recipe


def _twice(limits: str) -> Validator[tuple[float, ...]]:
    """Accept a number for both directions, or one for x and one for y."""
    one = number(limits)
    return either(converted(one, lambda given: (given, given)), several(one, [2]))


def _grey(given: float | tuple[float, ...] | None) -> float:
    return given[0] if isinstance(given, tuple) else given or 0.0


def _four_sides(given: tuple[int, ...] | None) -> tuple[int, ...]:
    """Say for left, top, right and bottom what torchvision takes as one, two or four numbers."""
    pads = given or (0,)
    return pads * (4 // len(pads))


_SHARE = number("[0, 1]")
_GREY = number("[0, 1]")  # 0 is black, 1 is white
# fill=(1,) is what many people write
_FILL = Argument(converted(optional(either(_GREY, several(_GREY, [1]))), _grey), 0.0)
_SIZE = choice(28)
_PAD = integer("[0, 27]")  # a reflection of more than 27 pixels would need a second mirror
_PADS = optional(either(converted(_PAD, lambda pad: (pad,)), several(_PAD, [1, 2, 4])))
_STRETCH = several(number("[0.01, 100]"), [2], rising=True)
_HALF = Argument(_SHARE, 0.5)
_WARP = {
    "degrees": Argument(_angles(360, [2])),
    "interpolation": Argument(choice("nearest", "bilinear"), "nearest"),
    "fill": _FILL,
    # in pixels from the upper left corner
    "center": Argument(optional(several(number("[-100, 100]"), [2])), None),
}

TRANSFORMS: Table = {
    "RandomAffine": {
        **_WARP,
        "translate": Argument(optional(several(_SHARE, [2])), None),
        "scale": Argument(optional(_STRETCH), None),
        "shear": Argument(optional(_angles(89, [2, 4])), None),  # at 90 degrees an image is a line
    },
    "RandomRotation": {
        **_WARP,
        "expand": Argument(choice(False), False),  # the image must stay 28 x 28
    },
    "ElasticTransform": {
        "alpha": Argument(_twice("[0, 1000]"), (50.0, 50.0)),
        # torchvision's kernel has 8 sigma pixels, half of which are mirrored at an end: 27 at most
        "sigma": Argument(_twice("[0.5, 6.8]"), (5.0, 5.0)),
        "interpolation": Argument(choice("nearest", "bilinear"), "bilinear"),
        "fill": _FILL,
    },
    "RandomCrop": {
        "size": Argument(converted(either(_SIZE, several(_SIZE, [1, 2])), lambda _: 28)),
        "padding": Argument(converted(_PADS, _four_sides), (0, 0, 0, 0)),
        "pad_if_needed": _NO,  # no effect: the image is never smaller than the crop
        "fill": _FILL,
        "padding_mode": Argument(choice("constant", "edge", "reflect", "symmetric"), "constant"),
    },
    "RandomErasing": {
        "p": _HALF,
        "scale": Argument(several(_SHARE, [2], rising=True), (0.02, 0.33)),
        "ratio": Argument(_STRETCH, (0.3, 3.3)),
        "value": Argument(either(_FILL.accepts, choice("random")), 0.0),
        "inplace": _NO,  # no effect: the stored images are never changed
    },
    # A mirrored digit is rarely that digit; to try it is to learn it.
    "RandomHorizontalFlip": {"p": _HALF},
    "RandomVerticalFlip": {"p": _HALF},
}

# ---- averages of the weights: our names ----------------------------------------------------------

_EVERY = Argument(integer("[1, 100_000]"), 10)  # steps from one look at the weights to the next
AVERAGES: Table = {
    # average = decay * average + (1 - decay) * weights
    "EMA": {"decay": Argument(number("[0, 1)"), 0.99), "every": _EVERY},
    # the plain mean of the weights seen from epoch `start` on; the first epoch is 1
    "SWA": {"start": Argument(integer("[1, 1000]")), "every": _EVERY},
}
