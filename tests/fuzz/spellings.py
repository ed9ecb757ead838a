"""Other spellings of the same network: none of them changes a number, or the network's one form.

respelled(draft, chance)      # a copy, its operations in another order, with some that do nothing
"""

import random
from typing import Any

from autograder.graph.arguments import Refused
from tests.fuzz.draft import Draft, Row, Shape, mapped, op, references, tensor, value
from tests.fuzz.sound import of_images

# A chain of operations that ends as it began. In it, value 1 is what goes in, and the chain's own
# results are 2, 3, …
Chain = list[Row]


def nothing(shape: Shape, chance: random.Random) -> dict[str, Chain]:
    """List, for a value of this shape, the chains that do nothing to it."""
    x, y = value(1), value(2)
    rank, full = len(shape), ["N", *shape[1:]]
    cut = {"dim": rank - 1, "step": 1}
    chains: dict[str, Chain] = {
        "times one": [op("mul", input=x, other=1.0)],
        "one times": [op("mul", input=1, other=x)],
        "plus zero": [op("add", input=x, other=0.0, alpha=3.0)],
        "minus zero": [op("sub", input=x, other=0, alpha=1)],
        "over one": [op("div", input=x, other=1.0)],
        "first power": [op("pow", input=x, exponent=1.0)],
        "never dropped": [op("dropout", input=x, p=0.0, train=True)],
        "dropped in no mode": [op("dropout", input=x, p=0.5, train=False)],
        "reshaped": [op("reshape", input=x, size=full)],
        "flattened and back": [
            op("flatten", input=x, start_dim=1, end_dim=-1),
            op("reshape", input=y, size=full),
        ],
        "an axis more and less": [
            op("unsqueeze", input=x, dim=-1),
            op("squeeze", input=y, dim=[-1]),
        ],
        "mirrored twice": [op("flip", input=x, dims=[-1]), op("flip", input=y, dims=[rank - 1])],
        "minus minus": [op("neg", input=x), op("mul", input=y, other=-1.0)],
        "rolled and back": [
            op("roll", input=x, shifts=[3], dims=[1]),
            op("roll", input=y, shifts=[-3], dims=[1 - rank]),
        ],
        "padded by nothing": [op("pad", input=x, pad=[0, 0], mode="constant", value=None)],
        "padded and cropped": [
            op("pad", input=x, pad=[1, 2], mode="constant", value=5.0),
            op("slice", input=y, start=1, end=1 + shape[-1], **cut),
        ],
        "joined alone": [op("cat", tensors=[x], dim=1)],
        "all of it": [op("slice", input=x, dim=1, start=0, end=4096, step=1)],
        "twice the half": [
            op("mul", input=x, other=4.0),
            op("div", input=y, other=2.0),
            op("mul", input=value(3), other=0.5),
        ],
        "expanded to itself": [op("expand", input=x, size=full)],
        "a slope of one": [op("leaky_relu", input=x, negative_slope=1)],
        "the larger of itself": [op("maximum", input=x, other=x)],
        "the mean of one": [
            op("unsqueeze", input=x, dim=1),
            op("mean", input=y, dim=[1], keepdim=False),
        ],
        "and nothing of itself": [
            op("mul", input=x, other=0.0),
            op("add", input=y, other=x, alpha=1.0),
        ],
        "itself and itself": [
            op("add", input=x, other=x, alpha=1.0),
            op("mul", input=y, other=0.5),
        ],
    }
    if shape[1] > 1:
        at = chance.randrange(1, shape[1])
        chains["cut and joined"] = [
            op("slice", input=x, dim=1, start=0, end=at, step=1),
            op("slice", input=x, dim=1, start=at, end=shape[1], step=1),
            op("cat", tensors=[y, value(3)], dim=1),
        ]
    if rank == 4:
        window = {"kernel_size": [1, 1], "stride": [1, 1], "padding": [0, 0]}
        sides = list(shape[2:])
        chains |= {
            "channels last and back": [
                op("permute", input=x, dims=[0, 2, 3, 1]),
                op("permute", input=y, dims=[0, 3, 1, 2]),
            ],
            "pooled by one": [op("max_pool2d", input=x, **window, dilation=[3, 3], ceil_mode=True)],
            "as large as it is": [op("upsample_nearest2d", input=x, output_size=sides)],
            "averaged to itself": [op("adaptive_avg_pool2d", input=x, output_size=sides)],
            "channels of one group": [op("channel_shuffle", input=x, groups=1)],
        }
        if all(side % 2 == 0 for side in sides):
            chains["unshuffled and back"] = [
                op("pixel_unshuffle", input=x, downscale_factor=2),
                op("pixel_shuffle", input=y, upscale_factor=2),
            ]
    return chains


def does_nothing(draft: Draft, chance: random.Random) -> None:
    """Put a chain that does nothing behind some value."""
    at = of_images(draft, chance)
    shape = draft.shapes[at]
    if len(shape) < 2:
        return
    chains = nothing(shape, chance)
    name = chance.choice(list(chains))
    rows = [
        mapped(row, lambda ref: value(ref["value"] + at - 1) if "value" in ref else ref)
        for row in chains[name]
    ]
    draft.redirect(at, draft.insert(at, rows))
    draft.done.append(name)


def dead(draft: Draft, chance: random.Random) -> None:
    """Compute something that nobody reads."""
    at = of_images(draft, chance)
    rows = [op("tanh", input=value(at)), op("mul", input=value(at + 1), other=value(at))]
    draft.insert(at, rows)
    draft.done.append("dead")


COMMUTATIVE = ("add", "mul", "maximum", "minimum")


def reordered(draft: Draft, chance: random.Random) -> None:
    """Write the operations in another order, operands swapped, tensors under other names."""
    left, order = list(range(1, len(draft.nodes) + 1)), [0]
    reads = {
        made: {ref["value"] for ref in references(row) if "value" in ref}
        for made, row in enumerate(draft.nodes, start=1)
    }
    while left:
        ready = [made for made in left if reads[made] <= set(order)]
        order.append(chance.choice(ready))
        left.remove(order[-1])
    became = {made: place for place, made in enumerate(order)}
    names = [*draft.tensors, *draft.statistics]
    called = dict(zip(names, chance.sample(range(len(names)), len(names)), strict=True))

    def renamed(ref: dict[str, Any]) -> dict[str, Any]:
        if "value" in ref:
            return value(became[ref["value"]])
        return tensor(f"n{called[ref['tensor']]}")

    rows = [mapped(draft.nodes[made - 1], renamed) for made in order[1:]]
    for row in rows:
        args = row["args"]
        if row["op"] in COMMUTATIVE and args.get("alpha", 1) == 1 and chance.random() < 0.5:
            args["input"], args["other"] = args["other"], args["input"]
    draft.document |= {"nodes": rows, "output": became[draft.output]}
    draft.document["statistics"] = {f"n{called[n]}": s for n, s in draft.statistics.items()}
    draft.tensors = {f"n{called[name]}": numbers for name, numbers in draft.tensors.items()}
    draft.done.append("reordered")


def respelled(draft: Draft, chance: random.Random) -> Draft:
    """Return a copy of the network in another spelling."""
    other = draft.copy()
    other.done = []
    for _ in range(chance.randrange(3)):
        tried = other.copy()
        try:
            does_nothing(tried, chance)
            tried.settle()
        except Refused:  # too many axes for one more, say
            continue
        other = tried
    if chance.random() < 0.3:
        dead(other, chance)
    reordered(other, chance)
    other.settle()
    return other
