"""What a recipe comes to: however it is written, one training has one effect."""

# ruff: noqa: C408 -- recipes are written here as students write them

from typing import Any

import pytest
import torch

from course.recipe import Recipe
from course.recipe.effect import effect
from course.training.augment import RandomAffine, RandomRotation

SGD = dict(name="SGD", lr=0.1, momentum=0.9)
FLAT: dict[str, Any] = dict(epochs=4, optimizer=SGD, scheduler=None)
ROUND = dict(name="OneCycleLR", pct_start=0.2)
AFFINE = dict(name="RandomAffine", degrees=6, translate=(0.04, 0.04))


def came_to(**written: Any) -> dict[str, object]:
    return effect(Recipe.read({**FLAT, **written}))


NO_SCHEDULE = [
    dict(name="StepLR", step_size=1, gamma=1),
    dict(name="StepLR", step_size=4, gamma=0.1),  # its first step would be the fifth epoch's
    dict(name="MultiStepLR", milestones=[40, 50]),
    dict(name="ConstantLR", factor=1),
    dict(name="LinearLR", start_factor=1, end_factor=1),
    dict(name="ExponentialLR", gamma=1, interval="step"),
    dict(name="SequentialLR", schedulers=[dict(name="ExponentialLR", gamma=1)], milestones=[]),
]


@pytest.mark.parametrize("scheduler", NO_SCHEDULE, ids=lambda scheduler: scheduler["name"])
def test_a_schedule_that_changes_no_rate_is_none(scheduler: dict[str, Any]) -> None:
    assert came_to(scheduler=scheduler) == came_to()


