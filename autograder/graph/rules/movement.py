"""Numbers that only change places: one reshape for all, and nothing for what ends as it began.

Nothing here computes, so every rule is exact. What a chain of moves amounts to is found by moving
the numbers 0, 1, 2 … through it.
"""

import torch

from autograder.graph.arguments import Reference, Value
from autograder.graph.nodes import Node
from autograder.graph.rules.builder import (
    IMAGES,
    Builder,
    Rule,
    Unclear,
    changed,
    make,
    positive,
    source,
)

LONGEST_CHAIN = 12
# These keep every number once.
BIJECTIVE = frozenset(
    {
        *("reshape", "permute", "flip", "roll"),
        *("pixel_shuffle", "pixel_unshuffle", "channel_shuffle"),
    }
)


# ---- shapes --------------------------------------------------------------------------------------


def as_reshape(b: Builder, node: Node) -> Node:
    """Write flatten, squeeze and unsqueeze as a reshape."""
    shape = b.result_shape(node)
    ref = source(node)
    if isinstance(ref, Value) and ref.index in b.images:
        if not shape or shape[0] != IMAGES:
            raise Unclear
        return make("reshape", {"input": ref, "size": ("N", *shape[1:])}, node.line)
    return make("reshape", {"input": ref, "size": shape}, node.line)


def reshape(b: Builder, node: Node) -> Node | Reference | None:
    """Write the size in full; a reshape of a reshape is one; to the same shape, none."""
    written = as_reshape(b, node)
    inner = b.producer(source(node), "reshape")
    if inner is not None:
        return changed(written, input=inner.args["input"])
    if written.args["size"] == b.size(source(node)):
        return source(node)
    return written


def expand(b: Builder, node: Node) -> Node | Reference | None:
    """Write the size in full, and drop an expand to the same size."""
    shape, ref = b.result_shape(node), source(node)
    if shape == b.shape(ref):
        return ref
    of_images = isinstance(ref, Value) and ref.index in b.images
    if of_images and shape[0] != IMAGES:
        raise Unclear
    return changed(node, size=("N", *shape[1:]) if of_images else shape)


# ---- the order of axes and of places -------------------------------------------------------------


def permute(b: Builder, node: Node) -> Node | Reference | None:
    """Join two permutations; one that moves axes of length one alone is a reshape."""
    shape = b.shape(source(node))
    dims = tuple(positive(dim, len(shape)) for dim in node.integers("dims"))
    if len(dims) != len(shape):
        raise Unclear
    if dims == tuple(range(len(shape))):
        return source(node)
    inner = b.producer(source(node), "permute")
    if inner is not None:
        first = inner.integers("dims")
        return changed(node, input=source(inner), dims=tuple(first[dim] for dim in dims))
    long = [dim for dim in dims if shape[dim] > 1]
    if long == sorted(long):
        size = b.size(source(node))
        moved = tuple(size[dim] for dim in dims)
        if "N" not in moved[1:]:
            return make("reshape", {"input": source(node), "size": moved}, node.line)
    return changed(node, dims=dims)


def flip(b: Builder, node: Node) -> Node | Reference | None:
    """Join two flips, and drop axes of length one."""
    shape = b.shape(source(node))
    dims = {positive(dim, len(shape)) for dim in node.integers("dims")}
    dims = {dim for dim in dims if shape[dim] > 1}
    inner = b.producer(source(node), "flip")
    if inner is not None:
        return changed(
            node, input=source(inner), dims=tuple(sorted(dims ^ set(inner.integers("dims"))))
        )
    return changed(node, dims=tuple(sorted(dims))) if dims else source(node)


def roll(b: Builder, node: Node) -> Node | Reference | None:
    """Add up shifts along each axis, of this and the roll before it, the shortest way round."""
    shape, inner = b.shape(source(node)), b.producer(source(node), "roll")
    shifts: dict[int, int] = {}
    for one in (node, inner) if inner else (node,):
        for dim, shift in zip(one.integers("dims"), one.integers("shifts"), strict=True):
            at = positive(dim, len(shape))
            shifts[at] = shifts.get(at, 0) + shift
    start = source(inner or node)
    moved: dict[int, int] = {}
    for dim, shift in sorted(shifts.items()):
        short = shift % shape[dim]
        if short:
            moved[dim] = short if 2 * short <= shape[dim] else short - shape[dim]
    if not moved:
        return start
    return changed(node, input=start, shifts=tuple(moved.values()), dims=tuple(moved))


