"""What the checks of an assignment will say of a planned network, as far as a plan can know.

    for check in foreseen(found): ...       # the same ids, words and marks as `autograde check`

The count and the shapes are exact. Whether a layer is dense the check measures; all that a line can
say is a convolution or a pool, so what is left to foresee is a kernel as large as its map.
"""

from collections.abc import Iterator
from dataclasses import replace

from autograder.checks.saving import saving_advice
from autograder.planning.parts import AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Dropout, Part, within
from autograder.planning.planned import Layer, Plan
from autograder.verdict import Check

# What an assignment may require: the parts that are it, and the word that makes one.
REQUIRED: dict[str, tuple[type[Part], str]] = {
    "batch_norm": (BatchNorm2d, "bn"),
    "dropout": (Dropout, "do5"),
    "global_pooling": (AdaptiveAvgPool2d, "gap"),
}


def foreseen(plan: Plan) -> Iterator[Check]:
    """Yield what each check will find."""
    yield interface(plan)
    yield parameters(plan)
    yield no_dense(plan)
    if plan.rules.require:
        yield required(plan)
    if plan.finished:
        yield Check("note", "skip", message=ending(plan.layers[-1]))


def fits(plan: Plan) -> bool:
    """Return whether nothing is foreseen to fail."""
    return not any(check.bad for check in foreseen(plan))


def interface(plan: Plan) -> Check:
    """The network ends with ten scores."""
    if plan.finished:
        return Check("interface", "pass", found="(N, 1, 28, 28) to (N, 10)")
    last = plan.layers[-1].after
    message = f"{last.channels}x{last.rows}x{last.rows} is left where ten scores should be"
    return Check("interface", "fail", message=message, hint="end the line with gap")


def parameters(plan: Plan) -> Check:
    """There are few enough of them."""
    found = f"{plan.parameters:,}"
    if plan.left >= 0:
        found += f", and fewer than {plan.rules.fewer_parameters_than:,} are allowed"
        return Check("parameters", "pass", found=found)
    message = f"{found} parameters are {-plan.left:,} too many"
    rows = [replace(row, name=named(layer)) for layer in plan.layers for row in layer.rows]
    greedy = max(rows, key=lambda row: row.parameters)
    return Check("parameters", "fail", "", found, message, saving_advice(greedy, plan.parameters))


def no_dense(plan: Plan) -> Check:
    """No kernel is as large as its map, or the assignment allows that."""
    if plan.rules.dense_allowed:
        return Check("no-dense", "skip", "a dense layer is allowed here")
    slides = [(layer, slide) for layer in plan.layers for slide in layer.slides]
    said = {f"{named(layer)}: {slide.remark}": slide for layer, slide in slides if slide.remark}
    refused = [why for why, slide in said.items() if slide.covers]
    if refused and not plan.rules.whole_map_allowed:
        hint = "average over all places and score with a 1x1: gap"
        return Check("no-dense", "fail", message="; ".join(refused), hint=hint)
    return Check("no-dense", "pass", found="none", message="; ".join(said))


def required(plan: Plan) -> Check:
    """What the lesson is about is there."""
    kinds = {type(part) for part in within(plan.parts)}
    missing = [name for name in plan.rules.require if REQUIRED[name][0] not in kinds]
    if not missing:
        return Check("required", "pass", found=", ".join(plan.rules.require))
    hint = "add " + ", ".join(REQUIRED[name][1] for name in missing)
    return Check("required", "fail", message=f"{missing[0]} is missing", hint=hint)


def ending(last: Layer) -> str:
    """Say how the network comes to ten scores, as far as nobody asked for it."""
    made = [part for part in last.ending if isinstance(part, Conv2d)]
    if made:
        stored = last.rows[-1].parameters
        return f"{last.word} ends it with a Conv2d 1x1 to the ten scores, {stored} parameters"
    if isinstance(last.parts[-1], Conv2d):
        return f"{last.word} makes the ten scores: neither BatchNorm nor ReLU behind it"
    return f"the ten channels behind {last.word} are the ten scores"


def named(layer: Layer) -> str:
    """Name a layer by its word, and say which word that is: there may be several alike."""
    return f"word {layer.place}, {layer.word}"
