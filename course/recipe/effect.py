"""What a recipe comes to, the same for every way to write it: two with one effect train alike.

    effect(Recipe())      # plain data; the grader hashes it

A schedule is taken for the rate and momentum of each step, whichever scheduler they come from, and
an average that no test ever sees is none.
"""

from __future__ import annotations

import hashlib

from course.recipe.reading import Part, name_of, rate_of, rest_of
from course.recipe.recipe import Recipe
from course.recipe.schedule import Plan, plan, steps_per_epoch

IMAGES = 60_000  # of the training set that results are ranked on
DIGITS = 6  # of a rate: another machine's cosine may differ in the sixteenth


def effect(recipe: Recipe) -> dict[str, object]:
    """Return what a recipe comes to, as plain data."""
    rates = plan(recipe, IMAGES)
    steps = steps_per_epoch(IMAGES, recipe.batch_size)
    written = recipe.as_dict()
    del written["scheduler"]
    return {
        **written,
        "optimizer": optimizer(recipe.optimizer, rates),
        "rates": digest(rates.lr),
        "momenta": digest(rates.momentum) if rates.momentum is not None else None,
        "average": written["average"] if is_seen(recipe.average, recipe.epochs, steps) else None,
    }


def optimizer(part: Part, rates: Plan) -> Part:
    """Return an optimizer without what its schedule overrules, or what then has no effect."""
    found = {key: setting for key, setting in part.items() if key != "lr"}
    if name_of(part) == "AdamW":  # in torch, too, it is Adam with this one difference
        found |= {"name": "Adam", "decoupled_weight_decay": True}
    if found.get("weight_decay") == 0 and "decoupled_weight_decay" in found:
        found["decoupled_weight_decay"] = False
    if rates.momentum is not None:
        for key in ("momentum", "betas"):
            if isinstance(betas := found.get(key), tuple):
                found[key] = betas[1:]
            else:
                found.pop(key, None)
    elif found.get("momentum") == 0 and "dampening" in found:
        found["dampening"] = 0.0
    if rest := rest_of(part):  # whose own momentum no schedule moves
        share = f"{rate_of(rest) / rate_of(part):.{DIGITS}g}"
        found["rest"] = optimizer(rest, Plan(rates.lr, None)) | {"share": share}
    return found


def digest(rates: list[float]) -> str:
    """Hash the numbers of every step."""
    text = " ".join(f"{rate:.{DIGITS}g}" for rate in rates)
    return hashlib.sha256(text.encode()).hexdigest()


def is_seen(average: Part | None, epochs: int, steps: int) -> bool:
    """Return whether any test, at the end of an epoch, sees a mean that is not the weights."""
    if average is None:
        return False
    every, first = average["every"], 0
    assert isinstance(every, int)
    if name_of(average) == "SWA":
        start = average["start"]
        assert isinstance(start, int)
        first = (start - 1) * steps
    forgetful = average.get("decay") == 0  # the mean is the weights as they were looked at last
    for end in range(steps, epochs * steps + 1, steps):
        looks = end // every - first // every if end > first else 0
        fresh = end % every == 0 and (looks == 1 or forgetful)
        if looks and not fresh:
            return True
    return False
