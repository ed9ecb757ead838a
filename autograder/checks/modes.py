"""One network, not two: what is trained is what is tested.

Dropout and BatchNorm act otherwise in training than in evaluation, and either can be bent into a
switch: dropout of nearly everything, a running mean that never arrives, a constant that shows which
mode is on. So their settings are bounded, neither may work on what no image changes, and the two
modes are compared: dropout at its mean and fresh statistics must answer nearly as training does.
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from autograder.checks.trial import draw_weight
from autograder.graph.arguments import Argument, Refused
from autograder.graph.network import Call, Network
from autograder.graph.nodes import Graph, Node
from autograder.graph.start import gains_of, held
from course import practice

MOST_DROPPED = 0.9
LEAST_MOMENTUM = 0.005  # at 0.1 torch forgets half of its statistics in seven steps
STEADY = 0.01  # of the largest number: a smaller difference is no answer to an image
# Of what a BatchNorm is given in training, that still varies when tested; 0.11 behind a global pool
# and a dropout of 0.8, and 0.01 for a switch.
DULLED = 0.03
IMAGES, DRAWS = 64, 24
MEAN, STD = 0.1307, 0.3081  # of MNIST's pixels, which its images are standardised by
# Of the scores' own spread. Of 250 honest networks the most was 1.1; with a switch, 2.2.
MOST_APART = 1.5


class Rehearsed(Network):
    """A network with weights of the grader's, whose statistics are those of the last batch."""

    def __init__(self, graph: Graph) -> None:
        generator = torch.Generator().manual_seed(0)
        gains = gains_of(graph)
        weights = {
            name: draw_weight(stored, generator) + float(name in gains)
            for name, stored in graph.stored().items()
        }
        # A constant is what training starts from, too: a switch of 6 may be open from 5 on.
        super().__init__(graph, weights | held(graph))
        self.at_its_mean = False
        self.steady: list[Node] = []  # layers with a mode that no image changes anything for
        self.spread: dict[Argument, Tensor] = {}  # of what a BatchNorm is given, at its mean
        self.dulled: list[Node] = []  # BatchNorms of which dropout makes nearly all that varies

    def value(self, call: Call, values: Mapping[int, Tensor]) -> Tensor:
        """Run one node."""
        family = call.node.operation.family
        if family not in ("batch_norm", "dropout"):
            return super().value(call, values)
        x = self.resolve(call.node.args["input"], values)
        assert isinstance(x, Tensor)
        if self.at_its_mean and float((x - x[:1]).abs().max()) <= STEADY * float(x.abs().max()):
            self.steady.append(call.node)
        if family == "dropout":
            return x if self.at_its_mean else super().value(call, values)
        spread = x.std([axis for axis in range(x.dim()) if axis != 1])  # (channels,)
        memory = call.node.args["running_mean"]
        if self.at_its_mean:
            self.spread[memory] = spread
        elif self.training:
            # A channel that never varies, as of a corner that is always blank, tells nothing.
            left = torch.where(spread > 0, self.spread[memory] / spread, 1.0)
            if not left.median() > DULLED:
                self.dulled.append(call.node)
        now = Call(call.node, call.fixed | {"momentum": 1.0}, call.looked_up, call.spent)
        return super().value(now, values)


@torch.no_grad()
def one_network(graph: Graph) -> None:
    """Refuse a network that is another one in evaluation than in training."""
    modal = [node for node in graph.nodes if node.operation.mode is not None]
    if not modal:
        return
    momenta: dict[Argument, float] = {}  # by what a BatchNorm is given
    for node in modal:
        check_settings(node)
        if node.operation.family != "batch_norm":
            continue
        momentum = node.number("momentum")
        if momenta.setdefault(node.args["input"], momentum) != momentum:
            raise Refused(f"{node.at}expected one momentum for BatchNorms of the same features")
    drawn, _ = practice.draw(IMAGES, 7)
    x = (torch.from_numpy(drawn)[:, None].float() / 255 - MEAN) / STD  # (IMAGES, 1, 28, 28)
    network = Rehearsed(graph)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network.at_its_mean = True
        network.train()(x)  # statistics arrive
        tested = network.eval()(x)  # (IMAGES, 10)
        if network.steady:
            node = network.steady[0]
            raise Refused(
                f"{node.at}{node.operation.name} works on what no image changes by {STEADY:.0%} or "
                "more: it could tell training from evaluation, and nothing else"
            )
        network.at_its_mean = False
        draws = DRAWS if any(is_drawn(node) for node in modal) else 1
        trained = torch.stack([network.train()(x) for _ in range(draws)]).mean(0)
    if network.dulled:
        node = network.dulled[0]
        raise Refused(
            f"{node.at}{node.operation.name} is given little but what dropout changes: it could "
            "tell training from evaluation, and nothing else"
        )
    apart = distance(trained, tested)
    if not apart <= MOST_APART:
        raise Refused(
            "the network answers otherwise in evaluation than in training, by "
            f"{apart:.0%} of what its scores differ from image to image: expected one network"
        )


def distance(trained: Tensor, tested: Tensor) -> float:
    """Return how far two lots of scores are apart, beside what they differ between images.

    What is added to all ten scores of an image changes no answer, and is left out.
    """
    trained, tested = (scores - scores.mean(1, keepdim=True) for scores in (trained, tested))
    spread = max(float((scores - scores.mean(0)).square().mean()) for scores in (trained, tested))
    return math.sqrt(float((trained - tested).square().mean()) / (spread + 1e-12))


def is_drawn(node: Node) -> bool:
    """Return whether a layer's answer in training is another one each time."""
    return node.operation.family == "dropout" and node.number("p") > 0


def check_settings(node: Node) -> None:
    """Refuse dropout of nearly everything, and statistics that never arrive."""
    if node.operation.family == "dropout":
        if node.number("p") > MOST_DROPPED:
            raise Refused(
                f"{node.at}expected dropout of at most {MOST_DROPPED:g}, found {node.number('p'):g}"
            )
    elif node.number("momentum") < LEAST_MOMENTUM:
        raise Refused(
            f"{node.at}expected BatchNorm with a momentum of at least {LEAST_MOMENTUM:g}, found "
            f"{node.number('momentum'):g}: its running statistics would never arrive"
        )
