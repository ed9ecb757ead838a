"""Sums, products and powers: what has no effect goes, and one spelling stays of several.

Every rule holds for the bits of a result: x - 3 and x + -3 are one sum to the processor, and a
factor that is a power of two changes the exponent alone. (x + 1) - 1 stays, since it rounds.
"""

import math

from autograder.graph.arguments import Argument, Reference, Value
from autograder.graph.nodes import Node
from autograder.graph.rules.builder import Builder, Rule, changed, make

LARGEST = 1e6  # number that an operation may be given (operations.py)
MOST_OCTAVES = 20  # of a factor: far from where a product would lose digits


def is_number(arg: Argument) -> bool:
    """Return whether an operand is a plain number."""
    return isinstance(arg, int | float) and not isinstance(arg, bool)


def number(arg: Argument) -> float:
    """Return an operand that is a plain number."""
    assert isinstance(arg, int | float)
    return float(arg)


def is_power_of_two(factor: float) -> bool:
    """Return whether multiplying by this rounds nothing away."""
    return abs(math.frexp(factor)[0]) == 0.5 and abs(math.frexp(factor)[1]) <= MOST_OCTAVES


def negated(b: Builder, ref: Argument) -> Argument:
    """Return what a value is the negative of, if it was made so."""
    node = b.producer(ref, "mul")
    return node.args["input"] if node and node.args["other"] == -1.0 else None


# ---- sums ----------------------------------------------------------------------------------------


def alpha(b: Builder, node: Node) -> Node | None:
    """Write `alpha`, a factor of the second operand, as the product that torch makes of it."""
    other, factor = node.args["other"], number(node.args["alpha"])
    if factor == 1:
        return None
    if is_number(other):
        product = factor * number(other)
        return changed(node, other=product, alpha=1.0) if abs(product) <= LARGEST else None
    scaled = b.emit("mul", {"input": other, "other": factor}, node.line)
    return changed(node, other=scaled, alpha=1.0)


def add(b: Builder, node: Node) -> Node | Reference | None:
    """Simplify a sum whose alpha is 1."""
    one, two = node.args["input"], node.args["other"]
    if node.args["alpha"] != 1:
        return None
    if is_number(one):
        return None if is_number(two) else changed(node, input=two, other=one)
    if is_number(two) and two == 0:
        return as_value(one)
    if one == two:
        return make("mul", {"input": one, "other": 2.0}, node.line)
    if (kept := without_zero(b, node)) is not None:
        return kept
    first, second = negated(b, one), negated(b, two)
    if first is not None and second is not None:
        return minus_sum(b, first, second, node)
    if second is not None:
        return make("sub", {"input": one, "other": second, "alpha": 1.0}, node.line)
    if first is not None:
        return make("sub", {"input": two, "other": first, "alpha": 1.0}, node.line)
    return None


def sub(b: Builder, node: Node) -> Node | Reference | None:
    """Simplify a difference whose alpha is 1."""
    one, two = node.args["input"], node.args["other"]
    if node.args["alpha"] != 1:
        return None
    if is_number(two):
        return make("add", {"input": one, "other": 0.0 - number(two), "alpha": 1.0}, node.line)
    if one == two:
        return make("mul", {"input": one, "other": 0.0}, node.line)
    if is_number(one) and one == 0:
        return make("mul", {"input": two, "other": -1.0}, node.line)
    if (kept := without_zero(b, node)) is not None:
        return kept if kept == one else make("mul", {"input": kept, "other": -1.0}, node.line)
    if (minus := negated(b, two)) is not None:
        return make("add", {"input": one, "other": minus, "alpha": 1.0}, node.line)
    if (minus := negated(b, one)) is not None:
        return minus_sum(b, minus, two, node)
    return None


def minus_sum(b: Builder, one: Argument, two: Argument, node: Node) -> Node:
    """Write -a - b as -(a + b)."""
    total = b.emit("add", {"input": one, "other": two, "alpha": 1.0}, node.line)
    return make("mul", {"input": total, "other": -1.0}, node.line)


def without_zero(b: Builder, node: Node) -> Reference | None:
    """Return the operand of a sum that is left where the other one is 0 everywhere."""
    one, two = node.args["input"], node.args["other"]
    for kept, zero in ((one, two), (two, one)):
        if b.is_zero(zero) and not is_number(kept) and b.shape(kept) == b.result_shape(node):
            return as_value(kept)
    return None


def as_value(arg: Argument) -> Reference | None:
    """Return an operand that is a reference."""
    return arg if not isinstance(arg, bool | int | float | str | tuple) else None


# ---- products ------------------------------------------------------------------------------------


def mul(b: Builder, node: Node) -> Node | Reference | None:
    """Simplify a product."""
    one, two = node.args["input"], node.args["other"]
    if is_number(one):
        return None if is_number(two) else changed(node, input=two, other=one)
    if not is_number(two):
        if one == two:
            return make("square", {"input": one}, node.line)
        return factor_last(b, node)
    factor = number(two)
    if factor == 1:
        return as_value(one)
    before = b.producer(one, "mul")
    if factor == 0:
        # What is multiplied by 0 matters to its shape alone.
        inner = before.args["other"] if before else None
        return as_value(one) if is_number(inner) and inner == 0 else None
    if before is not None and is_number(before.args["other"]) and is_power_of_two(factor):
        first = number(before.args["other"])
        if is_power_of_two(first) and is_power_of_two(first * factor):
            return changed(node, input=before.args["input"], other=first * factor)
    return None


