"""The weights that a training starts from: drawn by the grader, the way the student's were.

    initial_weights(graph, seed)        # the same seed draws the same numbers

A shuffle of the student's own numbers would keep every value, and numbers that carry their own
place ("index plus fraction") can be sorted back by operations. So no number of the file survives.
What survives is how each tensor was drawn: its kind of distribution, its mean and its deviation,
rounded. An honest start, whatever the scheme, is the same in distribution afterwards.

Mean and deviation are numbers of the file as well, and a network of very many small tensors could
carry what it learned in them. So tensors with one role, such as the biases of convolutions, are
described alike, and only a few in a network may be otherwise: of more, all are drawn alike.

How a start is drawn belongs to what a network is: all zeros never train. So the fingerprint holds
what of it torch would have drawn otherwise (`unusual`).
"""

import math
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from autograder.graph.arguments import Stored
from autograder.graph.nodes import Graph, Node
from autograder.graph.operations import OPERATIONS

FEW = 16  # fewer numbers than this say little about how they were drawn, so their role's do
MOST_EXCEPTIONS = 16  # tensors of a network that may be drawn otherwise than their role
STEPS = 4  # a deviation is rounded to a quarter of an octave, so it moves by 9% at most
# Deviations that torch's initialisers have, in units of torch's own: Xavier's of as many inputs as
# outputs, or kaiming's for no activation; He's. In octaves.
SCHEMES = (math.log2(3) / 2, math.log2(6) / 2)
DOUBT = 4  # standard errors: what lies nearer is taken for what it is near to
FLAT = 2.3  # fourth moment over squared variance: 1.8 if uniform, 3 if normal
STRUCTURED = 0.5  # of a tensor's numbers, where so few are different they were not drawn

Role = tuple[str, str]  # an operation and its argument: conv2d's weight


@dataclass(frozen=True)
class Drawn:
    """How a tensor's numbers are drawn."""

    kind: Literal["constant", "normal", "uniform"]
    mean: float
    deviation: float = 0.0  # in units of `unit`

    def draw(self, shape: torch.Size, unit: float, generator: torch.Generator) -> Tensor:
        """Draw a tensor."""
        if self.kind == "constant":
            return torch.full(shape, self.mean)
        deviation = self.deviation * unit
        if self.kind == "normal":
            return self.mean + deviation * torch.randn(shape, generator=generator)
        # A uniform distribution of width 1 has a deviation of 1/√12.
        return self.mean + deviation * math.sqrt(12) * (
            torch.rand(shape, generator=generator) - 0.5
        )


NOTHING = torch.tensor(0.0)
# What most starts are made of: zeros, ones, and torch's own.
ORDINARY = (Drawn("constant", 0.0), Drawn("constant", 1.0), Drawn("uniform", 0.0, 1.0))


def initial_weights(graph: Graph, seed: int) -> dict[str, Tensor]:
    """Draw every stored tensor anew."""
    generator = torch.Generator().manual_seed(seed)
    stored, units, ways = graph.stored(), units_of(graph), describe(graph)
    return {name: ways[name].draw(t.shape, units[name], generator) for name, t in stored.items()}


def describe(graph: Graph) -> dict[str, Drawn]:
    """Say how each stored tensor is drawn."""
    stored, units, roles = graph.stored(), units_of(graph), roles_of(graph)
    found: dict[str, Drawn] = {}
    exceptions: list[str] = []
    for _, group in groupby(sorted(stored, key=lambda name: roles[name]), lambda name: roles[name]):
        names = list(group)
        few = [name for name in names if is_few(stored[name], units[name])]
        pooled = fit([stored[name] for name in few], [units[name] for name in few])
        for name in names:
            found[name] = pooled if name in few else fit([stored[name]], [units[name]])
        [(usual, times)] = Counter(found[name] for name in names).most_common(1)
        alike = times > 1 or usual in ORDINARY
        exceptions += [name for name in names if found[name] != usual or not alike]
    if len(exceptions) > MOST_EXCEPTIONS:
        common = fit([stored[name] for name in exceptions], [units[name] for name in exceptions])
        found |= dict.fromkeys(exceptions, common)
    return found