def where_it_began(b: Builder, node: Node) -> Reference | None:
    """Drop a chain of moves that ends with every number in its first place."""
    chain, ref = [node], source(node)
    shape = b.result_shape(node)
    while len(chain) <= LONGEST_CHAIN:
        if b.shape(ref) == shape and is_identity(b, ref, chain):
            return ref
        inner = b.producer(ref, *BIJECTIVE)
        if inner is None:
            return None
        chain.insert(0, inner)
        ref = source(inner)
    return None


def is_identity(b: Builder, ref: Reference, chain: list[Node]) -> bool:
    """Move the numbers 0, 1, 2 … along a chain, and see whether they come out in order."""
    shape = b.shape(ref)
    if isinstance(ref, Value) and ref.index in b.images:
        shape = (1, *shape[1:])  # of one image
    count = torch.Size(shape).numel()
    b.to_move -= count * len(chain)
    if b.to_move < 0:
        return False
    numbers = moved = torch.arange(count).reshape(shape)
    for node in chain:
        moved = node.operation.run(**{**node.args, "input": moved})
    return torch.equal(moved, numbers)


# ---- parts ---------------------------------------------------------------------------------------


def select(b: Builder, node: Node) -> Reference:
    """Write a select as a slice of one entry, without its axis."""
    shape = b.shape(source(node))
    dim = positive(node.integer("dim"), len(shape))
    index = positive(node.integer("index"), shape[dim])
    cut = {"dim": dim, "start": index, "end": index + 1, "step": 1}
    part = b.emit("slice", {"input": source(node), **cut}, node.line)
    size = b.size(source(node))
    return b.reshape(part, (*size[:dim], *size[dim + 1 :]), node.line)


def cut(b: Builder, node: Node) -> Node | Reference | None:
    """Write where a slice really ends; join slices along an axis, order those along several."""
    ref = source(node)
    shape = b.shape(ref)
    dim = positive(node.integer("dim"), len(shape))
    step = node.integer("step")
    places = range(*slice(node.integer("start"), node.integer("end"), step).indices(shape[dim]))
    if not places:
        raise Unclear
    step = step if len(places) > 1 else 1
    if len(places) == shape[dim]:
        return ref
    inner = b.producer(ref, "slice")
    if inner is not None and inner.integer("dim") == dim:
        first, by = inner.integer("start"), inner.integer("step")
        cuts = {"start": first + by * places[0], "end": first + by * places[-1] + 1}
        return changed(node, input=source(inner), dim=dim, step=by * step, **cuts)
    if inner is not None and inner.integer("dim") > dim:
        swapped = b.emit("slice", {**node.args, "dim": dim, "input": source(inner)}, node.line)
        return changed(inner, input=swapped)
    node = changed(node, dim=dim, start=places[0], end=places[-1] + 1, step=step)
    joined = b.producer(ref, "cat")
    if joined is not None and joined.integer("dim") == dim:
        return part_of_join(b, node, joined, dim) or node
    padded = b.producer(ref, "pad")
    if padded is not None and padded.args["mode"] == "constant" and step == 1:
        return part_of_padded(b, node, padded, dim) or node
    return node


def part_of_padded(b: Builder, node: Node, padded: Node, dim: int) -> Node | None:
    """Write a slice of a padded value as a slice that is padded less."""
    inner, pads = source(padded), list(padded.integers("pad"))
    side, at = b.shape(inner)[dim], 2 * (len(b.shape(inner)) - 1 - dim)
    pads += [0] * (at + 2 - len(pads))
    low, high = pads[at : at + 2]
    start, end = node.integer("start") - low, node.integer("end") - low  # in the value inside
    if low == high == 0 or end <= 0 or start >= side:
        return None  # not padded along this axis, or nothing but padding is left
    pads[at : at + 2] = [max(0, -start), max(0, end - side)]
    cuts = {"dim": dim, "start": max(0, start), "end": min(side, end), "step": 1}
    kept = b.emit("slice", {"input": inner, **cuts}, node.line)
    return changed(padded, input=kept, pad=tuple(pads))


def part_of_join(b: Builder, node: Node, joined: Node, dim: int) -> Node | None:
    """Write a slice of joined values as the slices of those that it reaches into."""
    start, end, parts, first = node.integer("start"), node.integer("end"), [], 0
    for part in joined.references():
        side = b.shape(part)[dim]
        low, high = max(0, start - first), min(side, end - first)
        first += side
        if low < high:
            cuts = {"dim": dim, "start": low, "end": high, "step": node.integer("step")}
            parts.append((part, cuts))
    if len(parts) > 1 and node.integer("step") > 1:
        return None
    cut_parts = tuple(b.emit("slice", {"input": ref, **cuts}, node.line) for ref, cuts in parts)
    return make("cat", {"tensors": cut_parts, "dim": dim}, node.line)


