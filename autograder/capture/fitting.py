"""Inside the jail: trained weights are loaded into the student's own class, and tried out.

    answer = main(b'{"net": null, "source": 812}\n' + source + weights)     # JSON

A graph stores what forward computes with, and a class what its __init__ made. Mostly that is the
same. A weight that two layers share has one name in the graph and two in the class; what forward
never uses is in the class alone; and a constant that stands outside of it is in the graph alone.
"""

import json
import warnings

import torch
from safetensors.torch import load
from torch import Tensor, nn

from autograder.capture.comparison import images
from autograder.capture.entry import SECONDS
from autograder.capture.excerpt import excerpt
from autograder.capture.loading import StudentFile
from autograder.capture.running.clock import Clock, TimeUp
from autograder.graph.trained import unpack
from autograder.problem import Problem
from autograder.words import summary_of

IMAGES = 16  # random ones, on which the class and the graph are compared
CLOSE = 1e-4  # of the largest score: the class may add in another order than the graph


def main(request: bytes) -> bytes:
    """Answer a request: a JSON line, the file's bytes, the weights'."""
    line, _, content = request.partition(b"\n")
    asked = json.loads(line)
    source, weights = content[: asked["source"]], content[asked["source"] :]
    torch.set_num_threads(1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = script_of(source, asked["net"])
            found = {"script": text, **fit(text.encode(), asked["net"], weights)}
    except Problem as problem:
        found = {"problem": problem.message}
    except TimeUp:
        found = {"problem": "the file takes too long"}
    except BaseException as error:
        found = {"problem": summary_of(error, 200)}
    return json.dumps(found).encode()


def script_of(source: bytes, wanted: str | None) -> str:
    """Return what of a student's file is worth running elsewhere: the whole, or the network."""
    with Clock() as clock, StudentFile(source) as file:
        file.run(clock)
        with clock.allowing(SECONDS):
            name, _ = file.pick(wanted, uncounted)
        plain = None in file.source.cells and not file.source.skipped.all and not file.finder.names
        return file.source.text if plain else excerpt(file.source, name, file.call)


@torch.no_grad()
def fit(source: bytes, wanted: str | None, weights: bytes) -> dict[str, object]:
    """Load the weights into the student's network; say what fits, and whether it is the same."""
    with Clock() as clock, StudentFile(source) as file:
        file.run(clock)
        with clock.allowing(SECONDS):
            _, network = file.pick(wanted, uncounted)
            network.eval()(images(2))  # lets lazy layers find their sizes
            given = load(weights)
            whole = takes_all(network, given)
            fitting = {name: t for name, t in given.items() if fits(network, name, t)}
            if not whole:
                network.load_state_dict(fitting, strict=False)
            x = images(IMAGES)
            theirs, ours = network.eval()(x).log_softmax(1), unpack(weights)(x).log_softmax(1)
    differs = float((theirs - ours).abs().max() / ours.abs().max())
    outside = [name for name in given if name not in fitting]
    return {"whole": whole, "outside": outside, "same": differs <= CLOSE}


def takes_all(network: nn.Module, given: dict[str, Tensor]) -> bool:
    """Load the weights as they are, if the class has the same names and no other."""
    try:
        network.load_state_dict(given)
    except RuntimeError:
        return False
    return True


def fits(network: nn.Module, name: str, tensor: Tensor) -> bool:
    """Return whether the class has a tensor of this name and shape."""
    own = network.state_dict().get(name)
    return own is not None and own.shape == tensor.shape


def uncounted(network: nn.Module) -> None:
    """Count nothing: whoever only takes a network shows no list of them."""
