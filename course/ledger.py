"""Where the parameters go: per operation the shape, stored numbers, receptive field, multiply-adds.

    print(ledger(Net()))

The network runs once, and every call into torch is seen with its actual tensors. So a weight is
recognised as that tensor, not by its layer's class: a shared weight counts once, `F.conv2d` with a
bare parameter counts like `nn.Conv2d`, and what `forward` never uses has a row of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import SupportsInt

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from course.rows import Ledger as Ledger
from course.rows import Row as Row
from course.sight import Sight

BATCH = 2  # a batch of one would vanish in a student's x.squeeze()

# The names of positional arguments, so that the code below can look each up by its name.
_CONV = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
_TRANSPOSED = (*_CONV[:5], "output_padding", "groups", "dilation")
_POOL = ("input", "kernel_size", "stride", "padding")
_ARGUMENTS = {
    **{f"conv{n}d": _CONV for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": _TRANSPOSED for n in (1, 2, 3)},
    **{f"max_pool{n}d": (*_POOL, "dilation") for n in (1, 2, 3)},
    **{f"avg_pool{n}d": _POOL for n in (1, 2, 3)},
    **{f"lp_pool{n}d": ("input", "norm_type", *_POOL[1:3]) for n in (1, 2, 3)},
    **{f"{kind}_norm": ("input", "running_mean", "running_var") for kind in ("batch", "instance")},
}
_PRODUCTS = {"linear", "matmul", "mm", "bmm", "mv", "inner", "addmm", "addmv", "baddbmm"}
_PRODUCTS |= {"einsum", "tensordot"}
_SUMMARIES = {"mean", "sum", "amax", "amin", "max", "min", "var", "std", "logsumexp", "prod"}
_JOINS = {"add", "sub", "mul", "div", "cat", "stack", "maximum", "minimum", "where", "lerp"}
_SPELLINGS = {"concat": "cat", "concatenate": "cat", "subtract": "sub", "multiply": "mul"}
_SPELLINGS |= {"divide": "div", "rmatmul": "matmul"}
_SEE_ALL = {"lstm", "gru", "rnn_tanh", "rnn_relu", "multi_head_attention_forward"}
_SEE_ALL |= {"native_multi_head_attention", "scaled_dot_product_attention"}
_RESAMPLING = {"interpolate", "pixel_shuffle", "pixel_unshuffle", "view", "reshape"}


def ledger(network: nn.Module, side: int = 28, names: Mapping[str, str] | None = None) -> Ledger:
    """Run the network once on blank images and list what each operation stores, sees and costs.

    `names` gives registered tensors another name in the table: {"w3": "fc.weight"}. The network is
    left as it was: mode, buffers, gradients, and torch's random state.
    """
    stored = dict(network.named_parameters()) | dict(network.named_buffers())
    like = next((t for t in stored.values() if t.is_floating_point()), torch.zeros(()))
    images = torch.zeros(BATCH, 1, side, side, dtype=like.dtype, device=like.device)
    watch = _Recorder(images, {(names or {}).get(name, name): t for name, t in stored.items()})
    found = [(module, module.training, dict(module._buffers)) for module in network.modules()]
    values = [(buffer, buffer.clone()) for buffer in network.buffers()]
    try:
        for module, _, _ in found:
            module.training = False  # not network.eval(): a student may have given that a meaning
        devices = [like.device] if like.is_cuda else []
        with torch.random.fork_rng(devices), torch.no_grad(), watch:
            output = network(images)
    finally:
        for module, training, buffers in found:
            module.training = training
            module._buffers.update(buffers)
        for buffer, value in values:
            if not torch.equal(buffer, value):  # F.batch_norm(…, training=True) wrote into it
                buffer.detach().copy_(value)
    norms = [module for module in network.modules() if isinstance(module, _NormBase)]
    known = watch.counted | watch.statistics | {id(b) for norm in norms for b in norm.buffers()}
    unused = sum(tensor.numel() for tensor in stored.values() if id(tensor) not in known)
    if unused:
        watch.rows.append(Row("(unused)", "never used", (), unused, False, 0, 0, 0))
    sees = max(
        (watch.trace(t).sees for t in tree_leaves(output) if isinstance(t, Tensor)), default=0
    )
    return Ledger(tuple(watch.rows), sees, watch.activations)


@dataclass(frozen=True)
class _Trace(Sight):
    """What a tensor's values see of the image, or which stored tensors they are made of."""

    origins: tuple[int, ...] = ()  # ids of the stored tensors, until they are applied to an image
    most: int = 0  # rows of the image that all values together see: fewer where it was cropped


