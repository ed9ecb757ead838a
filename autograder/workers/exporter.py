"""The exporter: a process that turns a trained network into an ONNX file and tries it out.

    python -m autograder.workers.exporter mnist < 1203745816.safetensors

It runs no code of a student's: the network is rebuilt of the file that it is given
(graph/trained.py). Its answer is a line of JSON and the ONNX file's bytes (exporting.py reads it).
"""

import json
import os
import sys
import warnings
from importlib.util import find_spec

import torch
from torch import Tensor

from autograder.graph.network import Network
from autograder.graph.trained import unpack
from autograder.words import summary_of
from course.data import DataError, Digits
from course.data import load as load_digits
from course.training.loop import TEST_BATCH, pixels, standardise

IMAGES, SCORES, BATCH = "images", "scores", "N"  # the names that the file has for them


def export(network: Network) -> bytes:
    """Write a network as an ONNX file that takes a batch of any size."""
    shapes = ({0: torch.export.Dim(BATCH)},)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch's own making; nothing a student could mend
        program = torch.onnx.export(
            network,
            (torch.zeros(2, 1, 28, 28),),
            input_names=[IMAGES],
            output_names=[SCORES],
            dynamic_shapes=shapes,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    # torch names the tensors as our network does, by number. They get the student's names back,
    # where no operation's result has the name already.
    taken = {name for node in model.graph.node for name in node.output} | {IMAGES}
    named = {number: name for name, number in network.names.items() if name not in taken}
    for tensor in model.graph.initializer:
        tensor.name = named.get(tensor.name, tensor.name)
    for node in model.graph.node:
        node.input[:] = [named.get(name, name) for name in node.input]
    content: bytes = model.SerializeToString()
    return content


@torch.no_grad()
def compared(network: Network, content: bytes, digits: Digits) -> dict[str, object]:
    """Let onnxruntime and torch read the test images; count equal answers."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors; what it says of its optimisations is no student's
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    equal, largest = 0, 0.0
    for images in digits.test_images.split(TEST_BATCH):  # type: ignore[no-untyped-call]
        x = standardise(pixels(images), digits)
        ours: Tensor = network(x)
        theirs = torch.from_numpy(session.run([SCORES], {IMAGES: x.numpy()})[0])
        equal += int((ours.argmax(1) == theirs.argmax(1)).sum())
        largest = max(largest, float((ours - theirs).abs().max()))
    return {"equal": equal, "total": len(digits.test_images), "largest": largest}


def main() -> None:
    """Serve on the standard streams; whatever else prints goes to stderr."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    network = unpack(sys.stdin.buffer.read())
    content, told = b"", dict[str, object]()
    try:
        content = export(network)
        if find_spec("onnxruntime") is None:
            told = {"why": "onnxruntime is not installed"}
        else:
            told = compared(network, content, load_digits(sys.argv[1]))
    except DataError as error:
        told = {"why": str(error)}
    except Exception as error:  # whatever an exporter makes of an operation that it lacks
        told = {"why": summary_of(error, 200)}
    answer.write(json.dumps(told).encode() + b"\n" + content)
    answer.flush()


if __name__ == "__main__":
    main()
