"""The loops that bench.py compares, each timed in a process of its own.

    python -m solutions.bench.loops ours solutions/under_8k/model.py --steps 200

prints milliseconds a step of 64 images, as JSON. A process of its own matters: the grader's worker
runs with settings that would quicken the notebook's loop too.
"""

import argparse
import json
import runpy
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision import datasets, transforms

from autograder.capture.entry import capture
from autograder.graph.canonical import canonical
from autograder.graph.network import Network
from autograder.graph.nodes import Graph
from autograder.graph.operations import OPERATIONS
from autograder.machine import device_name, pick_device, sensible_bfloat16, sensible_threads
from course.data import Digits, load, mnist_folder
from course.ledger import ledger
from course.lesson import few
from course.recipe import Recipe
from course.training import Epoch, train
from course.training.captured import train_captured
from course.training.loop import arrange_memory, quick_optimizer
from course.training.rehearsal import rehearse

BATCH = 64
WARM_UP = 10  # steps
Forward = Callable[[Tensor], Tensor]
SOLUTION = Path(__file__).parents[1] / "under_8k" / "model.py"


def recipe(**changes: Any) -> Recipe:
    """Return the shipped solution's recipe, for every network alike."""
    return replace(Recipe.read(capture(SOLUTION.read_bytes()).recipe), **changes)


def notebook(model: Path, steps: int, device: torch.device) -> dict[str, Any]:
    """Time the loop as course notebooks write it; threads and layout are as torch sets them."""
    network = runpy.run_path(str(model))["Net"]()  # as written, with torch's own layers
    return {
        "ms": timed(as_in_notebooks(network, device), steps, device),
        "device": device_name(device),
    }


def as_in_notebooks(network: nn.Module, device: torch.device) -> Iterator[None]:
    """Train for an epoch with torchvision's dataset and a DataLoader, a step at a time."""
    affine = {
        k: v for k, v in recipe().augment[0].items() if k in ("degrees", "translate", "scale")
    }
    bilinear = transforms.InterpolationMode.BILINEAR
    transform = transforms.Compose(
        [
            transforms.RandomAffine(**affine, interpolation=bilinear),
            transforms.ToTensor(),
            transforms.Normalize((0.1307,), (0.3081,)),
        ]
    )
    dataset = datasets.MNIST(str(mnist_folder()), train=True, transform=transform)
    loader = torch.utils.data.DataLoader(dataset, batch_size=BATCH, shuffle=True, num_workers=2)
    network.to(device).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, nesterov=True)
    for x, y in loader:
        x, y = x.to(device), y.to(device)  # (64, 1, 28, 28), (64,)
        optimizer.zero_grad()
        F.cross_entropy(network(x), y).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        yield


def bare(model: Path, steps: int, device: torch.device) -> dict[str, Any]:
    """Time forward, backward and optimizer on one batch that lies on the device: the floor."""
    batches, bfloat16 = bare_steps(graph_of(model), device)
    return {"ms": timed(batches, steps, device), "device": device_name(device, bfloat16)}


def compiled(model: Path, steps: int, device: torch.device) -> dict[str, Any]:
    """Time the bare step through torch.compile, and how long that takes to compile it.

    The grader does without: on a processor the step of every network tried took longer, after
    6 to 15 seconds of compiling.
    """
    use_torchs_batch_norm()  # ours is a step of its own to a compiler
    torch.compiler.config.force_disable_caches = True  # as the first time
    batches, bfloat16 = bare_steps(graph_of(model), device, torch.compile)
    start = time.perf_counter()
    next(batches)
    compiling = time.perf_counter() - start
    described = device_name(device, bfloat16)
    return {"ms": timed(batches, steps, device), "compiling": compiling, "device": described}


def bare_steps(
    graph: Graph, device: torch.device, through: Callable[[Network], Forward] = lambda n: n
) -> tuple[Iterator[None], bool]:
    """Return bare steps of the network as graded, and whether they round to bfloat16."""
    network, bfloat16 = as_graded(canonical(graph), device)
    network = network.to(device).train()
    optimizer = quick_optimizer(recipe(), network)
    return on_one_batch(through(network), optimizer, device, bfloat16), bfloat16


def on_one_batch(
    network: Forward, optimizer: torch.optim.Optimizer, device: torch.device, bfloat16: bool
) -> Iterator[None]:
    """Train for ever on a batch that lies on the device, a step at a time."""
    x = torch.randn(BATCH, 1, 28, 28, device=device)
    y = torch.randint(10, (BATCH,), device=device)
    while True:
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
            scores = network(x).float()
        loss = F.cross_entropy(scores, y)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        yield


def ours(model: Path, steps: int, device: torch.device) -> dict[str, Any]:
    """Time the loop that grades: the plain one, or on a GPU the recorded steps."""
    return graded(model, steps, device, seeds=1)