def cat(b: Builder, node: Node) -> Node | Reference | None:
    """Join what joins along the same axis; parts of one value that lie next to each other too."""
    refs = node.references()
    dim = positive(node.integer("dim"), len(b.shape(refs[0])))
    if len(refs) == 1:
        return refs[0]
    flat: list[Reference] = []
    for ref in refs:
        inner = b.producer(ref, "cat")
        flat += inner.references() if inner and inner.integer("dim") == dim else [ref]
    flat = flat if len(flat) <= 64 else refs
    at = 0
    while at + 1 < len(flat):
        whole = together(b, flat[at], flat[at + 1], dim, node.line)
        if whole is None:
            at += 1
        else:
            flat[at : at + 2] = [whole]
    return changed(node, tensors=tuple(flat), dim=dim)


def together(
    b: Builder, one: Reference, two: Reference, dim: int, line: int | None
) -> Reference | None:
    """Return the part of a value that two parts of it are, where one begins as the other ends."""
    (ref, first), (other, second) = cuts_of(b, one), cuts_of(b, two)
    if dim not in first or dim not in second or ref != other:
        return None
    if {**first, dim: None} != {**second, dim: None}:
        return None
    (start, end, step), (then, to, by) = first[dim], second[dim]
    if not (step == by == 1 and end == then):
        return None
    for axis, (begin, stop, every) in sorted((first | {dim: (start, to, 1)}).items()):
        cuts = {"dim": axis, "start": begin, "end": stop, "step": every}
        ref = b.emit("slice", {"input": ref, **cuts}, line)
    return ref


def cuts_of(b: Builder, ref: Reference) -> tuple[Reference, dict[int, tuple[int, int, int]]]:
    """Return what a value is a part of, and the start, end and step along each axis."""
    cuts: dict[int, tuple[int, int, int]] = {}
    while (node := b.producer(ref, "slice")) is not None and node.integer("dim") not in cuts:
        cuts[node.integer("dim")] = node.integer("start"), node.integer("end"), node.integer("step")
        ref = source(node)
    return ref, cuts


def pad(b: Builder, node: Node) -> Node | Reference | None:
    """Drop padding by nothing; cut with slices, pad with pads; two pads by one number are one."""
    ref, pads, rank = source(node), node.integers("pad"), len(b.shape(source(node)))
    if len(pads) % 2 or len(pads) > 2 * rank:
        raise Unclear
    if not any(pads):
        return ref
    if node.args["mode"] != "constant":  # for these torch wants a pad for each side of the image
        return changed(node, value=None)
    while pads[-2:] == (0, 0):
        pads = pads[:-2]
    value = 0.0 if node.args["value"] is None else node.number("value")
    if min(pads) < 0:
        cropped: Reference = ref
        for i, (low, high) in enumerate(zip(pads[::2], pads[1::2], strict=True)):
            dim = rank - 1 - i
            side = b.shape(ref)[dim]
            ends = {"start": max(0, -low), "end": side - max(0, -high), "step": 1}
            if ends["end"] <= ends["start"]:  # what is left of it is padding alone
                zeros = value == 0 and b.result_shape(node) == b.shape(ref)
                return make("mul", {"input": ref, "other": 0}, node.line) if zeros else None
            cropped = b.emit("slice", {"input": cropped, "dim": dim, **ends}, node.line)
        return changed(node, input=cropped, pad=tuple(max(0, p) for p in pads), value=value)
    inner = b.producer(ref, "pad")
    if inner and inner.args["mode"] == "constant" and inner.args["value"] == value:
        length = max(len(pads), len(inner.integers("pad")))
        both = [p + (0,) * (length - len(p)) for p in (pads, inner.integers("pad"))]
        summed = tuple(map(sum, zip(*both, strict=True)))
        if max(summed) <= 28:
            return changed(node, input=source(inner), pad=summed)
    return changed(node, pad=pads, value=value)


RULES: dict[str, list[Rule]] = {
    "flatten": [as_reshape],
    "squeeze": [as_reshape],
    "unsqueeze": [as_reshape],
    "reshape": [reshape],
    "expand": [expand],
    "permute": [permute],
    "flip": [flip],
    "roll": [roll],
    "select": [select],
    "slice": [cut],
    "cat": [cat],
    "pad": [pad],
    "pixel_shuffle": [],
    "pixel_unshuffle": [],
    "channel_shuffle": [],
}
for name in BIJECTIVE:
    RULES[name] = [*RULES[name], where_it_began]