SAME: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a rate that its schedule overrules": (
        dict(scheduler=dict(ROUND, max_lr=0.2)),
        dict(scheduler=dict(ROUND, max_lr=0.2), optimizer=dict(SGD, lr=0.7)),
    ),
    "a momentum that its schedule overrules": (
        dict(scheduler=dict(ROUND, max_lr=0.2)),
        dict(scheduler=dict(ROUND, max_lr=0.2), optimizer=dict(SGD, momentum=0.5)),
    ),
    "a length that fills itself in": (
        dict(scheduler=ROUND),
        dict(scheduler=dict(ROUND, total_steps=4 * (60_000 // 64))),
    ),
    "a phase alone": (
        dict(scheduler=dict(name="ExponentialLR", gamma=0.5)),
        dict(scheduler=dict(name="StepLR", step_size=1, gamma=0.5)),
    ),
    "AdamW and what it is": (
        dict(optimizer=dict(name="AdamW", lr=0.01, weight_decay=0.1)),
        dict(optimizer=dict(name="Adam", lr=0.01, weight_decay=0.1, decoupled_weight_decay=True)),
    ),
    "how no decay is decoupled": (
        dict(optimizer=dict(name="AdamW", lr=0.01, weight_decay=0)),
        dict(optimizer=dict(name="Adam", lr=0.01)),
    ),
    "the damping of no momentum": (
        dict(optimizer=dict(name="SGD", lr=0.1)),
        dict(optimizer=dict(name="SGD", lr=0.1, dampening=0.5)),
    ),
    "an average that never begins": (dict(), dict(average=dict(name="EMA", every=90_000))),
    "an average of the last weights": (
        dict(batch_size=100),
        dict(batch_size=100, average=dict(name="EMA", decay=0, every=600)),
    ),
    "an average of one look": (
        dict(batch_size=100),
        dict(batch_size=100, average=dict(name="SWA", start=4, every=600)),
    ),
}


@pytest.mark.parametrize("two", SAME.values(), ids=SAME.keys())
def test_two_spellings_have_one_effect(two: tuple[dict[str, Any], dict[str, Any]]) -> None:
    one, other = two
    assert came_to(**one) == came_to(**other)


def test_what_trains_otherwise_has_another_effect() -> None:
    different: list[dict[str, Any]] = [
        *(dict(), dict(epochs=5), dict(batch_size=65), dict(label_smoothing=0.1)),
        *(dict(optimizer=dict(SGD, lr=0.2)), dict(optimizer=dict(SGD, momentum=0.8))),
        *(dict(optimizer=dict(SGD, nesterov=True)), dict(optimizer=dict(SGD, weight_decay=1e-4))),
        *(dict(scheduler=ROUND), dict(scheduler=dict(ROUND, pct_start=0.3))),
        dict(scheduler=dict(ROUND, cycle_momentum=False)),
        dict(scheduler=dict(name="StepLR", step_size=3)),
        dict(average=dict(name="EMA", decay=0.9)),
        dict(average=dict(name="EMA", decay=0.9, every=5)),
        dict(average=dict(name="SWA", start=4)),
        *(dict(augment=[]), dict(augment=[AFFINE]), dict(augment=[AFFINE, AFFINE])),
    ]
    effects = [came_to(**written) for written in different]
    assert all(one not in effects[:at] for at, one in enumerate(effects))


NEVER: list[dict[str, Any]] = [
    dict(name="RandomRotation", degrees=0, fill=1),
    dict(name="RandomAffine", degrees=0, translate=(0, 0), scale=(1, 1), shear=0, center=(3, 4)),
    dict(name="RandomAffine", degrees=0, translate=(0.017, 0.01)),  # less than half a pixel
    dict(name="ElasticTransform", alpha=(0, 0), fill=1),
    dict(name="ElasticTransform", alpha=1, interpolation="nearest"),  # at most half a pixel
    dict(name="RandomCrop", size=28, padding_mode="edge"),
    dict(name="RandomErasing", p=0, value="random"),
    dict(name="RandomErasing", p=1, scale=(0, 0.0003)),  # a quarter of a pixel
    dict(name="RandomErasing", p=1, scale=(1, 1)),  # the image itself, which is never erased
    dict(name="RandomHorizontalFlip", p=0),
    dict(name="RandomVerticalFlip", p=0),
]


@pytest.mark.parametrize("never", NEVER, ids=lambda never: never["name"])
def test_a_transform_that_never_happens_is_gone(never: dict[str, Any]) -> None:
    with_it = Recipe.read(dict(augment=[never, AFFINE, never]))
    assert with_it == Recipe.read(dict(augment=[AFFINE]))
    assert Recipe.read(with_it) == with_it


def mirrors(*ps: float) -> list[dict[str, Any]]:
    return [dict(name="RandomHorizontalFlip", p=p) for p in ps]


def test_flips_that_follow_each_other_are_one() -> None:
    upside = dict(name="RandomVerticalFlip", p=0.25)

    def read(*transforms: dict[str, Any]) -> tuple[object, ...]:
        return Recipe.read(dict(augment=transforms)).augment

    assert read(*mirrors(1, 1)) == ()
    assert read(*mirrors(0.5, 0.3)) == read(*mirrors(0.5))
    assert read(upside, *mirrors(0.5)) == read(*mirrors(0.5), upside)
    assert read(*mirrors(1), upside, *mirrors(1)) == read(upside)
    assert len(read(*mirrors(1), AFFINE, *mirrors(1))) == 3  # mirrored, moved, mirrored


HAPPENS: list[dict[str, Any]] = [
    dict(name="RandomAffine", degrees=0, translate=(0.018, 0)),
    dict(name="RandomAffine", degrees=0, scale=(1, 1.001)),
    dict(name="ElasticTransform", alpha=(0, 0.001)),
    dict(name="ElasticTransform", alpha=(0, 1.001), interpolation="nearest"),
    dict(name="RandomCrop", size=28, padding=(0, 0, 0, 1)),
    dict(name="RandomErasing", p=0.01),
    dict(name="RandomErasing", p=1, scale=(0, 0.001), ratio=(1, 1)),
    dict(name="RandomErasing", p=1, scale=(0.9, 1)),
    dict(name="RandomVerticalFlip", p=1e-6),
]


@pytest.mark.parametrize("transform", HAPPENS, ids=lambda transform: transform["name"])
def test_a_transform_that_may_happen_stays(transform: dict[str, Any]) -> None:
    assert len(Recipe.read(dict(augment=[transform])).augment) == 1


def test_arguments_without_effect_make_no_other_transform() -> None:
    pairs = [
        (dict(AFFINE, scale=(1, 1), shear=(0, 0)), AFFINE),
        (dict(AFFINE, shear=(-3, 3, 0, 0)), dict(AFFINE, shear=3)),
        (dict(AFFINE, center=(14, 14)), AFFINE),
        (dict(AFFINE, degrees=0, center=(3, 4)), dict(AFFINE, degrees=0)),
        (dict(name="ElasticTransform", sigma=(5, 5)), dict(name="ElasticTransform", alpha=50)),
        (
            dict(name="RandomCrop", size=28, padding=2, padding_mode="edge", fill=1),
            dict(name="RandomCrop", size=28, padding=2, padding_mode="edge"),
        ),
        (dict(name="RandomErasing", inplace=True), dict(name="RandomErasing")),
        (
            dict(name="RandomAffine", degrees=0, translate=(0.1, 0), interpolation="bilinear"),
            dict(name="RandomAffine", degrees=0, translate=(0.1, 0)),
        ),
        (
            dict(name="RandomAffine", degrees=(-3, 10), fill=1, center=(3, 4)),
            dict(name="RandomRotation", degrees=(-10, 3), fill=1, center=(3, 4)),
        ),
    ]
    for one, other in pairs:
        assert Recipe.read(dict(augment=[one])) == Recipe.read(dict(augment=[other]))


def test_an_affine_transform_turns_the_other_way_than_a_rotation() -> None:
    # So (-3, 10) of the one is (-10, 3) of the other; of the same numbers they are two.
    x = torch.rand(4, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    angle, nothing = torch.tensor([-3.0, 0.5, 4.0, 10.0]), torch.zeros(4)
    turns: dict[str, Any] = dict(degrees=(-10, 10), interpolation="bilinear", fill=0.0, center=None)
    one = RandomAffine(**turns).apply(x, angle, nothing, nothing, nothing + 1, nothing, nothing)
    assert torch.equal(one, RandomRotation(**turns).apply(x, -angle))
    affine, rotation = (
        Recipe.read(dict(augment=[dict(name=name, degrees=(-3, 10))]))
        for name in ("RandomAffine", "RandomRotation")
    )
    assert affine != rotation
