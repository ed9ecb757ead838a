"""The same training for a GPU: a step is recorded once and replayed for every batch of every seed.

    for which, epoch in train_captured(networks, digits, recipe, seeds):
        print(seeds[which], epoch.test_correct)

A small network's step is a hundred kernels of a few microseconds; asking for them one by one takes
longer than running them. So everything from picking the batch to its slopes is captured as one CUDA
graph, and the optimizer with it where only its rate moves. A graph reads and writes fixed places in
memory, so whatever changes from step to step lies there too: an epoch's images, the number of the
step, the rate. The images of an epoch are augmented before it begins, thousands at a time: in the
step that would be most of the kernels. Testing is a dozen batches an epoch and runs as it is: a
graph of it would hold on to the memory of a thousand images for every seed.

Several seeds train side by side, each with its graph on a stream of its own. On a processor the
same code runs step by step, which is how it is tested against the plain loop (training.py).
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course.data import Digits
from course.recipe import Recipe
from course.recipe.schedule import plan, steps_per_epoch
from course.training.augment import Augment
from course.training.averaging import average
from course.training.loop import Epoch, evaluate, ready, set_rate
from course.training.repeatable import repeat_exactly

WARM_UP = 3  # steps before recording: libraries choose their kernels and take their memory
# Their step is one kernel that reads the rate from the device; the others are told it every time.
CAPTURABLE = {"fused": True, "capturable": True}
RECORDED = {"SGD": {"fused": True}, "Adam": CAPTURABLE, "AdamW": CAPTURABLE}


class Uncapturable(Exception):
    """A sentence about a network whose step cannot be recorded."""


def train_captured(
    networks: Sequence[nn.Module],
    digits: Digits,
    recipe: Recipe,
    seeds: Sequence[int],
    watch: Callable[[int, int], None] | None = None,
    bfloat16: bool = False,
) -> Iterator[tuple[int, Epoch]]:
    """Train one network for each seed, in place, yielding which of them an Epoch is of, and it.

    Recording is done when this returns, or Uncapturable raised. `watch` is told which of them has
    been asked for which step.
    """
    repeat_exactly()
    runs = {
        which: Run(network, digits, recipe, seed, bfloat16)
        for which, (network, seed) in enumerate(zip(networks, seeds, strict=True))
    }
    # Dropout draws from the device's one generator: in turn, or seeds would share its numbers.
    in_turn = any(run.draws for run in runs.values())
    groups = [{which: run} for which, run in runs.items()] if in_turn else [runs]
    return chain.from_iterable(side_by_side(group, watch) for group in groups)


def side_by_side(
    runs: "dict[int, Run]", watch: Callable[[int, int], None] | None
) -> Iterator[tuple[int, Epoch]]:
    """Train all of them at once, each on its stream; an epoch's time is its share of the whole."""
    for run in runs.values():
        run.rewind()
    epochs, steps = next((run.recipe.epochs, run.steps) for run in runs.values())
    for number in range(1, epochs + 1):
        start = time.perf_counter()
        for run in runs.values():
            run.begin()
        for step in range((number - 1) * steps, number * steps):
            for which, run in runs.items():
                run.advance(step)
                if watch is not None:
                    watch(which, step + 1)
        trained = {which: run.trained() for which, run in runs.items()}  # waits for the device
        between = time.perf_counter()
        tested = {which: run.tested() for which, run in runs.items()}
        end = time.perf_counter()
        for which, run in runs.items():
            yield (
                which,
                Epoch(
                    epoch=number,
                    lr=run.rates.lr[number * steps - 1],
                    train_loss=trained[which][0] / steps,
                    train_correct=trained[which][1],
                    train_total=steps * run.batch_size,
                    test_loss=tested[which][0],
                    test_correct=tested[which][1],
                    test_total=len(run.digits.test_labels),
                    seconds=(between - start) / len(runs),
                    test_seconds=(end - between) / len(runs),
                ),
            )


