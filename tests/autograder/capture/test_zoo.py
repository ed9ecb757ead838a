"""Every network of the zoo is captured whole: its count, its dense layers, and what it computes.

A zoo file's docstring states its stored numbers and whether a dense layer is in it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from autograder.capture import entry
from autograder.capture.loading import StudentFile
from autograder.capture.running.clock import Clock
from autograder.checks.flow import follow_labels
from autograder.checks.probe import probe
from autograder.graph import fingerprint
from autograder.graph.answer import read_answer
from autograder.graph.network import Network
from autograder.graph.reorder import ready_to_train
from autograder.graph.size import count
from autograder.graph.submission import Submission
from course.data import load
from course.lesson import few
from course.recipe import Recipe
from course.training.captured import train_captured
from course.training.loop import train
from tests.helpers.gradings import timeless
from tests.helpers.recording import record_without_a_gpu

ZOO = Path(__file__).parents[2] / "zoo"
NAMES = sorted(path.stem for path in ZOO.glob("*.py"))
STATED = re.compile(r"Parameters: ([\d,]+)\. Dense: (no|yes|whole map)\.")


@cache
def captured(name: str) -> bytes:
    return entry.main(b'{"net": null}\n' + (ZOO / f"{name}.py").read_bytes())


def submission(name: str) -> Submission:
    return read_answer(captured(name))


@contextmanager
def original(name: str) -> Iterator[nn.Module]:
    """Build the student's own network, layers initialised, statistics fresh."""
    with Clock() as clock, StudentFile((ZOO / f"{name}.py").read_bytes()) as file:
        file.run(clock)
        _, network = file.pick(None, lambda network: None)
        network.eval()(torch.zeros(2, 1, 28, 28))  # lets lazy layers find their sizes
        yield network


def images(count: int) -> Tensor:
    return torch.randn(count, 1, 28, 28, generator=torch.Generator().manual_seed(count))


def few_steps(name: str, helped: bool) -> list[Tensor]:
    """Train for three steps; return the losses, what was learned and the last gradients."""
    network = ready_to_train(submission(name).graph, 0)
    recipe = Recipe(epochs=1, batch_size=60, scheduler=None)
    with network.helped(helped) as helper:
        assert (helper is not None) is helped
        [epoch] = train(network, few(load("practice"), 180, 100), recipe, seed=3, helper=helper)
    losses = torch.tensor([epoch.train_loss, epoch.test_loss], dtype=torch.float64)
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    return [losses, *network.state_dict().values(), *gradients]


def test_the_zoo_is_large() -> None:
    assert len(NAMES) >= 30


@pytest.mark.parametrize("name", NAMES)
def test_count_and_dense_are_as_stated(name: str) -> None:
    stated = STATED.search((ZOO / f"{name}.py").read_text("utf-8"))
    assert stated is not None
    graph = submission(name).graph
    assert count(graph) == int(stated[1].replace(",", ""))
    dense = follow_labels(graph).dense
    kinds = {found.kind for found in dense}
    kind = "no" if not kinds else "yes" if "dense" in kinds else "whole map"
    assert kind == stated[2]
    assert all(d.node.line for d in dense)
    probe(graph)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", NAMES)
def test_a_second_thread_changes_no_bit(name: str) -> None:
    helped, alone = few_steps(name, helped=True), few_steps(name, helped=False)
    assert len(helped) == len(alone)
    assert all(map(torch.equal, helped, alone))


