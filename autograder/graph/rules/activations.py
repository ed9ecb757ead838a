"""Functions of one number by itself, and dropout: one name for each, none for what does nothing.

A value is *rectified* when a ReLU, or what keeps its zeros, made it: it is nowhere below 0, and
where it is 0 its gradient goes nowhere. So what acts on numbers up to 0 alone leaves it as it is,
forward and backward.
"""

from autograder.graph.arguments import Reference, Value
from autograder.graph.nodes import Node
from autograder.graph.rules.builder import Builder, Rule, changed, make, source

# ---- other names ---------------------------------------------------------------------------------


def relu_by_another_name(b: Builder, node: Node) -> Node | Reference | None:
    """Recognise a ReLU, or no function at all, by its parameters."""
    match node.operation.name:
        case "threshold":
            zero = node.number("threshold") == 0 and node.number("value") == 0
        case "leaky_relu":
            if node.number("negative_slope") == 1:
                return source(node)
            zero = node.number("negative_slope") == 0
        case _:
            zero = node.number("alpha") == 0  # elu
    return make("relu", {"input": source(node)}, node.line) if zero else None


def celu(b: Builder, node: Node) -> Node | None:
    """Write celu as elu where they are one."""
    one = node.number("alpha") == 1
    return make("elu", {"input": source(node), "alpha": 1.0}, node.line) if one else None


def hardtanh(b: Builder, node: Node) -> Node | None:
    """Write hardtanh from 0 to 6 as relu6."""
    six = (node.number("min_val"), node.number("max_val")) == (0, 6)
    return make("relu6", {"input": source(node)}, node.line) if six else None


def hardshrink(b: Builder, node: Node) -> Reference | None:
    """Drop a hardshrink that shrinks nothing: no number lies between -l and l where l < 0."""
    return source(node) if node.number("lambd") < 0 else None


def clamp(b: Builder, node: Node) -> Reference | None:
    """Drop a clamp to limits that the value was clamped to before."""
    before = b.producer(source(node), "clamp")
    if before is None:
        return None
    low, high = node.args["min"], node.args["max"]
    inner_low, inner_high = before.args["min"], before.args["max"]
    # Where both are given and crossed, torch's result is the upper one: leave that alone.
    inner_crossed = None not in (inner_low, inner_high) and before.number("min") > before.number(
        "max"
    )
    above = low is None or (inner_low is not None and before.number("min") >= node.number("min"))
    below = high is None or (inner_high is not None and before.number("max") <= node.number("max"))
    return source(node) if above and below and not inner_crossed else None


# ---- what is rectified already -------------------------------------------------------------------


def nothing_below_zero(b: Builder, node: Node) -> Reference | None:
    """Drop a function that leaves a rectified value as it is."""
    ref = source(node)
    if not (isinstance(ref, Value) and ref.index in b.rectified):
        return None
    match node.operation.name:
        case "clamp":
            low, high = node.args["min"], node.args["max"]
            idle = high is None and low is not None and node.number("min") <= 0
        case "threshold":
            limit = node.number("threshold")
            idle = limit < 0 or (limit == 0 and node.number("value") == 0)
        case "hardshrink" | "softshrink":
            idle = node.number("lambd") == 0
        case _:
            idle = True
    return ref if idle else None


