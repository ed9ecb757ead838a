"""Is the grader's loop ever slower than the plain one? Every network of tests/zoo, both ways.

    python -m solutions.bench.zoo                  # four minutes; a table, slowest ratio first

Each way runs in a process of its own: `plain` is a notebook's forward, backward and optimizer on
batches that lie there, without a DataLoader; `graded` is the training loop as the grader runs it.
"""

import argparse
import json
import statistics

import torch

from autograder.capture import capture
from autograder.graph import Graph, Network
from autograder.problem import Problem
from course.training import quick_optimizer
from solutions.bench.bench import ROOT, read, run
from solutions.bench.loops import as_graded, on_one_batch, recipe, timed, use_torchs_batch_norm

MODELS = sorted((ROOT / "tests" / "zoo").glob("*.py"))
STEPS, FEW, LARGE = 40, 6, 1_000_000  # few steps for more than so many parameters


def step_times(way: str) -> dict[str, float]:
    """Return milliseconds a step of every network that can be graded."""
    found = {}
    for path in MODELS:
        try:
            graph = capture(path.read_bytes()).graph
            found[path.stem] = one(way, graph)
        except (Problem, RuntimeError):
            continue  # it is in the zoo for being refused, or cannot be trained
    return found


def one(way: str, graph: Graph) -> float:
    """Time one network's forward, backward and optimizer."""
    cpu = torch.device("cpu")
    if way == "graded":
        network, bfloat16 = as_graded(graph, cpu)
        optimizer = quick_optimizer(recipe(), network)
    else:
        use_torchs_batch_norm()
        network, bfloat16 = Network(graph), False
        optimizer = recipe().build_optimizer(network.parameters())
    steps = FEW if graph.count() > LARGE else STEPS
    return timed(on_one_batch(network, optimizer, cpu, bfloat16), steps, cpu)


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
            rounds.append(read(run("zoo", "--way", way, as_notebook=way == "plain")))
    rows = []
    for name in times["plain"][0]:
        plain, graded = (statistics.median(r[name] for r in times[w]) for w in ("plain", "graded"))
        rows.append((plain / graded, name, plain, graded))
    print(f"{'network':<24}{'plain':>9}{'graded':>9}{'ratio':>8}")
    for ratio, name, plain, graded in sorted(rows):
        print(f"{name:<24}{plain:>9.2f}{graded:>9.2f}{ratio:>7.2f}x")


if __name__ == "__main__":
    main()
