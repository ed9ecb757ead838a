"""Layers, pools and reductions: arguments that have no effect take one value.

A stride says nothing where there is only one place to stand, nor a dilation where a kernel has one
number. Each rule leaves the same windows over the same numbers.
"""

import string
from collections import Counter
from dataclasses import replace

from autograder.graph.arguments import Argument, Reference, Value
from autograder.graph.nodes import Graph, Node
from autograder.graph.rules.builder import Builder, Rule, changed, make, positive, source

LARGEST_KERNEL = 32  # that an operation may be given (operations.py)


def pair(node: Node, name: str) -> tuple[int, int]:
    """Return an argument that is a height and a width."""
    high, wide = node.integers(name)
    return high, wide


# ---- windows -------------------------------------------------------------------------------------


def strides(b: Builder, node: Node, reach: tuple[int, ...]) -> Node:
    """Give a stride that never steps its least value, which takes it out of the image."""
    sides = b.result_shape(node)[2:]
    before = b.shape(source(node))[2:]
    stride = list(pair(node, "stride"))
    for i, (side, was) in enumerate(zip(sides, before, strict=True)):
        room = was + 2 * pair(node, "padding")[i] - reach[i]
        if side == 1 and 0 <= room < stride[i]:
            stride[i] = room + 1
    return changed(node, stride=tuple(stride))


def convolution(b: Builder, node: Node) -> Node | None:
    """Write padding as numbers; a dilation of a kernel of one number is 1."""
    kernel = b.shape(node.args["weight"])[2:]
    if len(b.shape(source(node))) != 4:
        return None
    if (padded := padding_of_zeros(b, node)) is not None:
        return padded
    dilation = tuple(d if k > 1 else 1 for d, k in zip(pair(node, "dilation"), kernel, strict=True))
    node = changed(node, dilation=dilation)
    padding = node.args["padding"]
    if padding == "valid":
        return changed(node, padding=(0, 0))
    if padding == "same":
        around = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
        if any(total % 2 for total in around) or pair(node, "stride") != (1, 1):
            return node
        return changed(node, padding=tuple(total // 2 for total in around))
    reach = tuple(d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True))
    return strides(b, node, reach)


def padding_of_zeros(b: Builder, node: Node) -> Node | None:
    """Take zeros around the map, the same on both sides, for the layer's own padding."""
    inner = b.producer(source(node), "pad")
    if inner is None or inner.args["mode"] != "constant" or inner.args["value"] != 0:
        return None
    if node.args["padding"] == "same":
        return None  # it would be another one for the smaller map
    high, wide = (0, 0) if node.args["padding"] == "valid" else pair(node, "padding")
    pads = inner.integers("pad")
    left, right, top, bottom = (*pads, 0, 0)[:4]
    if len(pads) > 4 or left != right or top != bottom:
        return None
    padding = (high + top, wide + left)
    if max(padding) > LARGEST_KERNEL:
        return None
    return changed(node, input=source(inner), padding=padding)


def transposed(b: Builder, node: Node) -> Node | None:
    """A dilation of a kernel of one number is 1."""
    kernel = b.shape(node.args["weight"])[2:]
    if len(b.shape(source(node))) != 4:
        return None
    dilation = tuple(d if k > 1 else 1 for d, k in zip(pair(node, "dilation"), kernel, strict=True))
    return changed(node, dilation=dilation)


def pool(b: Builder, node: Node) -> Node | Reference | None:
    """Simplify a max pool or an average pool."""
    shape = b.result_shape(node)
    if len(shape) != 4:
        return None
    fitting = within_the_map(b, node)
    if fitting != node and b.result_shape(fitting) == shape:
        return fitting
    kernel = pair(node, "kernel_size")
    if node.args["ceil_mode"] and b.result_shape(changed(node, ceil_mode=False)) == shape:
        return changed(node, ceil_mode=False)
    if node.operation.name == "max_pool2d":
        dilation = tuple(
            d if k > 1 else 1 for d, k in zip(pair(node, "dilation"), kernel, strict=True)
        )
        node = changed(node, dilation=dilation)
    else:
        dilation = (1, 1)
        if (padded := averaged_with_zeros(b, node)) is not None:
            return padded
        node = divisor(node, kernel)
    if kernel == (1, 1) and pair(node, "padding") == (0, 0) and divides_by_nothing(node):
        return subsampled(b, node)
    if (at_once := pooled_at_once(b, node)) is not None:
        return at_once
    reach = tuple(d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True))
    return node if node.args["ceil_mode"] else strides(b, node, reach)