class _Recorder(TorchFunctionMode):
    """Record every call into torch, while it is active: `with _Recorder(images, stored):`.

    torch suspends a mode while it handles a call, so the `torch.max_pool2d` that `F.max_pool2d`
    calls is not recorded a second time.
    """

    def __init__(self, images: Tensor, stored: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.side = images.shape[2]
        self.rows: list[Row] = []
        self.activations = 0
        self.counted: set[int] = set()
        self.statistics: set[int] = set()  # BatchNorm's running mean and variance
        self.names = {id(tensor): name for name, tensor in stored.items()}
        # Tensors are kept beside their traces: Python gives the id of a freed one to another.
        self.traces = {id(t): (t, _Trace(origins=(id(t),))) for t in stored.values()}
        self.traces[id(images)] = (images, _Trace(1, 1, self.side, most=self.side))

    def trace(self, tensor: Tensor) -> _Trace:
        """Return a tensor's trace; one that no call made and nobody registered is a constant."""
        return self.traces.setdefault(id(tensor), (tensor, _Trace(origins=(id(tensor),))))[1]

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Collection[type],
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        """Run a call as it is, then record it."""
        inputs = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        memory = {tensor.untyped_storage().data_ptr() for tensor in inputs}
        output = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "").strip("_").removesuffix("_with_indices")
        results = [leaf for leaf in tree_leaves(output) if isinstance(leaf, Tensor)]
        if name == "setitem" and isinstance(args[0], Tensor):
            results = [args[0]]
        if results:  # x.size(0) and x.shape have none
            arguments = _ARGUMENTS.get(name, ())
            if func in (torch.batch_norm, torch.instance_norm):  # another order than F's
                arguments = ("input", "weight", "bias", "running_mean", "running_var")
            named = dict(zip(arguments, args, strict=False)) | (kwargs or {})
            images = list({id(t): t for t in inputs if self.trace(t).sees}.values())
            call = _Call(_SPELLINGS.get(name, name), args, named, inputs, images, results[0])
            trace = self.record(call)
            self.traces.update({id(tensor): (tensor, trace) for tensor in results})
            # A view and a result in place take no new memory. Dropout does nothing here, but takes
            # memory in training.
            new = results[0].untyped_storage().data_ptr() not in memory or "dropout" in name
            self.activations += results[0].numel() // BATCH if images and new else 0
        return output

    def record(self, call: _Call) -> _Trace:
        """Return what an operation's output sees; add a row if it stores numbers or gives shape."""
        statistics = (call.named.get("running_mean"), call.named.get("running_var"))
        running = [id(tensor) for tensor in statistics if tensor is not None]
        self.statistics.update(running)
        used = dict.fromkeys(origin for t in call.inputs for origin in self.trace(t).origins)
        origins = tuple(origin for origin in used if origin not in running)
        if not call.images:
            return _Trace(origins=origins)  # computed from weights alone: w - w.mean()
        joined = [self.trace(tensor) for tensor in call.images]
        # A gate of one row, as in squeeze-and-excite, leaves the map as fine as it was.
        finest = max(joined, key=lambda trace: trace.rows)
        sees = max(trace.sees for trace in joined)
        most = max(trace.most for trace in joined)
        after = call.see(_Trace(sees, finest.jump, finest.rows, most=most))
        after = replace(after, sees=min(after.sees, after.most))
        if used or call.is_structure():
            label = self.names.get(next(iter(origins or running), 0), call.name)
            stem, _, last = label.rpartition(".")
            first = [origin for origin in origins if origin not in self.counted]
            self.counted.update(first)
            row = Row(
                name=stem if stem and last in ("weight", "bias", "running_mean") else label,
                operation=call.describe(),
                shape=tuple(call.out.shape[1:]),
                parameters=sum(self.traces[origin][0].numel() for origin in first),
                shared=len(first) < len(origins),
                receptive_field=after.sees,
                jump=after.jump,
                multiply_adds=call.multiply_adds() // BATCH,
            )
            self.rows.append(row)
        return after


