"""Is the grader's loop ever slower than the plain one? Every network of tests/zoo, both ways.

    python -m solutions.bench.zoo                  # two minutes; a table, slowest ratio first

Each way runs in a process of its own: `plain` is a notebook's forward, backward and optimizer on
batches that lie there, without a DataLoader; `graded` is the training loop as the grader runs it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F

from autograder.capture import capture
from autograder.children import SETTINGS
from autograder.graph import Network
from autograder.operations import OPERATIONS
from autograder.problem import Problem
from course.training import quick_optimizer
from solutions.bench.loops import BATCH, as_graded, recipe, timed

ROOT = Path(__file__).parents[2]
MODELS = sorted((ROOT / "tests" / "zoo").glob("*.py"))
STEPS = {True: 6, False: 40}  # for a large network, a small one


def step_times(way: str) -> dict[str, float]:
    """Return milliseconds a step of every network that can be graded."""
    found = {}
    for path in MODELS:
        try:
            graph = capture(path.read_bytes()).graph
        except Problem:
            continue  # it is in the zoo for being refused
        network = Network(graph).train()
        large = network.training and sum(p.numel() for p in network.parameters()) > 1e6
        try:
            found[path.stem] = one(way, network, graph, STEPS[large])
        except RuntimeError:
            continue  # one that cannot be trained
    return found


def one(way: str, network: Network, graph: object, steps: int) -> float:
    """Time one network's forward, backward and optimizer."""
    cpu = torch.device("cpu")
    bfloat16 = False
    if way == "graded":
        network, bfloat16 = as_graded(graph, cpu)
        optimizer = quick_optimizer(recipe(), network)
    else:
        object.__setattr__(OPERATIONS["batch_norm"], "run", F.batch_norm)
        optimizer = recipe().build_optimizer(network.parameters())
    x, y = torch.randn(BATCH, 1, 28, 28), torch.randint(10, (BATCH,))

    def batches() -> Iterator[None]:
        while True:
            with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
                scores = network(x).float()
            optimizer.zero_grad()
            F.cross_entropy(scores, y).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            yield

    return timed(batches(), steps, cpu)


def main() -> None:
    """Time both ways in turns and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--way", choices=("plain", "graded"), help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    if chosen.way:
        print(json.dumps(step_times(chosen.way)))
        return
    times: dict[str, list[dict[str, float]]] = {"plain": [], "graded": []}
    for _ in range(chosen.rounds):
        for way, rounds in times.items():
            settings = SETTINGS if way == "graded" else {}
            command = [sys.executable, "-m", "solutions.bench.zoo", "--way", way]
            done = subprocess.run(
                command, cwd=ROOT, env={**settings, **os.environ}, capture_output=True, check=True
            )
            rounds.append(json.loads(done.stdout.splitlines()[-1]))  # students print, too
    rows = []
    for name in times["plain"][0]:
        plain, graded = (statistics.median(r[name] for r in times[w]) for w in ("plain", "graded"))
        rows.append((plain / graded, name, plain, graded))
    print(f"{'network':<24}{'plain':>9}{'graded':>9}{'ratio':>8}")
    for ratio, name, plain, graded in sorted(rows):
        print(f"{name:<24}{plain:>9.2f}{graded:>9.2f}{ratio:>7.2f}x")


if __name__ == "__main__":
    main()