class Run:
    """One seed's training: tensors that stay in place, and the recorded steps between them."""

    def __init__(
        self, network: nn.Module, digits: Digits, recipe: Recipe, seed: int, bfloat16: bool
    ) -> None:
        self.network, self.digits, self.recipe = network, digits, recipe
        self.seed, self.bfloat16 = seed, bfloat16
        self.device = device = digits.train_images.device
        images = len(digits.train_images)
        self.steps = steps_per_epoch(images, recipe.batch_size)
        self.batch_size = min(recipe.batch_size, images)
        self.rates = plan(recipe, images)
        self.augment = Augment(recipe.augment)
        self.generator = torch.Generator(device).manual_seed(seed)
        on_gpu = device.type == "cuda"
        self.stream = torch.cuda.Stream(device) if on_gpu else None  # type: ignore[no-untyped-call]

        network.to(device)
        self.weights = as_one(network)  # all parameters in one row: (P,)
        self.weights.grad = torch.zeros_like(self.weights)
        self.averaged = average(network, recipe, self.steps)
        self.untouched = [t.clone() for t in self.state()]

        self.rate = torch.tensor(self.rates.lr[0], device=device)
        spare = [0.0] * WARM_UP
        self.all_rates = torch.tensor(self.rates.lr + spare, device=device)
        self.optimizer, self.optimizer_recorded = self.make_optimizer()

        shape = (self.steps, self.batch_size)  # an epoch's batches, augmented
        self.x = torch.zeros(*shape, 1, 28, 28, device=device)
        self.y = torch.zeros(*shape, dtype=torch.int64, device=device)
        self.steps_done = torch.zeros(1, dtype=torch.int64, device=device)
        self.loss = torch.zeros((), device=device)  # both summed over an epoch
        self.correct = torch.zeros((), dtype=torch.int64, device=device)

        self.draws = False  # from the device's own generator
        self.wait()
        self.replay = self.record(self.one_step)

    def state(self) -> list[Tensor]:
        """Name what training changes in the network."""
        return [self.weights.detach(), *self.network.buffers()]

    def make_optimizer(self) -> tuple[torch.optim.Optimizer, bool]:
        """Make the recipe's optimizer; tell whether its step can be recorded with the others."""
        name = self.recipe.optimizer["name"]
        recordable = (
            name in RECORDED
            and self.rates.momentum is None
            and not self.recipe.optimizer.get("dampening")  # which the first step leaves out
        )
        options = RECORDED[name] if recordable else {}
        optimizer = self.recipe.build_optimizer([self.weights], **options)
        if recordable:
            optimizer.param_groups[0]["lr"] = self.rate
            optimizer._warned_capturable_if_run_uncaptured = True
        return optimizer, recordable

    # ---- what is recorded --------------------------------------------------------------------

    def one_step(self) -> None:
        """Do what the plain loop does for one batch."""
        self.network.train()
        batch = self.steps_done % self.steps  # (1,)
        x = self.x.index_select(0, batch)[0]  # (B, 1, 28, 28)
        y = self.y.index_select(0, batch)[0]  # (B,)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bfloat16):
            scores = self.network(x).float()  # (B, 10)
        loss = F.cross_entropy(scores, y, label_smoothing=self.recipe.label_smoothing)
        parameters = tuple(self.network.parameters())
        slopes = torch.autograd.grad(loss, parameters, materialize_grads=True)
        assert self.weights.grad is not None
        torch.cat([slope.flatten() for slope in slopes], out=self.weights.grad)
        if self.optimizer_recorded:
            self.rate.copy_(self.all_rates.index_select(0, self.steps_done).squeeze())
            self.optimizer.step()
        self.steps_done += 1
        self.loss += loss.detach()
        self.correct += (scores.detach().argmax(1) == y).sum()

    def record(self, function: Callable[[], None]) -> Callable[[], None]:
        """Return what repeats `function`: a graph's replay; without a GPU, the function itself."""
        before = self.random_state()
        with self.on_stream():
            for _ in range(WARM_UP):
                function()
        self.draws |= not torch.equal(before, self.random_state())
        if self.stream is None:
            return function
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph, stream=self.stream):
                function()
        except RuntimeError as error:
            cause = error.__context__ or error  # leaving a broken recording raises once more
            if isinstance(cause, torch.OutOfMemoryError):
                raise cause from None
            first_line = str(cause).partition("\n")[0]
            raise Uncapturable(f"a step cannot be recorded: {first_line}") from error
        return graph.replay

    def rewind(self) -> None:
        """Forget the steps of warming up."""
        self.wait()
        torch.manual_seed(self.seed)
        self.generator.manual_seed(self.seed)
        with self.on_stream():
            torch._foreach_copy_(self.state(), self.untouched)
            self.steps_done.zero_()
            for state in self.optimizer.state.values() if self.optimizer_recorded else ():
                for value in state.values():
                    value.zero_()

    # ---- what runs -----------------------------------------------------------------------------

    def on_stream(self) -> AbstractContextManager[object]:
        """Run on this training's own stream."""
        return nullcontext() if self.stream is None else torch.cuda.stream(self.stream)

    def wait(self) -> None:
        """Wait for every stream: what one left behind, another may read."""
        if self.stream is not None:
            torch.cuda.synchronize(self.device)

    def random_state(self) -> Tensor:
        """Return the state of the generator that dropout draws from."""
        if self.stream is None:
            return torch.get_rng_state()
        return torch.cuda.get_rng_state(self.device)

    def begin(self) -> None:
        """Start an epoch with the images in a new order, newly augmented."""
        with self.on_stream():
            done = 0
            for x, y in ready(self.digits, self.batch_size, self.augment, self.generator):
                self.x.flatten(0, 1)[done : done + len(x)] = x
                self.y.flatten()[done : done + len(x)] = y
                done += len(x)
            self.loss.zero_()
            self.correct.zero_()

    def advance(self, step: int) -> None:
        """Take one training step, without waiting for it."""
        with self.on_stream():
            self.replay()
            if not self.optimizer_recorded:
                set_rate(self.optimizer, self.rates, step)
                self.optimizer.step()
            self.averaged.update(step)

    def trained(self) -> tuple[float, int]:
        """Return the epoch's summed loss and how many images were read right."""
        with self.on_stream():
            return float(self.loss), int(self.correct)

    def tested(self) -> tuple[float, int]:
        """Return the mean test loss, and how many test images are read right."""
        with self.averaged.applied():
            found = evaluate(self.network, self.digits)
        self.wait()  # for the weights to be back
        return found


def as_one(network: nn.Module) -> Tensor:
    """Lay a network's parameters side by side in one row, of which each becomes a view."""
    parameters = list(network.parameters())
    row = torch.cat([p.detach().flatten() for p in parameters]).requires_grad_()  # (P,)
    parts = row.detach().split([p.numel() for p in parameters])  # type: ignore[no-untyped-call]
    for p, part in zip(parameters, parts, strict=True):
        p.data = part.view(p.shape)
    return row