@dataclass(frozen=True)
class _Call:
    """One call into torch: its arguments and its output."""

    name: str
    args: tuple[object, ...]
    named: dict[str, object]  # arguments by name, as far as they are needed
    inputs: list[Tensor]
    images: list[Tensor]  # the inputs that see the image
    out: Tensor

    @property
    def kernel(self) -> Tensor | None:
        """The weight of a convolution: (out, in / groups, height, width)."""
        weight = self.named.get("weight")
        return weight if self.name.startswith("conv") and isinstance(weight, Tensor) else None

    def is_structure(self) -> bool:
        """Return whether it shapes the network, rather than change each value by itself."""
        join = self.name in _JOINS and len(self.images) > 1
        summary = self.name in _SUMMARIES and self.out.numel() < self.images[0].numel()
        named = "pool" in self.name or self.name in _ARGUMENTS or self.name in _PRODUCTS
        return join or summary or named

    def number(self, key: str, default: int = 1) -> int:
        """Return an argument written as 3, as (3, 3) or, like a pool's stride, not at all."""
        value = self.named.get(key) or default
        first = value[0] if isinstance(value, tuple | list) else value
        return int(first) if isinstance(first, SupportsInt) else default

    def see(self, x: _Trace) -> _Trace:
        """Return what the output sees, from what the input sees."""
        image, dilation = self.images[0], self.number("dilation")
        rows = self.out.shape[2] if self.out.dim() == 4 else 1
        if self.kernel is not None:
            reach, stride = (self.kernel.shape[2] - 1) * dilation, self.number("stride")
            if "transpose" not in self.name:
                return x.window(reach, stride, rows)
            return replace(x.window(reach // stride, 1, rows), jump=max(1, x.jump // stride))
        if "kernel_size" in self.named:
            kernel = self.number("kernel_size")
            return x.window((kernel - 1) * dilation, self.number("stride", kernel), rows)
        if "adaptive" in self.name:  # as even as can be: 7 rows to 3 are rows 0-2, 2-4, 4-6
            spans = [-(-(i + 1) * x.rows // rows) - i * x.rows // rows for i in range(rows)]
            return x.window(max(spans) - 1, max(1, x.rows // rows), rows)
        if self.name in _SUMMARIES and self.out.numel() < image.numel():
            dims = self.named.get("dim", self.args[1] if len(self.args) > 1 else None)
            channels = image.dim() == 4 and dims in (1, -3, (1,), [1], (-3,), [-3])
            return x if channels else x.everything()
        if self.name in _PRODUCTS:  # on four dimensions a dense layer mixes channels, not rows
            return x if image.dim() == 4 and len(self.images) == 1 else x.everything()
        if self.name in _SEE_ALL:
            return x.everything()
        if rows > 1 and self.name == "getitem":  # x[:, :, ::2, ::2]
            index = self.args[1] if isinstance(self.args[1], tuple) else ()
            cut = index[2] if len(index) > 2 and isinstance(index[2], slice) else slice(None)
            jump = x.jump * (cut.step or 1)
            return replace(x, jump=jump, rows=rows, most=min(x.most, x.sees + (rows - 1) * jump))
        if rows > 1 and self.name in _RESAMPLING:
            jump = max(1, x.jump * x.rows // rows)
            mode = str(self.named.get("mode", "nearest"))
            blend = 0 if mode.startswith("nearest") else x.jump
            return replace(x, sees=x.sees + max(blend, jump - x.jump), jump=jump, rows=rows)
        return x

    def describe(self) -> str:
        """Write the operation as "conv2d 3x3 /2 depthwise"."""
        sizes: tuple[object, ...]
        if self.kernel is not None:
            sizes, usual, groups = tuple(self.kernel.shape[2:]), 1, self.number("groups")
            kind = "depthwise" if self.kernel.shape[1] == 1 else f"groups {groups}"
        elif "kernel_size" in self.named:
            size, usual, groups, kind = self.named["kernel_size"], self.number("kernel_size"), 1, ""
            alone = (size,) * (self.images[0].dim() - 2)
            sizes = tuple(size) if isinstance(size, tuple | list) else alone
        else:
            return self.name
        stride, dilation = self.number("stride", usual), self.number("dilation")
        words = [self.name, "x".join(map(str, sizes))]
        words += [f"/{stride}"] if stride != usual else []
        words += [f"dilation {dilation}"] if dilation > 1 else []
        return " ".join(words + ([kind] if groups > 1 else []))

    def multiply_adds(self) -> int:
        """Count the products of a convolution or matrix product, for the whole batch."""
        size, inputs = self.out.numel(), self.inputs
        if self.kernel is not None:
            positions = self.images[0].numel() if "transpose" in self.name else size
            return positions * self.kernel[0].numel()  # height x width x in / groups
        if self.name == "einsum" and isinstance(self.args[0], str):
            terms, _, kept = self.args[0].replace(" ", "").replace("...", ".").partition("->")
            kept = kept or "".join(label for label in terms if terms.count(label) == 1)
            summed = {
                label: tensor.shape[i - len(term) if "." in term[:i] else i]
                for term, tensor in zip(terms.split(","), inputs, strict=True)
                for i, label in enumerate(term)
                if label not in kept + "."
            }
            return size * math.prod(summed.values())
        if self.name == "tensordot":  # each index is in two of the three tensors, hence the root
            return math.isqrt(inputs[0].numel() * inputs[1].numel() * size)
        if self.name in _PRODUCTS:
            left = inputs[1 if "add" in self.name else 0]  # addmm(bias, x, weight)
            return size * left.shape[-1]
        return 0