KEEP_RECTIFIED = frozenset(
    {
        *("max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d", "reshape"),
        *("permute", "expand", "slice", "flip", "roll", "dropout", "feature_dropout", "mean"),
        *("sum", "amax", "max", "pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "cat"),
        *("upsample_nearest2d",),
    }
)


def is_rectified(b: Builder, node: Node) -> bool:
    """Return whether a node's result is rectified."""
    name = node.operation.name
    if name in ("relu", "relu6"):
        return True
    if name not in KEEP_RECTIFIED:
        return False
    refs = node.references()
    return all(isinstance(ref, Value) and ref.index in b.rectified for ref in refs)


# ---- dropout -------------------------------------------------------------------------------------


def dropout(b: Builder, node: Node) -> Node | Reference | None:
    """Drop a dropout that drops nothing; of a map of one place each channel is one number."""
    if node.number("p") == 0 or not node.args["train"]:
        return source(node)
    name = node.operation.name
    if name.startswith("feature_") and all(side == 1 for side in b.shape(source(node))[2:]):
        alone = {"feature_dropout": "dropout", "feature_alpha_dropout": "alpha_dropout"}[name]
        return make(alone, node.args, node.line)
    return None


def before_dropout(b: Builder, node: Node) -> Reference | None:
    """Cut off at zero first and drop then: what is kept is scaled up, which changes no sign."""
    inner = b.producer(source(node), "dropout", "feature_dropout")
    positive = node.operation.name == "relu" or node.number("negative_slope") > 0
    if inner is None or not positive:
        return None
    return swapped(b, inner, node)


def swapped(b: Builder, first: Node, then: Node) -> Reference:
    """Write two operations in the other order."""
    value = b.emit(then.operation.name, {**then.args, "input": source(first)}, then.line)
    return b.emit(first.operation.name, {**first.args, "input": value}, first.line)


# ---- written out ---------------------------------------------------------------------------------

# What a value is multiplied by, made of that value, and the name of the product.
GATES = {"sigmoid": "silu", "hardsigmoid": "hardswish", "tanh": "mish"}


def gated(b: Builder, node: Node) -> Node | None:
    """Recognise x * sigmoid(x) and its like."""
    for one, two in (("input", "other"), ("other", "input")):
        gate = b.producer(node.args[two], *GATES)
        if gate is None:
            continue
        of = gate.args["input"]
        if gate.operation.name == "tanh":
            soft = b.producer(of, "softplus")
            usual = soft is not None and (soft.args["beta"], soft.args["threshold"]) == (1, 20)
            of = soft.args["input"] if soft is not None and usual else None
        if of == node.args[one]:
            return make(GATES[gate.operation.name], {"input": of}, node.line)
    return None


def hard_gate(b: Builder, node: Node) -> Node | Reference | None:
    """Recognise relu6(x + 3) / 6, alone or times x."""
    if node.args["other"] != 6:
        return None
    above = node.args["input"]
    product = b.producer(above, "mul")
    operands = [product.args["input"], product.args["other"]] if product else [None, above]
    for times, gate in (operands, operands[::-1]):
        cut_off = b.producer(gate, "relu6")
        shifted = b.producer(cut_off.args["input"], "add") if cut_off else None
        if shifted is None or shifted.args["other"] != 3:
            continue
        if times in (None, shifted.args["input"]):
            name = "hardsigmoid" if times is None else "hardswish"
            return make(name, {"input": shifted.args["input"]}, node.line)
    return None


def inverse_root(b: Builder, node: Node) -> Node | None:
    """Recognise one over a square root."""
    root = b.producer(source(node), "sqrt")
    return make("rsqrt", {"input": root.args["input"]}, node.line) if root else None


# ---- place ---------------------------------------------------------------------------------------


MOVES = ("roll", "flip")


def act_first(b: Builder, node: Node) -> Reference | None:
    """Act on each number first and reshape or move it then: the numbers are the same."""
    inner = b.producer(source(node), "reshape", *MOVES)
    if inner is None:
        return None
    if inner.operation.name != "reshape":
        return swapped(b, inner, node)
    acted = changed(node, input=source(inner))
    size = b.size(source(node))
    return b.reshape(b.emit(node.operation.name, acted.args, node.line), size, node.line)


def with_number(b: Builder, node: Node) -> Reference | None:
    """Do the same for a sum or product with a plain number."""
    number = any(isinstance(node.args[name], int | float) for name in ("input", "other"))
    alone = number and isinstance(node.args["input"], Value)
    return act_first(b, node) if alone else None


def powered(b: Builder, node: Node) -> Reference | None:
    """Do the same for a power with a plain number."""
    return act_first(b, node) if isinstance(node.args["exponent"], int | float) else None


UNARY = (
    *("relu", "relu6", "selu", "silu", "mish", "sigmoid", "tanh", "hardsigmoid", "hardswish"),
    *("softsign", "tanhshrink", "exp", "log", "sqrt", "rsqrt", "abs", "square", "reciprocal"),
    *("sign", "sin", "cos", "erf", "log1p", "expm1", "log_sigmoid", "leaky_relu", "elu", "celu"),
    *("gelu", "softplus", "hardtanh", "hardshrink", "softshrink", "threshold", "clamp"),
)
FEATURE_DROPOUTS = ("feature_dropout", "feature_alpha_dropout")
RULES: dict[str, list[Rule]] = {
    **{name: [] for name in UNARY},
    "threshold": [relu_by_another_name, nothing_below_zero],
    "leaky_relu": [relu_by_another_name, nothing_below_zero, before_dropout],
    "reciprocal": [inverse_root],
    "elu": [relu_by_another_name, nothing_below_zero],
    "celu": [celu, nothing_below_zero],
    "hardtanh": [hardtanh],
    "hardshrink": [hardshrink, nothing_below_zero],
    "softshrink": [nothing_below_zero],
    "clamp": [clamp, nothing_below_zero],
    "relu": [nothing_below_zero, before_dropout],
    "abs": [nothing_below_zero],
    "dropout": [dropout],
    "alpha_dropout": [dropout],
    **{name: [dropout] for name in FEATURE_DROPOUTS},
}
for name in (*UNARY, "dropout", "alpha_dropout"):
    RULES[name] = [*RULES[name], act_first]
for name in ("add", "sub", "mul", "div"):
    RULES[name] = [with_number]
RULES["mul"] = [gated, *RULES["mul"]]
RULES["div"] = [hard_gate, *RULES["div"]]
RULES["pow"] = [powered]
