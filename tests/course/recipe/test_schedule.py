"""The planned rates are the ones that a student's own PyTorch loop would use, bit for bit."""

# ruff: noqa: C408 -- recipes are written here as students write them

import math
import time

import pytest
import torch
from torch.optim import lr_scheduler

from course.recipe import Recipe, RecipeError
from course.recipe.schedule import Plan, plan, steps_per_epoch
from course.recipe.tables import OPTIMIZERS, PHASES, SCHEDULERS

EPOCHS, STEPS = 4, 10  # 640 images in batches of 64
SGD = dict(name="SGD", lr=0.1, momentum=0.9)
# For each scheduler the arguments to try, and how often its loop calls scheduler.step().
SCHEDULES = {
    "StepLR": (dict(step_size=2), "epoch"),
    "MultiStepLR": (dict(milestones=[1, 3], gamma=0.5), "epoch"),
    "ConstantLR": (dict(factor=0.5, total_iters=2), "epoch"),
    "LinearLR": (dict(start_factor=1.0, end_factor=0.0, total_iters=39), "step"),
    "ExponentialLR": (dict(gamma=0.65), "epoch"),
    "PolynomialLR": (dict(total_iters=30, power=2.0), "step"),
    "CosineAnnealingLR": (dict(T_max=40, eta_min=0.001), "step"),
    "CosineAnnealingWarmRestarts": (dict(T_0=7, T_mult=2), "step"),
    "OneCycleLR": (dict(max_lr=0.3, total_steps=40, pct_start=0.2), "step"),
    "CyclicLR": (dict(base_lr=0.01, max_lr=0.2, step_size_up=7, mode="triangular2"), "step"),
}


def students_loop(optimizer, scheduler, interval):
    """Train a real weight, note what each step used, step the scheduler as torch's docs show."""
    group, rates, momenta = optimizer.param_groups[0], [], []
    for _ in range(EPOCHS):
        for _ in range(STEPS):
            rates.append(group["lr"])
            momenta.append(group["betas"][0] if "betas" in group else group.get("momentum"))
            group["params"][0].grad = torch.ones(1)
            optimizer.step()
            if interval == "step":
                scheduler.step()
        if interval == "epoch":
            scheduler.step()
    return rates, momenta


def recipe(scheduler, optimizer=SGD, **more):
    return Recipe.read(dict(epochs=EPOCHS, optimizer=optimizer, scheduler=scheduler, **more))


def weight():
    return torch.nn.Parameter(torch.zeros(1))


def test_every_scheduler_is_tried():
    assert {*SCHEDULES, "SequentialLR"} == SCHEDULERS.keys()


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize(
    "optimizer", [SGD, dict(name="Adam", lr=0.01), dict(name="RMSprop", lr=0.01, momentum=0.5)]
)
def test_the_plan_is_what_torch_does_in_a_students_loop(name, optimizer):
    arguments, interval = SCHEDULES[name]
    real = getattr(torch.optim, optimizer["name"])(
        [weight()], **{key: value for key, value in optimizer.items() if key != "name"}
    )
    own = real.param_groups[0].get("momentum") or 0.9  # Adam's first beta is 0.9
    rates, momenta = students_loop(real, getattr(lr_scheduler, name)(real, **arguments), interval)
    planned = plan(recipe(dict(name=name, interval=interval, **arguments), optimizer), 640)
    assert planned.lr == pytest.approx(rates, rel=0, abs=1e-15)  # -1e-18 becomes 0
    assert planned.lr[:-1] == rates[:-1]
    moved = any(momentum != own for momentum in momenta)
    assert moved == (name in ("OneCycleLR", "CyclicLR"))
    assert planned.momentum == (momenta if moved else None)


def test_a_sequence_of_schedulers_is_torchs_too():
    parts = [
        dict(name="LinearLR", start_factor=0.1, total_iters=8),
        dict(name="CosineAnnealingWarmRestarts", T_0=5),
        dict(name="CosineAnnealingLR", T_max=20),
    ]
    real = torch.optim.SGD([weight()], lr=0.1, momentum=0.9)
    made = [
        getattr(lr_scheduler, part["name"])(
            real, **{key: value for key, value in part.items() if key != "name"}
        )
        for part in parts
    ]
    rates, _ = students_loop(real, lr_scheduler.SequentialLR(real, made, [8, 20]), "step")
    sequence = dict(name="SequentialLR", schedulers=parts, milestones=[8, 20], interval="step")
    planned = plan(recipe(sequence), 640)
    assert planned.lr == rates
    assert planned.momentum is None
    assert len(set(planned.lr)) > 20


@pytest.mark.parametrize("name", PHASES)
def test_every_phase_can_stand_in_a_sequence(name):
    arguments, _ = SCHEDULES[name]
    schedulers = [dict(name="ConstantLR", total_iters=1), dict(name=name, **arguments)]
    planned = plan(recipe(dict(name="SequentialLR", schedulers=schedulers, milestones=[1])), 640)
    assert planned.lr[0] == pytest.approx(0.1 / 3)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_has_a_plan(name):
    planned = plan(recipe(dict(name="OneCycleLR", max_lr=0.2), dict(name=name)), 640)
    assert len(planned.lr) == EPOCHS * STEPS
    assert max(planned.lr) == pytest.approx(0.2)
    # These two have no momentum to cycle; torch alone would raise.
    assert (planned.momentum is None) == (name in ("Adagrad", "Adadelta"))


