"""The training loop: lessons train with it, and the grader grades with it.

    for epoch in train(network, digits, Recipe(), seed=0):
        print(epoch.test_correct)

The images lie on the device as bytes from the start; batching, standardising and augmentation
happen there, and nothing inside an epoch waits for the device. The same network, recipe, seed,
device and number of threads give the same numbers again, bit for bit. What that gains over a
notebook's usual loop is in the README, "How fast".
"""

import math
from collections.abc import Callable, Iterator
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course.data import Digits
from course.epoch import Epoch
from course.recipe import Part, Recipe, name_of, rest_of
from course.recipe.schedule import Plan, plan, steps_per_epoch
from course.training.augment import Augment
from course.training.averaging import average
from course.training.clock import ANY_PACE, Pace, work_clock
from course.training.helper import Helper
from course.training.memory import keep_freed_memory
from course.training.muon import MuonAndRest
from course.training.repeatable import repeat_exactly

FUSED = ("SGD", "Adam", "AdamW", "Adagrad")  # torch updates all parameters in one operation
PREPARED_AT_ONCE = {"cpu": 512, "cuda": 8_192}  # images
TEST_BATCH = 1_000  # large enough to keep a device busy, small enough for any memory


def train(
    network: nn.Module,
    digits: Digits,
    recipe: Recipe,
    seed: int = 0,
    watch: Callable[[int], None] | None = None,
    bfloat16: bool = False,
    most_seconds: float = math.inf,
    pace: Pace = ANY_PACE,
    helper: Helper | None = None,
) -> Iterator[Epoch]:
    """Train `network` in place and yield an Epoch after each; `watch` is called after every step.

    When an Epoch is yielded, the network holds the weights that were tested: their average where
    the recipe asks for one.

    `bfloat16` lets convolutions and matrix products round to 8 significant bits, which makes large
    networks faster; weights and sums stay in float32. A training that works for more than
    `most_seconds` ends with WorkUsedUp; `pace` is the most that counts for a step (clock.py). A
    `helper` makes the next images ready, and tests on half of the digits (helper.py).
    """
    repeat_exactly()
    device = digits.train_images.device
    torch.manual_seed(seed)  # dropout draws from here
    generator = torch.Generator(device).manual_seed(seed)  # shuffling and augmentation from here
    network.to(device)
    if device.type == "cpu":
        arrange_memory(network)
    images, batch_size = len(digits.train_images), recipe.batch_size
    steps = steps_per_epoch(images, batch_size)
    rates = plan(recipe, images)
    augment = Augment(recipe.augment)
    optimizer = quick_optimizer(recipe, network)
    averaged = average(network, recipe, steps)
    clock = work_clock(device, most_seconds, helper)

    for number in range(1, recipe.epochs + 1):
        clock.start()
        network.train()
        # Summed on the device and read once an epoch: each reading waits for the device.
        loss_sum = torch.zeros((), device=device)
        correct = torch.zeros((), dtype=torch.int64, device=device)
        for step, (x, y) in enumerate(batches(digits, batch_size, augment, generator, helper)):
            set_rate(optimizer, rates, (number - 1) * steps + step)
            optimizer.zero_grad()
            with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
                scores = network(x).float()  # (B, 10)
            loss = F.cross_entropy(scores, y, label_smoothing=recipe.label_smoothing)
            loss.backward()  # type: ignore[no-untyped-call]
            if helper is not None:
                helper.finish()  # what the network left to it (graph/network.py)
            optimizer.step()
            averaged.update((number - 1) * steps + step)
            loss_sum += loss.detach()
            correct += (scores.detach().argmax(1) == y).sum()
            if watch is not None:
                watch((number - 1) * steps + step + 1)
            clock.look(pace.step * (step + 1))
        train_loss, train_correct = float(loss_sum) / steps, int(correct)  # waits for the device
        seconds = clock.lap(pace.step * steps)
        with averaged.applied():
            test_loss, test_correct = evaluate(network, digits, helper)
            yield Epoch(
                epoch=number,
                lr=rates.lr[number * steps - 1],
                train_loss=train_loss,
                train_correct=train_correct,
                train_total=steps * min(batch_size, images),
                test_loss=test_loss,
                test_correct=test_correct,
                test_total=len(digits.test_labels),
                seconds=seconds,
                test_seconds=clock.lap(pace.test_image * len(digits.test_labels)),
            )


def arrange_memory(network: nn.Module) -> None:
    """Lay a network out in memory so that a processor trains it fast."""
    keep_freed_memory()
    # Channels-last is faster for kernels that span pixels, but slower where the only such kernel
    # reads the image's single channel.
    spanning = [p for p in network.parameters() if p.dim() == 4 and p.shape[2] > 1]
    if len(spanning) > 1 or any(p.shape[1] > 1 for p in spanning):
        network.to(memory_format=torch.channels_last)