def within_the_map(b: Builder, node: Node) -> Node:
    """Leave out the places of a window that lie beyond the map, wherever it stands."""
    dilation = pair(node, "dilation") if "dilation" in node.args else (1, 1)
    sides = b.shape(source(node))[2:]
    fit = tuple(
        min(k, (int(side) + 2 * pad - 1) // d + 1)
        for k, side, pad, d in zip(
            pair(node, "kernel_size"), sides, pair(node, "padding"), dilation, strict=True
        )
    )
    return changed(node, kernel_size=fit)


def averaged_with_zeros(b: Builder, node: Node) -> Node | None:
    """Take zeros around the map for an average's own padding, where those are counted."""
    counted = node.args["count_include_pad"] or node.args["padding"] == (0, 0)
    if not counted or node.args["ceil_mode"] or node.args["divisor_override"] is not None:
        return None
    padded = padding_of_zeros(b, node)
    if padded is None:
        return None
    # Torch pads an average by half its window at most.
    halves = zip(pair(padded, "padding"), pair(node, "kernel_size"), strict=True)
    if any(2 * pad > side for pad, side in halves):
        return None
    return changed(padded, count_include_pad=True)


def divisor(node: Node, kernel: tuple[int, int]) -> Node:
    """Write an average's divisor where it is not the window's size."""
    given, whole = node.args["divisor_override"], kernel[0] * kernel[1]
    if given is not None:  # nothing is counted then
        node = changed(node, count_include_pad=True)
    if node.args["ceil_mode"]:
        return node
    if pair(node, "padding") == (0, 0):
        node = changed(node, count_include_pad=True)
    counted = given == whole and pair(node, "padding") == (0, 0)
    return changed(node, divisor_override=None) if counted else node


def pooled_at_once(b: Builder, node: Node) -> Node | None:
    """Write a pool of a pool as one, where the first one's windows lie side by side."""
    inner = b.producer(source(node), node.operation.name)
    if inner is None or not (is_plain(inner) and is_plain(node)):
        return None
    first = pair(inner, "kernel_size")
    if pair(inner, "stride") != first:
        return None
    kernel, stride = (
        tuple(a * c for a, c in zip(first, pair(node, name), strict=True))
        for name in ("kernel_size", "stride")
    )
    if max(*kernel, *stride) > LARGEST_KERNEL:
        return None
    one = changed(node, input=source(inner), kernel_size=kernel, stride=stride)
    return one if b.result_shape(one) == b.result_shape(node) else None


def is_plain(node: Node) -> bool:
    """Return whether a pool has neither padding nor anything else that is unusual."""
    usual = {"padding": (0, 0), "dilation": (1, 1), "ceil_mode": False, "divisor_override": None}
    return all(node.args.get(name, value) == value for name, value in usual.items())


def divides_by_nothing(node: Node) -> bool:
    """Return whether a pool of one number yields that number."""
    return node.args.get("divisor_override") in (None, 1)


def subsampled(b: Builder, node: Node) -> Reference:
    """Write a pool of single numbers as a slice of every so many rows and columns."""
    ref = source(node)
    for dim, step in zip((2, 3), pair(node, "stride"), strict=True):
        cut = {"dim": dim, "start": 0, "end": b.shape(ref)[dim], "step": step}
        ref = b.emit("slice", {"input": ref, **cut}, node.line)
    return ref


def resize(b: Builder, node: Node) -> Node | Reference | None:
    """Drop a resize to the same size; torch averages a whole map with its mean."""
    before, size = b.shape(source(node)), pair(node, "output_size")
    if len(before) != 4:
        return None
    if before[2:] == size:
        return source(node)
    name = node.operation.name
    if name == "adaptive_avg_pool2d" and size == (1, 1):
        over = {"input": source(node), "dim": (2, 3), "keepdim": True}
        return make("mean", over, node.line)
    kernel = tuple(was // now for was, now in zip(before[2:], size, strict=True))
    fits = all(was % now == 0 for was, now in zip(before[2:], size, strict=True))
    if not name.startswith("adaptive") or not fits or max(kernel) > LARGEST_KERNEL:
        return None
    windows: dict[str, Argument] = {"kernel_size": kernel, "stride": kernel, "padding": (0, 0)}
    args = {"input": source(node), **windows, "ceil_mode": False}
    if name == "adaptive_max_pool2d":
        return make("max_pool2d", args | {"dilation": (1, 1)}, node.line)
    args |= {"count_include_pad": True, "divisor_override": None}
    return make("avg_pool2d", args, node.line)


# ---- reductions and norms ------------------------------------------------------------------------

OF_ONE_NUMBER = ("mean", "sum", "amax", "amin", "max", "min")  # that number itself


def reduce(b: Builder, node: Node) -> Node | Reference | None:
    """Count axes from the front, in order, and keep them; axes of length one need no reduction."""
    shape, name = b.shape(source(node)), node.operation.name
    dims = sorted({positive(dim, len(shape)) for dim in node.integers("dim")})
    if not node.args["keepdim"]:
        kept = b.emit(name, {**node.args, "keepdim": True}, node.line)
        size = [side for at, side in enumerate(b.size(kept)) if at not in dims]
        return b.reshape(kept, tuple(size), node.line) if size else None
    if name in OF_ONE_NUMBER:
        dims = [dim for dim in dims if shape[dim] > 1]
        if not dims:
            return source(node)
    dim = dims[0] if name in ("max", "min") else tuple(dims)
    return changed(node, dim=dim)


def axis(b: Builder, node: Node) -> Node:
    """Count an axis from the front."""
    return changed(node, dim=positive(node.integer("dim"), len(b.shape(source(node)))))


def batch_norm(b: Builder, node: Node) -> Node | None:
    """Statistics that are never learned need no momentum: give it torch's default."""
    return None if node.args["training"] else changed(node, momentum=0.1)


def instance_norm(b: Builder, node: Node) -> Node:
    """Write a norm of each channel alone as a group norm of groups of one."""
    groups = b.shape(source(node))[1]
    return make("group_norm", {**node.args, "num_groups": groups}, node.line)


def weight_norm(b: Builder, node: Node) -> Node:
    """Count the axis from the front."""
    return changed(node, dim=positive(node.integer("dim"), len(b.shape(node.args["v"]))))


# ---- products of matrices ------------------------------------------------------------------------


def einsum(b: Builder, node: Node) -> Node:
    """Write an equation's result out, and name its axes a, b, c in order of appearance."""
    given, arrow, result = node.text("equation").replace(" ", "").partition("->")
    if not arrow:
        once = Counter(given)
        result = "".join(sorted(letter for letter in once if letter != "," and once[letter] == 1))
    seen = dict.fromkeys(letter for letter in given + result if letter != ",")
    named = dict(zip(seen, string.ascii_lowercase, strict=False))
    equation = "".join(named.get(letter, letter) for letter in f"{given}->{result}")
    return changed(node, equation=equation)


def addmm(b: Builder, node: Node) -> Node | None:
    """Write torch's addmm with a transposed matrix as the linear layer that it is."""
    flipped = b.producer(node.args["mat2"], "permute")
    plain = node.args["alpha"] == node.args["beta"] == 1
    if not flipped or not plain or len(b.shape(source(node))) != 1:
        return None
    args = {"input": node.args["mat1"], "weight": flipped.args["input"], "bias": source(node)}
    return make("linear", args, node.line)


def matmul(b: Builder, node: Node) -> Node | None:
    """Write a product with a transposed matrix as a linear layer without bias."""
    flipped = b.producer(node.args["other"], "permute")
    if not flipped or flipped.integers("dims") != (1, 0) or len(b.shape(source(node))) < 2:
        return None
    args = {"input": source(node), "weight": flipped.args["input"], "bias": None}
    return make("linear", args, node.line)


RULES: dict[str, list[Rule]] = {
    "conv2d": [convolution],
    "conv_transpose2d": [transposed],
    "max_pool2d": [pool],
    "avg_pool2d": [pool],
    "adaptive_avg_pool2d": [resize],
    "adaptive_max_pool2d": [resize],
    "upsample_nearest2d": [resize],
    "upsample_bilinear2d": [resize],
    **{name: [reduce] for name in (*OF_ONE_NUMBER, "logsumexp", "var", "std", "norm")},
    "softmax": [axis],
    "log_softmax": [axis],
    "batch_norm": [batch_norm],
    "instance_norm": [instance_norm],
    "weight_norm": [weight_norm],
    "einsum": [einsum],
    "addmm": [addmm],
    "matmul": [matmul],
}


# ---- order ---------------------------------------------------------------------------------------


def pool_first(graph: Graph) -> Graph:
    """Return the graph with every ReLU that only a max pool reads moved after that pool.

    The largest of some numbers, cut off at zero, is the largest of the numbers cut off at zero, and
    its gradient goes to the same one of them, or nowhere. So nothing changes but the time: after
    the pool there are a quarter as many numbers to cut off.
    """
    nodes = list(graph.nodes)
    readers = Counter(value for node in nodes for value in node.reads())
    readers[graph.output.index] += 1
    # Node i makes value i + 1, so a ReLU and the pool next to it can change places.
    for i in range(len(nodes) - 1):
        relu, pool = nodes[i : i + 2]
        names = relu.operation.name, pool.operation.name
        if names == ("relu", "max_pool2d") and pool.reads() == [i + 1] and readers[i + 1] == 1:
            nodes[i] = replace(pool, args={**pool.args, "input": relu.args["input"]})
            nodes[i + 1] = replace(relu, args={**relu.args, "input": Value(i + 1)})
    return replace(graph, nodes=tuple(nodes))
