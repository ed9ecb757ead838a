"""How to choose a network or a recipe without the test set: by digits held out of the training.

    python -m solutions.held_out solutions/under_8k solutions/beside/depthwise

Split k holds 10,000 training digits out, drawn by k, and trains every file on the other 50,000 with
seed k: all files meet the same splits. A file's score is the mean of its last epochs, in percent of
the digits held out. `--keep solutions/held_out.json` made the record.
"""

import argparse
import json
import math
import statistics
from pathlib import Path

import torch

from autograder.machine import cores, device_name
from course.records import mean_accuracy
from solutions.trainings import each, on_split

RECORD = Path(__file__).with_name("held_out.json")


def one(model: Path, split: int, data: str = "mnist", count: int = 10_000) -> float:
    """Train a file on one split; return the percentage it reads of what was held out."""
    _, epochs = on_split(model, split, data, count)
    return 100 * mean_accuracy([epochs])


def gain(before: list[float], after: list[float]) -> tuple[float, float]:
    """Return how much more the second file reads, split by split, and its standard error."""
    return mean_and_error([b - a for a, b in zip(before, after, strict=True)])


def mean_and_error(values: list[float]) -> tuple[float, float]:
    """Return the mean of some values and its standard error."""
    return statistics.fmean(values), statistics.stdev(values) / math.sqrt(len(values))


def table(scores: dict[str, list[float]]) -> str:
    """Write each file's score on every split, and its gain over the first file."""
    (first, before), *others = scores.items()
    width = max(map(len, scores))
    lines = [f"{name:<{width}}" + "".join(f"{x:8.2f}" for x in row) for name, row in scores.items()]
    for name, after in others:
        more, error = gain(before, after)
        lines.append(f"{name} over {first}: {more:+.3f} ± {error:.3f} percentage points")
    return "\n".join(lines)


def main() -> None:
    """Train every file on every split, print the table, write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="folders with a model.py")
    parser.add_argument("--splits", type=int, default=6, help="trainings of each file")
    parser.add_argument("--keep", type=Path, help="a file to keep the scores in, as JSON")
    chosen = parser.parse_args()
    models = [folder / "model.py" for folder in chosen.folders]
    for model in models:
        if not model.is_file():
            parser.error(f"expected a model.py in each folder, found none at {model}")
    if chosen.splits < 2:
        parser.error(f"expected at least 2 splits, found {chosen.splits}: one says nothing of luck")
    scores: dict[str, list[float]] = {model.parent.name: [] for model in models}
    if len(scores) < len(models):
        parser.error("expected folders of different names: a file's scores go by its folder's name")
    jobs = [(model, split) for split in range(chosen.splits) for model in models]
    for (model, split), score in zip(jobs, each(one, jobs, cores()), strict=True):
        scores[model.parent.name].append(score)
        print(f"{model.parent.name}  split {split}  {score:.2f}", flush=True)
    print(table(scores))
    if chosen.keep:
        torch.set_num_threads(1)
        machine = {"device": device_name(torch.device("cpu")), "torch": torch.__version__}
        chosen.keep.write_text(json.dumps({**machine, "scores": scores}, indent=1) + "\n")


if __name__ == "__main__":
    main()
