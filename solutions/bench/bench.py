"""How fast the grader trains, beside the loop of every course notebook and beside the bare step.

    make bench                      # or: python solutions/bench/bench.py --steps 200 --rounds 5

For each network, in turns within one run on this machine:
- `notebook`: torchvision's dataset, a DataLoader with two workers, the same augmentation;
- `ours`: course/training.py, augmentation on the device, rates planned ahead, averaging;
- `bare`: forward, backward and optimizer on one batch that already lies there: the floor.
Every figure is the median over rounds of milliseconds a step of 64 images. The machine may be
shared: ratios within one run say more than milliseconds.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torchvision import datasets, transforms

from autograder.capture import capture
from autograder.graph import Network
from autograder.machine import describe, pick_device, sensible_threads
from course.data import DataError, Digits, load, mnist_folder
from course.ledger import ledger
from course.recipe import Recipe
from course.training import train

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NETWORKS = {
    "stock, 6.38M": ROOT / "tests" / "zoo" / "stock.py",
    "003, 10,066": ROOT / "tests" / "zoo" / "seed_003.py",
    "under 8k, 7,578": ROOT / "solutions" / "under_8k" / "model.py",
}
BATCH = 64


def recipe() -> Recipe:
    """Return the shipped solution's recipe, for every network alike."""
    return Recipe.read(capture((ROOT / "solutions/under_8k/model.py").read_bytes()).recipe)


def notebook(network: nn.Module, steps: int, device: torch.device) -> float:
    """Time the loop as course notebooks write it, in milliseconds a step."""
    affine = {k: v for k, v in recipe().augment[0].items() if k in ("degrees", "translate", "scale")}
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
    network = network.to(device).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, nesterov=True)

    def batches() -> Iterator[None]:
        for x, y in loader:
            x, y = x.to(device), y.to(device)  # (64, 1, 28, 28), (64,)
            optimizer.zero_grad()
            F.cross_entropy(network(x), y).backward()
            optimizer.step()
            yield

    return timed(batches(), steps, device)


def bare(network: nn.Module, steps: int, device: torch.device) -> float:
    """Time forward, backward and optimizer on one batch, as the grader's loop runs them."""
    network = network.to(device).train()
    optimizer = recipe().build_optimizer(network.parameters())
    x = torch.randn(BATCH, 1, 28, 28, device=device)
    y = torch.randint(10, (BATCH,), device=device)

    def batches() -> Iterator[None]:
        while True:
            loss = F.cross_entropy(network(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield

    return timed(batches(), steps, device)


def ours(network: nn.Module, steps: int, digits: Digits) -> float:
    """Time the grader's own loop over as many steps."""
    few = steps * BATCH
    part = replace(
        digits,
        train_images=digits.train_images[:few],
        train_labels=digits.train_labels[:few],
        test_images=digits.test_images[:BATCH],
        test_labels=digits.test_labels[:BATCH],
    )
    first, second = train(network, part, replace(recipe(), epochs=2))
    return 1000 * second.seconds / steps  # the first epoch warms up


def timed(batches: Iterator[None], steps: int, device: torch.device) -> float:
    """Time so many steps behind some that warm up."""
    for _ in range(10):
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


def measure(steps: int, rounds: int, device: torch.device) -> dict[str, Any]:
    """Time every loop on every network, in turns."""
    digits = load("mnist", device)
    everywhere = torch.get_num_threads()
    record: dict[str, Any] = {
        "device": describe(device),
        "torch": torch.__version__,
        "batch": BATCH,
        "steps": steps,
        "rounds": rounds,
        "networks": {},
    }
    for name, path in NETWORKS.items():
        graph = capture(path.read_bytes()).graph
        work = ledger(Network(graph)).multiply_adds * BATCH
        few = max(10, min(steps, int(steps * 1e9 / work)))
        threads = sensible_threads(work)

        def fresh(graph: Any = graph) -> Network:
            return Network(graph).to(memory_format=torch.channels_last)

        loops: dict[str, tuple[int, Callable[[], float]]] = {
            # The notebook leaves threads and memory layout as torch sets them.
            "notebook": (everywhere, lambda g=graph, n=few: notebook(Network(g), n, device)),
            "ours": (threads, lambda n=few, f=fresh: ours(f(), n, digits)),
            "bare": (threads, lambda n=few, f=fresh: bare(f(), n, device)),
        }
        times: dict[str, list[float]] = {loop: [] for loop in loops}
        for _ in range(rounds):
            for loop, (count, run) in loops.items():
                torch.set_num_threads(count)
                times[loop].append(run())
        medians = {loop: statistics.median(values) for loop, values in times.items()}
        record["networks"][name] = {"ms": medians, "all": times, "threads": threads, "steps": few}
        print(row(name, medians), flush=True)
    return record


def row(name: str, ms: dict[str, float]) -> str:
    """Write one network's line of the table."""
    return (
        f"{name:<18}{ms['notebook']:>10.2f}{ms['ours']:>10.2f}{ms['bare']:>10.2f}"
        f"{ms['notebook'] / ms['ours']:>11.2f}x{ms['ours'] / ms['bare']:>11.2f}x"
    )


def main() -> None:
    """Measure, print the table, write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--device", default="auto")
    chosen = parser.parse_args()
    device = pick_device(chosen.device)
    print(f"{'network':<18}{'notebook':>10}{'ours':>10}{'bare':>10}{'speed-up':>12}{'overhead':>12}")
    try:
        record = measure(chosen.steps, chosen.rounds, device)
    except DataError as error:
        raise SystemExit(f"bench: {error}") from None
    path = HERE / f"{device.type}.json"
    path.write_text(json.dumps(record, indent=1) + "\n")
    print(f"milliseconds a step of {BATCH}, medians of {chosen.rounds} rounds; kept in {path.name}")


if __name__ == "__main__":
    main()