def factor_last(b: Builder, node: Node) -> Node | None:
    """Multiply by a power of two last, whichever operand it came with."""
    for name in ("input", "other"):
        scaled = b.producer(node.args[name], "mul")
        factor = scaled.args["other"] if scaled else None
        if scaled and is_number(factor) and is_power_of_two(number(factor)):
            plain = changed(node, **{name: scaled.args["input"]})
            product = b.emit("mul", plain.args, node.line)
            return make("mul", {"input": product, "other": factor}, node.line)
    return None


def div(b: Builder, node: Node) -> Node | Reference | None:
    """Write a quotient as the product that it is, where it is one to the bit."""
    one, two = node.args["input"], node.args["other"]
    if is_number(two) and not is_number(one) and is_power_of_two(number(two)):
        return make("mul", {"input": one, "other": 1 / number(two)}, node.line)
    if is_number(one) and not is_number(two):  # Python's `1 / x` is torch's reciprocal
        inverse = b.emit("reciprocal", {"input": two}, node.line)
        return make("mul", {"input": inverse, "other": one}, node.line)
    return None


POWERS: dict[Argument, str] = {2: "square", 0.5: "sqrt", -0.5: "rsqrt", -1: "reciprocal"}


def power(b: Builder, node: Node) -> Node | Reference | None:
    """Write out powers that torch itself writes out."""
    exponent = node.args["exponent"]
    if is_number(exponent) and exponent == 1:
        return as_value(node.args["input"])
    name = POWERS.get(exponent) if is_number(exponent) else None
    return make(name, {"input": node.args["input"]}, node.line) if name else None


def neg(b: Builder, node: Node) -> Node:
    """Write a negative as a product with -1."""
    return make("mul", {"input": node.args["input"], "other": -1.0}, node.line)


def larger(b: Builder, node: Node) -> Reference | None:
    """Drop the maximum or minimum of a value and itself."""
    same = node.args["input"] == node.args["other"]
    return as_value(node.args["input"]) if same else None


# ---- operands ------------------------------------------------------------------------------------


def spread_out(b: Builder, node: Node) -> Node | None:
    """Drop an expand in front of an operation that spreads its operands out anyway."""
    for name in ("input", "other"):
        if (wide := b.producer(node.args.get(name), "expand")) is None:
            continue
        narrow = changed(node, **{name: wide.args["input"]})
        if b.result_shape(narrow) == b.result_shape(node):
            return narrow
    return None


def reshaped_alike(b: Builder, node: Node) -> Reference | None:
    """Combine first and reshape then, where both operands were reshaped in the same way."""
    one = b.producer(node.args["input"], "reshape")
    two = b.producer(node.args["other"], "reshape")
    if not one or not two or b.shape(node.args["input"]) != b.shape(node.args["other"]):
        return None
    inside = one.args["input"], two.args["input"]
    if b.shape(inside[0]) != b.shape(inside[1]):
        return None
    plain = changed(node, input=inside[0], other=inside[1])
    combined = b.emit(node.operation.name, plain.args, node.line)
    return b.reshape(combined, b.size(node.args["input"]), node.line)


operands: list[Rule] = [spread_out, reshaped_alike]
RULES: dict[str, list[Rule]] = {
    "add": [alpha, add, *operands],
    "sub": [alpha, sub, *operands],
    "mul": [mul, *operands],
    "div": [div, *operands],
    "pow": [power],
    "neg": [neg],
    "maximum": [larger, *operands],
    "minimum": [larger, *operands],
}

# Of zeros these make zeros again, whatever else they are given.
KEEP_ZERO = frozenset(
    {
        *("relu", "relu6", "abs", "square", "tanh", "silu", "sign", "sin", "leaky_relu", "mul"),
        *("mean", "sum", "amax", "amin", "max", "min", "max_pool2d", "avg_pool2d", "dropout"),
        *("adaptive_avg_pool2d", "adaptive_max_pool2d", "feature_dropout", "reshape", "permute"),
        *("expand", "slice", "flip", "roll", "upsample_nearest2d", "upsample_bilinear2d"),
        *("pixel_shuffle", "pixel_unshuffle", "channel_shuffle"),
    }
)


def is_zero(b: Builder, node: Node) -> bool:
    """Return whether a node's result is 0 everywhere."""
    name = node.operation.name
    if name == "mul" and is_number(node.args["other"]) and node.args["other"] == 0:
        return True
    read = [ref for ref in node.references() if isinstance(ref, Value)]
    if name == "mul":
        return any(b.is_zero(ref) for ref in read)
    if name in ("add", "sub"):
        return len(node.references()) == 2 and all(b.is_zero(ref) for ref in node.references())
    return name in KEEP_ZERO and bool(read) and all(b.is_zero(ref) for ref in read)
