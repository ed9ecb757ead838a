"""Operations of torch's that need more than a new name on their way into our graph.

One method each, called lower_<name> and given torch's node with its arguments resolved. Most
write out what torch leaves open (a stride, an axis, a size); several take an operation apart.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor, fx

from autograder.graph.arguments import BATCH, Refused, Stored, Value
from autograder.problem import Problem

# The same operation under another name of torch's.
ALIASES = {
    **dict.fromkeys(("view", "view_as", "reshape_as", "unflatten", "_unsafe_view"), "reshape"),
    **dict.fromkeys(("mm", "bmm"), "matmul"),
    **dict.fromkeys(("concat", "concatenate"), "cat"),
    **dict.fromkeys(("multiply",), "mul"),
    **dict.fromkeys(("divide", "true_divide"), "div"),
    **dict.fromkeys(("subtract",), "sub"),
    **dict.fromkeys(("absolute",), "abs"),
    **dict.fromkeys(("negative",), "neg"),
    **dict.fromkeys(("clip", "clamp_min", "clamp_max"), "clamp"),
    **dict.fromkeys(("_softmax",), "softmax"),
    **dict.fromkeys(("_log_softmax",), "log_softmax"),
    **dict.fromkeys(("special_expit",), "sigmoid"),
    **dict.fromkeys(("_weight_norm",), "weight_norm"),
    **dict.fromkeys(("linalg_vector_norm",), "norm"),
    **dict.fromkeys(("swapaxes", "swapdims"), "transpose"),
    **dict.fromkeys(("numpy_T",), "t"),
    **dict.fromkeys(("split_with_sizes",), "split"),
    **dict.fromkeys(("native_channel_shuffle",), "channel_shuffle"),
}

# What torch's nodes stand for here: a Value, a Stored, a number, or several of these.
Anything = Any


@dataclass(frozen=True)
class Folded:
    """Features whose batch is folded into another axis: fit for nothing until it is unfolded."""

    source: Value
    why: str
    line: int | None


class SpecialCases(ABC):
    """What a Lowering does with particular operations."""

    tensors: dict[str, Tensor]
    statistics: dict[str, int]
    parameters: set[str]
    weights: set[int]
    line_of: Callable[[fx.Node], int | None]

    @abstractmethod
    def emit(self, node: fx.Node, name: str, args: dict[str, Anything]) -> Value:
        """Append one of our nodes."""

    def lower_batch_norm(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """Set running statistics apart: the grader starts them itself."""
        for name in ("running_mean", "running_var"):
            if not isinstance(args[name], Stored):
                hint = "leave track_running_stats=True: evaluation needs running statistics"
                raise Problem("interface", "BatchNorm keeps no running statistics", hint)
            self.statistics[args[name].name] = self.tensors[args[name].name].numel()
        return self.emit(node, "batch_norm", args)

    def lower_squeeze(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """Name the axes that a squeeze removes, so that a batch of one stays a batch."""
        shape, dims = shape_of(node.args[0]), args.get("dim")
        dims = range(1, len(shape)) if dims is None else dims
        dims = (dims,) if isinstance(dims, int) else dims
        gone = tuple(d for d in dims if shape[d] == 1)
        return (
            self.emit(node, "squeeze", {"input": args["input"], "dim": gone})
            if gone
            else args["input"]
        )

    def lower_slice(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """Write out where a slice starts and ends; drop one that takes everything."""
        shape, dim = shape_of(node.args[0]), args["dim"]
        side = shape[dim]
        start, end, step = args["start"] or 0, args["end"], args["step"]
        if not isinstance(side, int):
            if start == 0 and step == 1 and (end is None or end in (BATCH, 2**63 - 1)):
                return args["input"]  # type: ignore[no-any-return]
            raise Refused("picks images out of a batch; every image must be answered by itself")
        start, end, step = slice(start, end, step).indices(side)
        if (start, end, step) == (0, side, 1):
            return args["input"]  # type: ignore[no-any-return]
        cut = {"input": args["input"], "dim": dim, "start": start, "end": end, "step": step}
        return self.emit(node, "slice", cut)

    def lower_narrow(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """Narrow is a slice by its length."""
        end = args["start"] + args["length"]
        return self.lower_slice(node, {**args, "end": end, "step": 1})

    def parts(self, node: fx.Node, args: dict[str, Anything]) -> list[Value]:
        """Take chunks, splits and unbinds apart into slices."""
        dim, start, parts = args["dim"], 0, []
        for part in node.meta["val"]:
            end = start + part.shape[dim]
            cut = {"input": args["input"], "dim": dim, "start": start, "end": end, "step": 1}
            parts.append(self.lower_slice(node, cut))
            start = end
        return parts

    lower_chunk = lower_split = lower_tensor_split = parts

    def lower_unbind(self, node: fx.Node, args: dict[str, Anything]) -> list[Value]:
        """Select every entry of an axis."""
        cut = {"input": args["input"], "dim": args["dim"]}
        return [
            self.emit(node, "select", {**cut, "index": i}) for i in range(len(node.meta["val"]))
        ]

    def lower_max(self, node: fx.Node, args: dict[str, Anything]) -> Anything:
        """Keep the values of a maximum; its positions are not features."""
        name = schema(node).name.removeprefix("aten::")
        if "other" in args:
            return self.emit(node, f"{name}imum", args)
        if "dim" not in args:
            raise Refused(f"{name} over everything mixes the images of a batch; name an axis")
        return [self.emit(node, name, args), None]

    lower_min = lower_max

    def lower_adaptive_max_pool2d(self, node: fx.Node, args: dict[str, Anything]) -> Anything:
        """Keep the values of the pooling alone."""
        return [self.emit(node, "adaptive_max_pool2d", args), None]

    def lower_max_pool2d(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """A pooling without a stride steps by its own size."""
        name = schema(node).name.removeprefix("aten::")
        return self.emit(node, name, {**args, "stride": args["stride"] or args["kernel_size"]})

    lower_avg_pool2d = lower_max_pool2d

    def lower_mean(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """A mean or sum needs its axes named, or it mixes the batch."""
        name = ALIASES.get(n := schema(node).name.removeprefix("aten::"), n)
        if args.get("dim") in (None, ()):
            raise Refused(f"{name} over everything mixes the images of a batch; name its axes")
        dim = args["dim"]
        if "correction" in args:
            correction = args["correction"]
            args["correction"] = 1 if correction is None else int(correction)
        return self.emit(node, name, {**args, "dim": dim if isinstance(dim, tuple) else (dim,)})

    lower_sum = lower_amax = lower_amin = lower_logsumexp = lower_var = lower_std = lower_mean
    lower_norm = lower_mean

    def lower_matmul(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """Matrix products differ in what they call their second operand."""
        other = args["mat2"] if "mat2" in args else args["other"]
        return self.emit(node, "matmul", {"input": args["input"], "other": other})

    def lower_rsub(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """Subtract the first from the second."""
        return self.emit(node, "sub", {**args, "input": args["other"], "other": args["input"]})

    def lower_reshape(self, node: fx.Node, args: dict[str, Anything]) -> Value | Folded:
        """Write a shape with the batch first and the rest as numbers."""
        shape, given = shape_of(node), args["input"]
        if isinstance(given, Folded):  # a shape made of a shape is one shape
            given = given.source
        if all(isinstance(side, int) for side in shape):
            if isinstance(given, Value) and given.index not in self.weights:
                raise Refused(unfit(shape))
            return self.emit(node, "reshape", {"input": given, "size": tuple(shape)})
        if is_batch(shape[0]) and all(isinstance(side, int) for side in shape[1:]):
            return self.emit(node, "reshape", {"input": given, "size": (BATCH, *shape[1:])})
        return Folded(given, unfit(shape), self.line_of(node))

    def lower_flatten(self, node: fx.Node, args: dict[str, Anything]) -> Value | Folded:
        """Flattening everything folds the batch too, until a view unfolds it."""
        if is_batch(shape_of(node)[0]) and not isinstance(args["input"], Folded):
            return self.emit(node, "flatten", args)
        return self.lower_reshape(node, args)

    def lower_expand(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """Write an expanded shape like a reshaped one."""
        size = tuple(s if isinstance(s, int) else BATCH for s in shape_of(node))
        return self.emit(node, "expand", {"input": args["input"], "size": size})

    lower_expand_as = lower_expand

    def lower_transpose(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """A transposition is a permutation of two axes."""
        order = list(range(len(shape_of(node))))
        one, two = args["dim0"], args["dim1"]
        order[one], order[two] = order[two], order[one]
        return self.emit(node, "permute", {"input": args["input"], "dims": tuple(order)})

    def lower_t(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """Turn a matrix around."""
        return self.lower_transpose(node, {**args, "dim0": 0, "dim1": -1})

    def lower_movedim(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """Moving axes is a permutation."""
        count = len(shape_of(node))
        moved = {
            d % count: s % count for s, d in zip(args["source"], args["destination"], strict=True)
        }
        rest = iter(i for i in range(count) if i not in moved.values())
        dims = tuple(moved[i] if i in moved else next(rest) for i in range(count))
        return self.emit(node, "permute", {"input": args["input"], "dims": dims})

    def lower_stack(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """Stacking is joining along a new axis."""
        dim = args["dim"] % len(shape_of(node))
        rows = [self.emit(node, "unsqueeze", {"input": t, "dim": dim}) for t in args["tensors"]]
        return self.emit(node, "cat", {"tensors": tuple(rows), "dim": dim})

    def resized(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """Write the size of a resized map as numbers."""
        name = schema(node).name.removeprefix("aten::")
        size = tuple(shape_of(node)[2:])
        kept = {k: v for k, v in args.items() if k == "align_corners"}
        return self.emit(node, name, {"input": args["input"], "output_size": size, **kept})

    lower_upsample_nearest2d = lower_upsample_bilinear2d = resized

    def lower_elu(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """Tell elu, selu's and celu's common form apart by its scales."""
        if args.get("scale", 1) != 1 or args.get("input_scale", 1) != 1:
            raise Refused("elu may not be given scale or input_scale")
        return self.emit(node, "elu", args)

    def lower_detach(self, node: fx.Node, args: dict[str, Anything]) -> Value:
        """A constant may be detached; features may not lose their gradient."""
        given = args["input"]
        if isinstance(given, Stored) and given.name not in self.parameters:
            return given  # type: ignore[return-value]
        raise Refused("detach stops the gradient, which no layer of this course needs")


def schema(node: fx.Node) -> Anything:
    """Return the signature of the operation that a node calls."""
    return node.target._schema  # type: ignore[union-attr]


def shape_of(node: Anything) -> Anything:
    """Return a node's shape, the batch as a symbol."""
    return node.meta["val"].shape


def written(shape: Anything) -> str:
    """Write a shape for a sentence, with N for the batch."""
    sides = [str(side if isinstance(side, int) else side.node.expr) for side in shape]
    for symbol in {s for side in shape if not isinstance(side, int) for s in free(side)}:
        sides = [side.replace(symbol, BATCH) for side in sides]
    return f"({', '.join(sides)})"


def free(side: Anything) -> list[str]:
    """Name torch's symbols in a size: the batch's own, there is no other."""
    return [str(symbol) for symbol in side.node.expr.free_symbols]


def is_batch(side: Anything) -> bool:
    """Tell the batch's own size, the one that is free."""
    return not isinstance(side, int) and bool(side.node.expr.is_symbol)


def unfit(shape: Anything) -> str:
    """Say what is wrong with a shape that does not keep the batch apart."""
    return f"makes the shape {written(shape)}; keep the batch first and alone"
