"""Is the grader's loop ever slower than the plain one? Every network of tests/zoo, three ways.

    python -m solutions.bench.zoo       # ten minutes; a table, the slowest first, and zoo_cpu.json

In turns, each way in a process of its own, milliseconds a step of 64 images:
- `notebook`: torchvision's dataset and a DataLoader with two workers, and torch's own kernels;
- `resident`: the same kernels on one batch that lies there: what a notebook does between data;
- `graded`: the step as the grader runs it, on one batch as well.
"""

import argparse
import json
import statistics
from typing import Any

import torch

from autograder.graph.network import Network
from autograder.graph.nodes import Graph
from autograder.graph.size import count
from autograder.machine import cores, processor
from autograder.problem import Problem
from solutions.bench.bench import HERE, ROOT, read, run
from solutions.bench.loops import (
    as_in_notebooks,
    bare_steps,
    graph_of,
    on_one_batch,
    recipe,
    timed,
    use_torchs_batch_norm,
)

MODELS = sorted((ROOT / "tests" / "zoo").glob("*.py"))
WAYS = ("notebook", "resident", "graded")
STEPS, FEW, LARGE = 40, 6, 1_000_000  # few steps for more than so many parameters
RECORD = HERE / "zoo_cpu.json"


def step_times(way: str) -> dict[str, float]:
    """Return milliseconds a step of every network that can be graded."""
    found = {}
    for path in MODELS:
        try:
            found[path.stem] = one(way, graph_of(path))
        except (Problem, RuntimeError):
            continue  # it is in the zoo for being refused, or cannot be trained
    return found


def one(way: str, graph: Graph) -> float:
    """Time one network's step."""
    cpu = torch.device("cpu")
    steps = FEW if count(graph) > LARGE else STEPS
    if way == "graded":
        batches, _ = bare_steps(graph, cpu)
        return timed(batches, steps, cpu)
    use_torchs_batch_norm()
    network = Network(graph)
    if way == "notebook":
        return timed(as_in_notebooks(network, cpu), steps, cpu)
    optimizer = recipe().build_optimizer(network.parameters())
    return timed(on_one_batch(network, optimizer, cpu, bfloat16=False), steps, cpu)


def measure(rounds: int) -> dict[str, Any]:
    """Time every way, in turns; return the medians with the machine they hold for."""
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way, times in found.items():
            times.append(read(run("zoo", "--way", way, as_notebook=way != "graded")))
    return {
        "machine": f"{processor()}, {cores()} cores",
        "torch": torch.__version__,
        "rounds": rounds,
        "ms": {
            name: {
                way: round(statistics.median(each[name] for each in times), 3)
                for way, times in found.items()
            }
            for name in found["graded"][0]
        },
    }


def table(record: dict[str, Any]) -> str:
    """Write a record as a table, the least gain over a notebook first."""
    lines = [f"{'network':<24}" + "".join(f"{way:>10}" for way in WAYS) + "   gain over each"]
    by_gain = sorted(record["ms"].items(), key=lambda item: gain(item[1], "notebook"))
    for name, ms in by_gain:
        times = "".join(f"{ms[way]:>10.2f}" for way in WAYS)
        gains = f"{gain(ms, 'notebook'):>7.2f}x{gain(ms, 'resident'):>7.2f}x"
        lines.append(f"{name:<24}{times}{gains}")
    return "\n".join(lines)


def gain(ms: dict[str, float], over: str) -> float:
    """Return how many times as fast as another way the graded one is."""
    return ms[over] / ms["graded"]


def main() -> None:
    """Time all ways, print the table and keep the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    if chosen.way:
        print(json.dumps(step_times(chosen.way)))
        return
    record = measure(chosen.rounds)
    RECORD.write_text(json.dumps(record, indent=1) + "\n")
    print(table(record))


if __name__ == "__main__":
    main()
