"""The operations of torch that need more than a new name on their way into our graph.

One method each, called `lower_<name>` and given torch's node with its arguments by name. Most write
out what torch leaves open (a stride, an axis, a size), so that our graph means the same for any
batch size; several take one operation apart into simpler ones, so that fewer need to be allowed.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable

from torch import Tensor, fx

from autograder.capture.exported import (
    Arguments,
    Folded,
    Meaning,
    as_tuple,
    input_shape,
    operation_name,
    shape_of,
    sides,
    unfit_shape,
    whole,
    wholes,
)
from autograder.graph.arguments import BATCH, Refused, Stored, Value
from autograder.problem import Problem

# Other names that torch has for an operation, some of them internal, and the name that we use.
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
    **dict.fromkeys(("mH", "adjoint"), "mT"),
    **dict.fromkeys(("split_with_sizes",), "split"),
    **dict.fromkeys(("native_channel_shuffle",), "channel_shuffle"),
}

PICKS_IMAGES = "picks images out of a batch; every image must be answered by itself"
TO_THE_END = (None, BATCH, 2**63 - 1)  # torch's ways to say that a slice has no end


class SpecialCases(ABC):
    """What a Lowering does with particular operations."""

    # What these methods use of a Lowering, which says what each is.
    tensors: dict[str, Tensor]
    statistics: dict[str, int]
    parameters: set[str]
    weights: set[int]
    line_of: Callable[[fx.Node], int | None]

    @abstractmethod
    def emit(self, node: fx.Node, name: str, args: Arguments) -> Value:
        """Append one of our nodes."""

    # ---- layers ----------------------------------------------------------------------------------

    def lower_batch_norm(self, node: fx.Node, args: Arguments) -> Value:
        """Keep the sizes of the running statistics alone: the grader sets their numbers itself."""
        for name in ("running_mean", "running_var"):
            statistic = args[name]
            if not isinstance(statistic, Stored):
                hint = "leave track_running_stats=True: evaluation needs running statistics"
                raise Problem("interface", "BatchNorm keeps no running statistics", hint)
            self.statistics[statistic.name] = self.tensors[statistic.name].numel()
        return self.emit(node, "batch_norm", args)

    def lower_max_pool2d(self, node: fx.Node, args: Arguments) -> Value:
        """Write out the stride: a pooling without one steps by its own size."""
        stride = args["stride"] or args["kernel_size"]
        return self.emit(node, operation_name(node), {**args, "stride": stride})

    lower_avg_pool2d = lower_max_pool2d

    def lower_adaptive_max_pool2d(self, node: fx.Node, args: Arguments) -> Meaning:
        """Keep the values of the pooling alone."""
        # torch returns their positions as the second of two results.
        return self.emit(node, "adaptive_max_pool2d", args), None

    def resized(self, node: fx.Node, args: Arguments) -> Value:
        """Write the size of a resized map as numbers; torch may be given a factor instead."""
        size = sides(shape_of(node)[2:])
        if isinstance(factors := args.get("scale_factors"), tuple) and factors:
            for factor, old, new in zip(factors, input_shape(node)[2:], size, strict=True):
                assert isinstance(factor, float)
                assert isinstance(old, int)
                # If it leaves a part over, torch steps by the factor, not by how the sizes compare.
                if abs(factor * old - int(new)) > 1e-6:
                    found = f"{factor:g} makes no whole number of rows or columns of {old}"
                    raise Refused(f"resizing by {found}: write the size, as in size={new}")
        kept: Arguments = {k: v for k, v in args.items() if k == "align_corners"}
        return self.emit(
            node, operation_name(node), {"input": args["input"], "output_size": size, **kept}
        )

    lower_upsample_nearest2d = lower_upsample_bilinear2d = resized

    def lower_elu(self, node: fx.Node, args: Arguments) -> Value:
        """Accept elu alone: torch's own elu has two more scales, with which it is selu or celu."""
        if args.get("scale", 1) != 1 or args.get("input_scale", 1) != 1:
            raise Refused("elu may not be given scale or input_scale")
        return self.emit(node, "elu", args)

    def lower_glu(self, node: fx.Node, args: Arguments) -> Value:
        """Write a gated linear unit out: one half, times the sigmoid of the other."""
        dim = whole(node, args, "dim")
        side = input_shape(node)[dim]
        if not isinstance(side, int):
            raise Refused(PICKS_IMAGES)
        cut: Arguments = {"input": args["input"], "dim": dim, "step": 1}
        half = self.emit(node, "slice", {**cut, "start": 0, "end": side // 2})
        gate = self.emit(node, "slice", {**cut, "start": side // 2, "end": side})
        opened = self.emit(node, "sigmoid", {"input": gate})
        return self.emit(node, "mul", {"input": half, "other": opened})

    # ---- arithmetic ------------------------------------------------------------------------------

    def lower_max(self, node: fx.Node, args: Arguments) -> Meaning:
        """Keep the values of a maximum; its positions are not features."""
        name = operation_name(node)  # min as well
        if "other" in args:  # of two tensors: torch.maximum by another name
            return self.emit(node, f"{name}imum", args)
        if "dim" not in args:
            raise Refused(f"{name} over everything mixes the images of a batch; name an axis")
        return self.emit(node, name, args), None

    lower_min = lower_max

    def lower_mean(self, node: fx.Node, args: Arguments) -> Value:
        """Require the axes of a mean or sum: over all axes it would mix the images of a batch."""
        name = ALIASES.get(n := operation_name(node), n)
        dim = args.get("dim")
        if dim in (None, ()):
            raise Refused(f"{name} over everything mixes the images of a batch; name its axes")
        named = {**args, "dim": as_tuple(dim)}
        if "correction" in args:
            # torch's older `unbiased` is a bool and comes under this name too (lowering.RENAMED).
            given = args["correction"]
            number = float(given) if isinstance(given, int | float) else 1.0
            named["correction"] = int(number) if number.is_integer() else number
        return self.emit(node, name, named)

    lower_sum = lower_amax = lower_amin = lower_logsumexp = lower_var = lower_std = lower_mean
    lower_norm = lower_mean

    def lower_matmul(self, node: fx.Node, args: Arguments) -> Value:
        """Give the second operand one name: matmul says `other`, mm and bmm say `mat2`."""
        other = args["mat2"] if "mat2" in args else args["other"]
        return self.emit(node, "matmul", {"input": args["input"], "other": other})

    def lower_rsub(self, node: fx.Node, args: Arguments) -> Value:
        """Subtract the first from the second: what torch makes of `1 - x`."""
        return self.emit(node, "sub", {**args, "input": args["other"], "other": args["input"]})

    def lower_detach(self, node: fx.Node, args: Arguments) -> Stored:
        """Hand a constant on: it may be detached, but features may not lose their gradient."""
        given = args["input"]
        # A constant has no gradient to lose.
        if isinstance(given, Stored) and given.name not in self.parameters:
            return given
        raise Refused("detach stops the gradient, which no layer of this course needs")

    # ---- parts of a tensor -----------------------------------------------------------------------

    def lower_slice(self, node: fx.Node, args: Arguments) -> Meaning:
        """Write out where a slice starts and ends; drop one that takes everything."""
        dim = whole(node, args, "dim")
        start, end, step = args["start"] or 0, args["end"], args["step"]
        side = input_shape(node)[dim]
        if not isinstance(side, int):  # a slice of the batch: fine where it takes every image
            if start == 0 and step == 1 and end in TO_THE_END:
                return args["input"]
            raise Refused(PICKS_IMAGES)
        # Python's own rules for negative and missing ends.
        start, end, step = slice(start, end, step).indices(side)
        if (start, end, step) == (0, side, 1):
            return args["input"]
        cut: Arguments = {"dim": dim, "start": start, "end": end, "step": step}
        return self.emit(node, "slice", {"input": args["input"], **cut})

    def lower_narrow(self, node: fx.Node, args: Arguments) -> Meaning:
        """Turn a start and a length into a slice."""
        start, side = whole(node, args, "start"), input_shape(node)[whole(node, args, "dim")]
        if start < 0 and isinstance(side, int):  # from the end; a slice from -2 would end at 0
            start += side
        end = start + whole(node, args, "length")
        return self.lower_slice(node, {**args, "start": start, "end": end, "step": 1})

    def parts(self, node: fx.Node, args: Arguments) -> Meaning:
        """Take chunks and splits apart into slices, of the lengths that torch worked out."""
        dim, start = whole(node, args, "dim"), 0
        cuts: list[Meaning] = []
        for part in node.meta["val"]:
            length = part.shape[dim]
            if not isinstance(length, int):  # parts of the batch
                raise Refused(PICKS_IMAGES)
            end = start + length
            cut: Arguments = {"dim": dim, "start": start, "end": end, "step": 1}
            cuts.append(self.lower_slice(node, {"input": args["input"], **cut}))
            start = end
        return tuple(cuts)

    lower_chunk = lower_split = lower_tensor_split = parts

    def lower_unbind(self, node: fx.Node, args: Arguments) -> Meaning:
        """Select every entry of an axis."""
        cut: Arguments = {"input": args["input"], "dim": args["dim"]}
        count = len(node.meta["val"])
        return tuple(self.emit(node, "select", {**cut, "index": i}) for i in range(count))

    # ---- shapes ----------------------------------------------------------------------------------

    def lower_reshape(self, node: fx.Node, args: Arguments) -> Value | Folded:
        """Write a shape with the batch first and the rest as numbers."""
        shape, given = sides(shape_of(node)), args["input"]
        if isinstance(given, Folded):  # two reshapes in a row are one: the second
            given = given.source
        if all(isinstance(side, int) for side in shape):
            # No batch in it at all: right for weights, wrong for features.
            if isinstance(given, Value) and given.index not in self.weights:
                raise Refused(unfit_shape(shape))
            return self.emit(node, "reshape", {"input": given, "size": shape})
        if shape[0] == BATCH and all(isinstance(side, int) for side in shape[1:]):
            return self.emit(node, "reshape", {"input": given, "size": shape})
        return Folded(given, unfit_shape(shape), self.line_of(node))

    def lower_flatten(self, node: fx.Node, args: Arguments) -> Value | Folded:
        """Keep a flatten that leaves the batch alone; treat any other as a reshape."""
        if sides(shape_of(node))[0] == BATCH and not isinstance(args["input"], Folded):
            return self.emit(node, "flatten", args)
        return self.lower_reshape(node, args)

    def lower_squeeze(self, node: fx.Node, args: Arguments) -> Meaning:
        """Name the axes that a squeeze removes, so that a batch of one stays a batch."""
        shape = input_shape(node)
        # Without axes, torch removes all of length 1: for one image, the batch too.
        dims: tuple[int, ...] = tuple(range(1, len(shape)))
        if args.get("dim") is not None:
            dims = wholes(node, args, "dim")
        gone = tuple(dim for dim in dims if shape[dim] == 1)
        if not gone:
            return args["input"]
        return self.emit(node, "squeeze", {"input": args["input"], "dim": gone})

    def lower_expand(self, node: fx.Node, args: Arguments) -> Value:
        """Write the shape that an axis is expanded to, as for a reshape."""
        size = sides(shape_of(node))
        return self.emit(node, "expand", {"input": args["input"], "size": size})

    lower_expand_as = lower_expand

    # ---- the order of axes -----------------------------------------------------------------------
    # All of these become `permute`, so that checks/flow.py has one operation to understand.

    def lower_transpose(self, node: fx.Node, args: Arguments) -> Value:
        """Write a transposition as a permutation of two axes."""
        order = list(range(len(shape_of(node))))
        one, two = whole(node, args, "dim0"), whole(node, args, "dim1")
        order[one], order[two] = order[two], order[one]
        return self.emit(node, "permute", {"input": args["input"], "dims": tuple(order)})

    def lower_rot90(self, node: fx.Node, args: Arguments) -> Meaning:
        """Write quarter turns as flips, and for an odd number of them a transposition."""
        one, two = wholes(node, args, "dims")
        turns = whole(node, args, "k") % 4
        flipped = {0: (), 1: (two,), 2: (one, two), 3: (one,)}[turns]
        turned = args["input"]
        if flipped:
            turned = self.emit(node, "flip", {"input": turned, "dims": flipped})
        if turns % 2:
            turned = self.lower_transpose(node, {"input": turned, "dim0": one, "dim1": two})
        return turned

    def lower_t(self, node: fx.Node, args: Arguments) -> Value:
        """Swap the axes of a matrix."""
        return self.lower_transpose(node, {**args, "dim0": 0, "dim1": -1})

    def lower_mT(self, node: fx.Node, args: Arguments) -> Value:  # noqa: N802  torch's name
        """Swap the last two axes."""
        return self.lower_transpose(node, {**args, "dim0": -2, "dim1": -1})

    def lower_movedim(self, node: fx.Node, args: Arguments) -> Value:
        """Write moved axes as a permutation; the others keep their order."""
        count = len(shape_of(node))
        pairs = zip(wholes(node, args, "source"), wholes(node, args, "destination"), strict=True)
        moved = {to % count: origin % count for origin, to in pairs}
        rest = iter(axis for axis in range(count) if axis not in moved.values())
        dims = tuple(moved[axis] if axis in moved else next(rest) for axis in range(count))
        return self.emit(node, "permute", {"input": args["input"], "dims": dims})

    def lower_stack(self, node: fx.Node, args: Arguments) -> Value:
        """Give each tensor a new axis and join them along it."""
        dim = whole(node, args, "dim") % len(shape_of(node))
        rows = [
            self.emit(node, "unsqueeze", {"input": row, "dim": dim})
            for row in as_tuple(args["tensors"])
        ]
        return self.emit(node, "cat", {"tensors": tuple(rows), "dim": dim})
