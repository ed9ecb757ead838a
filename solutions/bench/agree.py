"""Do the fast paths read as many digits right as the plain loop? Ten seeds each, side by side.

    python -m solutions.bench.agree                  # 10 seeds, 15 epochs; --epochs 2 is quicker

The shipped solution is trained with the same seeds by
- `plain`: the loop of loop.py with torch's own kernels;
- `graded`: the same loop as the grader runs it, with our BatchNorm on a processor;
- `recorded`: the recorded step of captured.py (on a processor the step runs unrecorded);
- `bfloat16`: as graded, rounding to bfloat16.
What counts is the test accuracy after the last epoch; the record tells each path's mean, its
standard error, and how far it is from plain in standard errors of the difference.
"""

import argparse
import json
import math
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from autograder.machine import cores, device_name, pick_device
from course.data import load
from course.errors import MachineError
from course.training import Epoch, train
from course.training.captured import train_captured
from solutions.bench.loops import SOLUTION, use_torchs_batch_norm
from solutions.held_out import mean_and_error
from solutions.trainings import each, fresh

HERE = Path(__file__).parent
PATHS = ("plain", "graded", "recorded", "bfloat16")


def one(path: str, seed: int, epochs: int, device: str) -> float:
    """Train once; return the test accuracy after the last epoch, in percent."""
    network, recipe = fresh(SOLUTION, seed)
    recipe = replace(recipe, epochs=epochs)
    digits = load("mnist", pick_device(device))
    found: Iterable[Epoch]
    if path == "recorded":
        found = (epoch for _, epoch in train_captured([network], digits, recipe, [seed]))
    else:
        if path == "plain":
            use_torchs_batch_norm()
        found = train(network, digits, recipe, seed, bfloat16=path == "bfloat16")
    last = list(found)[-1]
    return 100 * last.test_correct / last.test_total


def compare(found: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Return each path's mean and error, and its distance from plain in standard errors."""
    told = {path: mean_and_error(values) for path, values in found.items()}
    plain, its_error = told["plain"]
    return {
        path: {
            "mean": mean,
            "error": error,
            "from_plain": (mean - plain) / math.hypot(error, its_error),
        }
        for path, (mean, error) in told.items()
    }


def main() -> None:
    """Train every path with every seed, print the comparison, write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--device", default="auto")
    chosen = parser.parse_args()
    try:
        device = pick_device(chosen.device)
    except MachineError as error:
        raise SystemExit(f"agree: {error}") from None
    lanes = 1 if device.type == "cuda" else cores()
    jobs = [(path, seed) for seed in range(chosen.seeds) for path in PATHS]
    found: dict[str, list[float]] = {path: [] for path in PATHS}
    train_one = partial(one, epochs=chosen.epochs, device=device.type)
    for (path, seed), accuracy in zip(jobs, each(train_one, jobs, lanes), strict=True):
        found[path].append(accuracy)
        print(f"{path:<10} seed {seed}  {accuracy:.3f}", flush=True)
    summary = compare(found)
    torch.set_num_threads(1)
    record = {
        "device": device_name(device),
        "torch": torch.__version__,
        "epochs": chosen.epochs,
        "runs": found,
        "summary": summary,
    }
    (HERE / f"agree_{device.type}.json").write_text(json.dumps(record, indent=1) + "\n")
    for path, row in summary.items():
        print(f"{path:<10}{row['mean']:8.3f} ± {row['error']:.3f}{row['from_plain']:+8.1f}")


if __name__ == "__main__":
    main()