def five(model: Path, steps: int, device: torch.device) -> dict[str, Any]:
    """Time five seeds side by side on one GPU, in milliseconds a step of all five."""
    return graded(model, steps, device, seeds=5)


def alone(model: Path, steps: int, device: torch.device) -> dict[str, Any]:
    """Time the plain loop on one thread, as it runs when seeds train side by side."""
    return graded(model, steps, device, seeds=1, threads=1)


def graded(
    model: Path, steps: int, device: torch.device, seeds: int, threads: int = 0
) -> dict[str, Any]:
    """Time so many steps of the grader's own training, behind a first epoch that warms up."""
    graph = canonical(graph_of(model))
    network, bfloat16 = as_graded(graph, device, threads)
    part = few(load("mnist", device), steps * BATCH, BATCH)  # hardly anything to test on
    once = recipe(epochs=2, batch_size=BATCH)
    start = time.perf_counter()
    if device.type == "cuda":
        networks = [network, *(Network(graph) for _ in range(1, seeds))]
        trainer = train_captured(networks, part, once, range(seeds), bfloat16=bfloat16)
        recording = time.perf_counter() - start
        seconds = sum(epoch.seconds for _, epoch in trainer if epoch.epoch == 2)
    else:
        seconds = on_a_processor(network, part, once, bfloat16, not threads)
    found = {"ms": 1000 * seconds / steps, "device": device_name(device, bfloat16)}
    if device.type == "cuda":
        found |= {"recording": recording, "busy": busy(graph, part, once, bfloat16)}
    return found


def on_a_processor(
    network: Network, digits: Digits, once: Recipe, bfloat16: bool, helped: bool
) -> float:
    """Train as a worker does; return the second epoch's seconds, by the clock on the wall.

    A second thread may help where `helped`. What a training is charged is the first one's work.
    """
    pace = rehearse(deepcopy(network), digits, once, bfloat16)
    with network.helped(helped) as helper:
        trainer = train(network, digits, once, bfloat16=bfloat16, pace=pace, helper=helper)
        next(trainer)
        start = time.perf_counter()
        next(trainer)
        return time.perf_counter() - start


def busy(graph: Graph, digits: Digits, once: Recipe, bfloat16: bool) -> float:
    """Return the share of the training time in which the GPU computes, by torch's profiler."""
    from torch.profiler import ProfilerActivity, profile

    trainer = train_captured([Network(graph)], digits, once, [0], bfloat16=bfloat16)
    with profile(activities=[ProfilerActivity.CUDA]) as profiled:
        epochs: list[Epoch] = [epoch for _, epoch in trainer]
    computing: float = sum(event.self_device_time_total for event in profiled.key_averages())
    return computing / 1e6 / sum(epoch.seconds + epoch.test_seconds for epoch in epochs)


def graph_of(model: Path) -> Graph:
    """Return a file's network as the grader sees it."""
    return capture(model.read_bytes()).graph


def as_graded(graph: Graph, device: torch.device, threads: int = 0) -> tuple[Network, bool]:
    """Return a graph's network with the grader's threads and layout, and whether to round."""
    network = Network(graph)
    work = ledger(network).multiply_adds * BATCH
    if device.type == "cpu":
        torch.set_num_threads(threads or sensible_threads(work))
        arrange_memory(network)
    return network, sensible_bfloat16(work, device)


def use_torchs_batch_norm() -> None:
    """Run BatchNorm by torch's own kernel, for the rest of this process."""
    object.__setattr__(OPERATIONS["batch_norm"], "run", F.batch_norm)


def timed(batches: Iterator[None], steps: int, device: torch.device) -> float:
    """Time so many steps behind some that warm up, in milliseconds a step."""
    for _ in range(WARM_UP):
        next(batches)
    wait(device)
    start = time.perf_counter()
    for _ in range(steps):
        next(batches)
    wait(device)
    return 1000 * (time.perf_counter() - start) / steps


def wait(device: torch.device) -> None:
    """Wait for a GPU to finish; a processor has finished when it returns."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


LOOPS: dict[str, Callable[[Path, int, torch.device], dict[str, Any]]] = {
    "notebook": notebook,
    "ours": ours,
    "bare": bare,
    "compiled": compiled,
    "alone": alone,
    "five": five,
}


def main() -> None:
    """Time one loop on one network and print what was found."""
    parser = argparse.ArgumentParser(description="time one loop on one network")
    parser.add_argument("loop", choices=LOOPS)
    parser.add_argument("model", type=Path)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--device", default="auto")
    chosen = parser.parse_args()
    print(json.dumps(LOOPS[chosen.loop](chosen.model, chosen.steps, pick_device(chosen.device))))


if __name__ == "__main__":
    main()