def batches(
    digits: Digits,
    batch_size: int,
    augment: Augment,
    generator: torch.Generator,
    helper: Helper | None = None,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield an epoch of batches in a new order: images (B, 1, 28, 28) and labels (B,)."""
    ready = prepared(digits, batch_size, augment, generator)
    for x, y in helper.ahead(ready) if helper else ready:
        yield from zip(x.split(batch_size), y.split(batch_size), strict=True)  # type: ignore[no-untyped-call]


def prepared(
    digits: Digits, batch_size: int, augment: Augment, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield an epoch of whole batches, several at once: fewer, larger operations are quicker."""
    count, device = len(digits.train_images), digits.train_images.device
    whole = min(count, steps_per_epoch(count, batch_size) * batch_size)
    order = torch.randperm(count, generator=generator, device=device)[:whole]
    for chosen in order.split(max(1, PREPARED_AT_ONCE[device.type] // batch_size) * batch_size):  # type: ignore[no-untyped-call]
        # index_select copies whole images, where train_images[chosen] copies byte by byte
        images = digits.train_images.index_select(0, chosen)  # (R, 28, 28)
        x = standardise(augment(pixels(images), generator), digits)
        yield x, digits.train_labels[chosen]


def quick_optimizer(recipe: Recipe, network: nn.Module) -> torch.optim.Optimizer:
    """Make the recipe's optimizer, in the form that is fastest."""
    if rest := rest_of(recipe.optimizer):
        return MuonAndRest(recipe, network.parameters(), **fused(rest))
    return recipe.build_optimizer(network.parameters(), **fused(recipe.optimizer))


def fused(optimizer: Part) -> dict[str, bool]:
    """Return torch's option for one operation for all parameters, where it has one."""
    return {"fused": True} if name_of(optimizer) in FUSED else {}


def set_rate(optimizer: torch.optim.Optimizer, rates: Plan, step: int) -> None:
    """Give the optimizer this step's rate, and its momentum where the schedule changes that."""
    for group in optimizer.param_groups:
        group["lr"] = rates.lr[step] * group.get("share", 1.0)  # of Muon's rate: muon.py
        if rates.momentum is None or "share" in group:
            continue
        if "betas" in group:
            group["betas"] = (rates.momentum[step], *group["betas"][1:])
        else:
            group["momentum"] = rates.momentum[step]


@torch.no_grad()
def evaluate(network: nn.Module, digits: Digits, helper: Helper | None = None) -> tuple[float, int]:
    """Return the mean loss over the test images and how many are read right."""
    device = digits.test_images.device
    loss = torch.zeros((), device=device)
    correct = torch.zeros((), dtype=torch.int64, device=device)
    for scores, y in tested(network, digits, helper):
        loss += F.cross_entropy(scores, y, reduction="sum")
        correct += (scores.argmax(1) == y).sum()
    return float(loss / len(digits.test_labels)), int(correct)


@torch.no_grad()
def answers(network: nn.Module, digits: Digits) -> tuple[Tensor, Tensor]:
    """Return the digit that is read in each test image, (N,), and its probability, (N,)."""
    read, sure = [], []
    for scores, _ in tested(network, digits, helper=None):
        read.append(scores.argmax(1))
        sure.append(scores.softmax(1).gather(1, read[-1].unsqueeze(1)).squeeze(1))
    return torch.cat(read), torch.cat(sure)


def tested(
    network: nn.Module, digits: Digits, helper: Helper | None
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield scores, (B, 10), and labels, (B,), of the test images, batch by batch."""
    network.eval()

    def score(images: Tensor) -> Tensor:
        scores: Tensor = network(standardise(pixels(images), digits))
        return scores

    parts = digits.test_images.split(TEST_BATCH)  # type: ignore[no-untyped-call]
    works = [partial(score, part) for part in parts]
    scores = helper.each(works) if helper else (work() for work in works)
    yield from zip(scores, digits.test_labels.split(TEST_BATCH), strict=True)  # type: ignore[no-untyped-call]


def pixels(images: Tensor) -> Tensor:
    """Turn bytes (B, 28, 28) into numbers in [0, 1] with a channel: (B, 1, 28, 28)."""
    return images.unsqueeze(1).float() / 255


def standardise(x: Tensor, digits: Digits) -> Tensor:
    """Shift and scale by the mean and standard deviation of the training set's pixels."""
    return (x - digits.mean) / digits.std