@pytest.mark.parametrize("name", NAMES)
def test_rebuilt_network_trains_and_answers_like_the_original(name: str) -> None:
    graph = submission(name).graph
    ours = Network(graph).train()
    with original(name) as theirs:
        own = dict(theirs.named_parameters(remove_duplicate=False)) | dict(theirs.named_buffers())
        # A new run draws the same numbers where capture's seed decided them all.
        with torch.no_grad():
            for key, tensor in graph.tensors.items():
                if key in own:
                    own[key].copy_(tensor)
        x, labels = images(8), torch.arange(8)
        scores = []
        for network in (theirs.train(), ours):
            torch.manual_seed(1)
            scores.append(network(x))
            F.cross_entropy(scores[-1], labels).backward()
        assert close(scores[1], scores[0])
        trained = []
        for key in graph.tensors:
            grown = getattr(ours, ours.names[key])
            if key not in own or not own[key].requires_grad:
                grown.grad = None  # fixed in the student's file
                continue
            gradient = own[key].grad
            assert close(grown.grad, gradient), key
            trained.append(key)
        assert trained
        for key in graph.statistics:
            assert close(getattr(ours, ours.names[key]), own[key]), key
        for network in (theirs, ours):
            torch.optim.SGD(network.parameters(), lr=0.05).step()
        theirs.eval()
        ours.eval()
        for batch in (1, 4, 33):
            given = theirs(images(batch)).reshape(batch, 10)  # a squeeze may drop a batch of one
            assert close(ours(images(batch)), given), batch


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_step_trains_it_as_the_step_itself(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe(epochs=1, batch_size=8, scheduler=None, average=None)
    digits, found = few(load("practice"), 24, 10), []
    for recorded in (False, True):
        network = ready_to_train(submission(name).graph, seed=1)
        if recorded:
            record_without_a_gpu(monkeypatch)
        [(_, epoch)] = train_captured([network], digits, recipe, [1])
        found.append((timeless(epoch), network.state_dict()))
    (told, ran), (again, replayed) = found
    assert told == again
    assert all(torch.equal(tensor, replayed[name]) for name, tensor in ran.items())


def close(ours: Tensor | None, theirs: Tensor | None) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    scale = max(1e-3, float(theirs.detach().abs().max()))
    return ours.shape == theirs.shape and float((ours - theirs).detach().abs().max()) < 2e-5 * scale


@pytest.mark.parametrize("name", NAMES)
def test_capture_is_repeatable_and_blind_to_comments(name: str) -> None:
    assert entry.main(b'{"net": null}\n' + (ZOO / f"{name}.py").read_bytes()) == captured(name)


@pytest.mark.parametrize("name", ["residual", "looped", "tied", "seed_003", "blur_pool"])
def test_fingerprint_ignores_comments_and_names(name: str) -> None:
    source = (ZOO / f"{name}.py").read_text("utf-8")
    renamed = "# another\n# beginning\n" + source.replace("self.head", "self.last_one")
    renamed = renamed.replace("self.conv1", "self.first").replace("self.stem", "self.beginning")
    other = read_answer(entry.main(b'{"net": null}\n' + renamed.encode()))
    graph = submission(name).graph
    assert renamed != source
    assert list(other.graph.tensors) != list(graph.tensors)
    assert fingerprint.of_network(other.graph) == fingerprint.of_network(graph)


def test_fingerprints_tell_networks_apart() -> None:
    prints = {fingerprint.of_network(submission(name).graph) for name in NAMES}
    assert len(prints) == len(NAMES)


def test_a_named_network_is_picked() -> None:
    source = b"""
from torch import nn
class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 3)
    def forward(self, x):
        return self.conv(x).mean((2, 3))
class B(A):
    def forward(self, x):
        return self.conv(x).amax((2, 3))
"""
    for name, operation in (("A", "mean"), ("B", "amax")):
        found = read_answer(entry.main(b'{"net": "%s"}\n' % name.encode() + source))
        assert found.network == name
        assert found.graph.nodes[-1].operation.name == operation


def test_capture_leaves_no_trace() -> None:
    before = nn.Module.__init__, torch.utils.data.DataLoader
    captured("study")
    assert (nn.Module.__init__, torch.utils.data.DataLoader) == before
    assert "stand-ins took the place of matplotlib, torchsummary, torchvision, tqdm" in (
        submission("study").notes
    )


def test_what_forward_never_uses_is_named() -> None:
    [note] = submission("unused").notes
    assert note.startswith("forward never uses scale (3), norm (20), fc (110): torchinfo")
    assert not any("never uses" in n for n in submission("weight_normed").notes)
    assert not any("never uses" in n for n in submission("tied").notes)