def fit(tensors: list[Tensor], units: list[float]) -> Drawn:
    """Describe the numbers of some tensors together."""
    if not tensors:
        return Drawn("constant", 0.0)
    numbers = torch.cat([tensor.detach().flatten() for tensor in tensors]).double()
    if is_constant(numbers):
        return Drawn("constant", rounded(float(numbers[0])))
    mean = float(numbers.mean())
    if abs(mean) <= DOUBT * float(numbers.std()) / math.sqrt(len(numbers)):
        mean = 0.0  # no further from zero than a mean of so many numbers is by chance
    away = torch.cat(
        [
            (t.detach().flatten().double() - mean) / unit
            for t, unit in zip(tensors, units, strict=True)
        ]
    )
    squares = away.square()
    square, fourth = float(squares.mean()), float(squares.square().mean())
    if not square > 0:
        return Drawn("constant", rounded(mean))
    kind: Literal["normal", "uniform"]
    kind = "uniform" if fourth < FLAT * square**2 else "normal"
    octaves = math.log2(math.sqrt(square))
    # The deviation of a few numbers varies by chance: near to torch's own it is torch's own, and
    # near to a scheme's it is that one's. So the file's random numbers have no say in it.
    spread = fourth / square**2 - 1
    doubt = DOUBT * math.sqrt(spread / (4 * len(away))) / math.log(2)
    scheme = min(SCHEMES, key=lambda known: abs(octaves - known))
    near = [known for known in (0.0, scheme) if abs(octaves - known) <= doubt]
    return Drawn(kind, rounded(mean), 2.0 ** (near[0] if near else round(STEPS * octaves) / STEPS))


def unusual(graph: Graph) -> list[tuple[int, float, float]]:
    """Number the tensors that are drawn otherwise than torch's layers draw theirs; say how.

    By mean and deviation: whether a few numbers were normal or uniform nobody can tell, and a
    network starts alike from both.
    """
    ways, roles = describe(graph), roles_of(graph)
    found = [(n, roles[name], ways[name]) for n, name in enumerate(graph.stored())]
    return [(n, way.mean, way.deviation) for n, role, way in found if not is_usual(role, way)]


def is_usual(role: Role, drawn: Drawn) -> bool:
    """Return whether torch's own layers draw a tensor of this role so."""
    operation, argument = role
    family, found = OPERATIONS[operation].family, (drawn.mean, drawn.deviation)
    if family in ("convolution", "product"):
        return found == (0.0, 1.0)
    if "norm" in family:
        return found == (float(argument == "weight"), 0.0)
    return False  # a parameter of the student's own: torch has no habit


def is_few(tensor: Tensor, unit: float) -> bool:
    """Return whether a tensor was drawn, but has too few numbers to say how."""
    if tensor.numel() == 1:
        # The bias of a layer with one channel is drawn like others; a learned scale is chosen.
        return unit != 1.0 and tensor.item() not in (0.0, 1.0)
    return tensor.numel() < FEW and not is_constant(tensor)


def is_constant(numbers: Tensor) -> bool:
    """Return whether all numbers of a tensor are equal."""
    return bool((numbers == numbers.flatten()[0]).all())


def gains_of(graph: Graph) -> set[str]:
    """Name the weights of norms: they start near 1, as torch starts them."""
    weights = (node.args.get("weight") for node in graph.nodes if "norm" in node.operation.family)
    return {ref.name for ref in weights if isinstance(ref, Stored)}


def held(graph: Graph) -> dict[str, Tensor]:
    """Return the stored tensors that every training starts with as they are: constants, not 0.

    The weights of norms are not among them: those start near 1 in every network.
    """
    gains = gains_of(graph)
    return {
        name: tensor
        for name, tensor in graph.stored().items()
        if name not in gains and is_constant(tensor) and bool(tensor.any())
    }


def rounded(number: float) -> float:
    """Round to two significant digits."""
    return float(f"{number:.1e}")


def roles_of(graph: Graph) -> dict[str, Role]:
    """Say what each stored tensor is there for, by the first operation that is given it."""
    roles: dict[str, Role] = {}
    for node, argument, ref in given(graph):
        roles.setdefault(ref.name, (node.operation.name, argument))
    return roles


def units_of(graph: Graph) -> dict[str, float]:
    """Return the deviation that torch would draw each tensor with, or 1 where it has no habit.

    Measured in it, layers of all sizes are drawn alike: torch's own start is 1, He's is √6.
    """
    units: dict[str, float] = {}
    for node, argument, ref in given(graph):
        weight = node.args.get("weight")
        sums = node.operation.family in ("convolution", "product")
        known = isinstance(weight, Stored) and graph.tensors.get(weight.name, NOTHING).dim() > 0
        if sums and known and argument in ("weight", "bias"):
            assert isinstance(weight, Stored)
            inputs = graph.tensors[weight.name][0].numel()
            units.setdefault(ref.name, 1 / math.sqrt(3 * inputs))
        units.setdefault(ref.name, 1.0)
    return units


def given(graph: Graph) -> list[tuple[Node, str, Stored]]:
    """List each stored tensor with the operations and arguments it is given to, in order."""
    return [
        (node, argument, ref)
        for node in graph.nodes
        for argument, arg in node.args.items()
        for ref in (arg if isinstance(arg, tuple) else (arg,))
        if isinstance(ref, Stored) and ref.name in graph.tensors
    ]


def structured(graph: Graph) -> list[str]:
    """Name the tensors whose start looks written rather than drawn: identity, Sobel, one-hot."""
    return [
        name
        for name, tensor in graph.stored().items()
        if not is_constant(tensor)
        and tensor.numel() >= 4
        and len(np.unique(tensor.detach().numpy())) <= STRUCTURED * tensor.numel()
    ]
