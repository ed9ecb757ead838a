"""What the course's last network has learned: its weights, and the test digits that it misreads.

    python -m solutions.finished             # trains what result.json records, seed by seed

A seed that was trained before is not trained again, so what was stopped goes on where it stopped.
Lessons show both without a training (course/kept/finished.py). The weights are the first seed's.
"""

import argparse
import json
from pathlib import Path

from safetensors.torch import save_file

from autograder.capture.entry import capture
from autograder.graph.network import Network
from autograder.graph.trained import named
from course.data import Digits, load
from course.files import write_whole
from course.records import record
from course.training.loop import answers, train
from solutions.trainings import fresh

FOLDER = Path(__file__).with_name("under_8k")
MODEL, MISREAD, WEIGHTS = (
    FOLDER / name for name in ("model.py", "misread.json", "weights.safetensors")
)


def misread(network: Network, digits: Digits) -> list[tuple[int, int, int, float]]:
    """List place, label, what is read instead, and the probability that the network gives it."""
    read, sure = answers(network, digits)
    labels = digits.test_labels
    return [
        (place, int(labels[place]), int(read[place]), round(float(sure[place]), 3))
        for place in (read != labels).nonzero().flatten().tolist()
    ]


def keep_weights(network: Network) -> None:
    """Write the weights by the names that they have in model.py."""
    weights = named(capture(MODEL.read_bytes()).graph, network)
    save_file({name: tensor.contiguous() for name, tensor in weights.items()}, WEIGHTS)


def main() -> None:
    """Train the seeds that are missing, and keep what each misreads."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10, help="of those that were recorded")
    chosen = parser.parse_args()
    digits = load("mnist")
    runs = record("under_8k").verdict["runs"][: chosen.seeds]
    kept = json.loads(MISREAD.read_text("utf-8")) if MISREAD.is_file() else {}
    for number, run in enumerate(runs):
        if (seed := str(run["seed"])) in kept:
            continue
        network, recipe = fresh(MODEL, run["seed"])
        for epoch in train(network, digits, recipe, run["seed"]):
            print(f"seed {number + 1} of {len(runs)}, epoch {epoch.epoch}: {epoch.test_correct}")
        recorded = run["epochs"][-1]["test_correct"]
        if epoch.test_correct != recorded:
            print(f"another processor rounds otherwise: recorded are {recorded}")
        kept[seed] = misread(network, digits)
        if number == 0:
            keep_weights(network)
        lines = (f"{json.dumps(seed)}: {json.dumps(found)}" for seed, found in kept.items())
        write_whole(MISREAD, ("{\n" + ",\n".join(lines) + "\n}\n").encode())


if __name__ == "__main__":
    main()