def test_the_interval_says_how_often_the_rate_changes():
    by_epoch = plan(recipe(dict(name="ExponentialLR", gamma=0.5)), 640)
    assert by_epoch.lr == [0.1] * 10 + [0.05] * 10 + [0.025] * 10 + [0.0125] * 10
    by_step = plan(recipe(dict(name="ExponentialLR", gamma=0.5, interval="step")), 640)
    assert by_step.lr[:3] == [0.1, 0.05, 0.025]


def test_one_cycle_fills_its_length_in():
    whole = plan(recipe(dict(name="OneCycleLR", max_lr=0.3)), 640)
    assert whole.lr == plan(recipe(dict(name="OneCycleLR", max_lr=0.3, total_steps=40)), 640).lr
    assert whole.lr == plan(recipe(dict(name="OneCycleLR", max_lr=0.3, steps_per_epoch=10)), 640).lr
    assert whole.lr[-1] == pytest.approx(0.3 / 25 / 1e4)  # it comes to its end, and not before
    longer = plan(recipe(dict(name="OneCycleLR", max_lr=0.3, epochs=8)), 640)
    assert longer.lr[-1] > 0.1  # a cycle for twice the epochs is only half over
    by_epoch = plan(recipe(dict(name="OneCycleLR", max_lr=0.3, interval="epoch")), 640)
    assert by_epoch.lr[-1] == whole.lr[-1]
    assert len(set(by_epoch.lr)) == EPOCHS


def test_one_cycle_follows_the_optimizers_rate_when_not_told_another():
    default = Recipe.read(dict(optimizer=dict(name="Adam", lr=0.003)))
    assert max(plan(default, 6400).lr) == pytest.approx(0.003)


def test_no_scheduler_is_a_constant_rate():
    planned = plan(recipe(None), 640)
    assert planned == Plan(lr=[0.1] * 40, momentum=None)


def test_a_cycle_of_equal_ends_still_says_that_it_is_not_the_optimizers_momentum():
    cycle = dict(name="OneCycleLR", max_lr=0.1, base_momentum=0.7, max_momentum=0.7)
    assert plan(recipe(cycle), 640).momentum == pytest.approx([0.7] * 40)


@pytest.mark.parametrize(
    ("images", "batch", "steps"), [(60_000, 64, 937), (64, 64, 1), (10, 64, 1)]
)
def test_the_last_smaller_batch_is_dropped_but_never_all(images, batch, steps):
    assert steps_per_epoch(images, batch) == steps
    assert len(plan(Recipe(epochs=2, batch_size=batch, scheduler=None), images).lr) == 2 * steps


@pytest.mark.parametrize(
    ("scheduler", "answer"),
    [
        (dict(name="ExponentialLR", gamma=10, interval="step"), "found 1000 at step 5"),
        (dict(name="OneCycleLR", max_lr=0.1, total_steps=39), "all 40 steps, found 39"),
        (dict(name="OneCycleLR", max_lr=0.1, pct_start=1 / 40), "stops at step 0"),
        (dict(name="CyclicLR", base_lr=1, max_lr=2, step_size_up=1, mode="exp_range", gamma=9),
         "at step"),
        (dict(name="CyclicLR", base_lr=0.1, max_lr=0.1, step_size_up=1, mode="exp_range", gamma=9),
         "every momentum to be at least 0 and below 1"),
        (dict(name="CyclicLR", base_lr=0.1, max_lr=0.1, step_size_up=1, mode="exp_range", gamma=9,
              base_momentum=0.9, max_momentum=0.5), "below 1, found 4.1"),
    ],
)  # fmt: skip
def test_an_impossible_plan_is_a_sentence(scheduler, answer):
    with pytest.raises(RecipeError) as caught:
        plan(recipe(scheduler), 640)
    assert answer in caught.value.message
    assert "expected" in caught.value.message
    assert caught.value.hint


def test_too_many_steps_are_refused_at_once():
    with pytest.raises(RecipeError, match="batch_size"):
        plan(Recipe(epochs=1000, batch_size=1), 60_000)


def test_one_recipe_is_planned_once() -> None:
    recipe = Recipe(epochs=2, optimizer=SGD)
    first = plan(recipe, 6_400)
    assert plan(Recipe.read(recipe.as_dict()), 6_400) is first
    assert len(plan(Recipe(epochs=3, optimizer=SGD), 6_400).lr) == 300


def test_a_rate_is_never_below_zero():
    # Torch multiplies its way down to 0 and may miss it by a rounding error on either side.
    for steps in range(2, 40):
        down = dict(name="LinearLR", end_factor=0, total_iters=steps, interval="step")
        planned = plan(recipe(down), 640)
        assert min(planned.lr) >= 0
        assert math.isclose(planned.lr[-1], 0, abs_tol=1e-15)


def test_fifteen_epochs_are_planned_within_half_a_second():
    took = []
    for _ in range(4):  # the quickest: the first imports, and another may wait for a processor
        start = time.perf_counter()
        planned = plan(Recipe(), 60_000)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.5
    assert len(planned.lr) == len(planned.momentum or []) == 15 * 937
