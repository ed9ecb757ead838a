"""The script that goes with trained weights: the student's own network, and what loads them.

Of a file that does more than define its network, the script has the part that does. Whether the
student's class takes the weights is tried out first, in the jail: a student's code runs nowhere
else, also when a teacher asks for a student's weights.
"""

import json
from dataclasses import dataclass

import msgspec

from autograder.jail.parent import Jailed, Limits
from autograder.results.confirming import network_named
from autograder.results.database import Entry
from autograder.source.text import to_run
from autograder.verdict import Run
from autograder.words import printable

FITTING = "autograder.capture.fitting"  # whose `main` runs in the jail
MOST_NAMED, LONGEST = 4, 200  # tensors in a sentence, and letters of what a student may forge

# The mean and deviation of the training images' pixels (course/data.py, which needs torch).
MOMENTS = {
    "mnist": (0.13066047627384286, 0.3081078038564627),
    "practice": (0.11485596405228758, 0.28755944318300725),
}

LOADS = '''

# ---- what follows was added by `autograde show {number} --weights FILE` ----


def trained_net():
    """Return the network with its trained weights, as it was tested."""
    from pathlib import Path

    from safetensors.torch import load_file

    net = {network}()
    net.load_state_dict(load_file(Path(__file__).with_name({weights})){strict})
    return net.eval()


def standardised(images):
    """Turn bytes (N, 28, 28) into images as it was trained on: (N, 1, 28, 28)."""
    return (images.unsqueeze(1).float() / 255 - {mean}) / {deviation}
'''
READS = """

if __name__ == "__main__":
{digits}
    net, right = trained_net(), 0
    with torch.no_grad():
        for x, y in zip(images.split(1_000), labels.split(1_000)):
            right += int((net(standardised(x)).argmax(1) == y).sum())
    print(f"{{right:,}} of {{len(labels):,}} test digits read right; the grader counted {right:,}")
"""
DIGITS = {
    "mnist": """\
    import sys

    import torch
    from torchvision.datasets import MNIST

    folder = sys.argv[1] if len(sys.argv) > 1 else "data"  # that holds MNIST/raw, or will
    digits = MNIST(folder, train=False, download=True)
    images, labels = digits.data, digits.targets
""",
    "practice": """\
    import torch
    from course.data import load

    digits = load("practice")
    images, labels = digits.test_images, digits.test_labels
""",
}


@dataclass(frozen=True)
class Loading:
    """How a student's class takes the weights (capture/fitting.py)."""

    whole: bool = True  # the class and the file have tensors of the same names
    outside: tuple[str, ...] = ()  # tensors of the file that the class has not
    same: bool = True  # it answers as the graded network does
    script: str = ""  # what of the student's file makes the network
    problem: str = ""  # why none of this could be found out

    def __str__(self) -> str:
        if self.problem:
            problem = printable(self.problem, LONGEST)
            return f"whether the class takes the weights could not be tried: {problem}"
        if self.outside:
            names = printable(", ".join(self.outside[:MOST_NAMED]), LONGEST)
            return (
                f"the class's state_dict has no {names}, so load_state_dict leaves that out and "
                "the class answers otherwise than the network that was graded; --onnx has it all"
            )
        if not self.same:
            return "with these weights the class answers otherwise than the network that was graded"
        if not self.whole:
            return (
                "the class has names that the file has not (of weights that it shares or never "
                "uses), so it is loaded with strict=False"
            )
        return ""


def loading(entry: Entry, weights: bytes) -> Loading:
    """Try out, in the jail, whether the student's class takes the weights."""
    source = to_run(entry.source)
    asked = {"net": network_named(entry), "source": len(source)}
    with Jailed(FITTING, Limits()) as jailed:
        jailed.send(json.dumps(asked).encode() + b"\n" + source + weights)
        outcome = jailed.wait()
    try:
        # A student can forge this answer: then it is that student's own script that is wrong.
        return msgspec.json.decode(outcome.result, type=Loading)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Loading(problem=f"the file {outcome.reason}")


def script(entry: Entry, run: Run, weights: str, loads: Loading) -> str:
    """Write the script that loads the weights in the file of this name beside it."""
    mean, deviation = MOMENTS[entry.data]
    added = LOADS.format(
        number=entry.id,
        weights=json.dumps(weights),
        network=network_named(entry) or "Net",
        strict="" if loads.whole else ", strict=False",
        mean=mean,
        deviation=deviation,
    )
    own = loads.script or entry.source
    if "__name__" not in own:  # else the file has something of its own to run
        added += READS.format(digits=DIGITS[entry.data], right=run.epochs[-1].test_correct)
    return own.replace("\r\n", "\n").strip() + "\n" + added
