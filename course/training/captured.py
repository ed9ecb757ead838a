"""The same training for a GPU: a step is recorded once and replayed for every batch of every seed.

    for which, epoch in train_captured(networks, digits, recipe, seeds):
        print(seeds[which], epoch.test_correct)

A small network's step is a hundred GPU kernels of a few microseconds each; starting them one by one
takes longer than running them. So everything from picking the batch to its gradients is recorded as
one CUDA graph, and the optimizer too where only its rate changes. A graph reads and writes fixed
places in memory, so whatever changes from step to step has its place there: the images of an epoch,
the number of the step, the rate. An epoch's images are augmented before it begins, thousands at a
time: within the step that would be most of the kernels. Testing is a dozen batches an epoch and is
not recorded: its graph would keep the memory of a thousand images for every seed.

Several seeds train side by side, each with a graph on a CUDA stream of its own. On a processor the
same code runs without recording; so tests compare it with the plain loop (loop.py) anywhere.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course.data import Digits
from course.epoch import Epoch
from course.errors import MachineError
from course.recipe import Recipe, name_of
from course.recipe.schedule import plan, steps_per_epoch
from course.training.augment import Augment
from course.training.averaging import average
from course.training.clock import DeviceClock
from course.training.loop import evaluate, prepared, quick_optimizer, set_rate
from course.training.repeatable import repeat_exactly

WARM_UP = 3  # steps before recording: libraries choose their kernels and take their memory
# The optimizers that can be recorded, with torch's options for it: their step is one kernel that
# reads the rate from the device. The others run after each replay and are given the rate.
CAPTURABLE = {"fused": True, "capturable": True}
RECORDED = {"SGD": {"fused": True}, "Adam": CAPTURABLE, "AdamW": CAPTURABLE}


class Uncapturable(MachineError):
    """A network's training step cannot be recorded; the plain loop can train it."""


def train_captured(
    networks: Sequence[nn.Module],
    digits: Digits,
    recipe: Recipe,
    seeds: Sequence[int],
    watch: Callable[[int, int], None] | None = None,
    bfloat16: bool = False,
    most_seconds: float = math.inf,
) -> Iterator[tuple[int, Epoch]]:
    """Train one network for each seed, in place; yield each Epoch with its network's index.

    All steps are recorded, or Uncapturable raised, before this returns. `watch` is called with an
    index and the number of the step that was started. When an Epoch is yielded, its network holds
    the weights that were tested. A network that keeps the device busy for more than `most_seconds`
    ends all with WorkUsedUp.
    """
    repeat_exactly()
    runs = {
        which: RecordedTraining(network, digits, recipe, seed, bfloat16)
        for which, (network, seed) in enumerate(zip(networks, seeds, strict=True))
    }
    # Dropout draws from the device's one generator. Seeds that trained side by side would share its
    # numbers, so such networks train one after another.
    one_by_one = any(run.draws for run in runs.values())
    groups = [{which: run} for which, run in runs.items()] if one_by_one else [runs]
    return chain.from_iterable(train_together(group, watch, most_seconds) for group in groups)


def train_together(
    runs: "dict[int, RecordedTraining]",
    watch: Callable[[int, int], None] | None,
    most_seconds: float,
) -> Iterator[tuple[int, Epoch]]:
    """Train all of them at once, each on its stream."""
    for run in runs.values():
        run.rewind()
        # Streams take turns on the device, so a piece lasts about as many times longer.
        run.clock = DeviceClock(run.stream, len(runs), most_seconds)
    # All runs share one recipe and the same digits, so any of them knows.
    epochs, steps = next((run.recipe.epochs, run.steps) for run in runs.values())
    for number in range(1, epochs + 1):
        for run in runs.values():
            run.begin_epoch()
        for step in range((number - 1) * steps, number * steps):
            for which, run in runs.items():
                run.start_step(step)
                if watch is not None:
                    watch(which, step + 1)
        trained = {which: run.sums() for which, run in runs.items()}  # waits for the device
        training = {which: run.clock.pieces() for which, run in runs.items()}
        for which, run in runs.items():  # one after another: tests are not recorded
            run.clock.start()
            with run.averaged.applied():
                test_loss, test_correct = evaluate(run.network, run.digits)
                epoch = Epoch(
                    epoch=number,
                    lr=run.rates.lr[number * steps - 1],
                    train_loss=trained[which][0] / steps,
                    train_correct=trained[which][1],
                    train_total=steps * run.batch_size,
                    test_loss=test_loss,
                    test_correct=test_correct,
                    test_total=len(run.digits.test_labels),
                    seconds=training[which],
                    test_seconds=run.clock.lap(),
                )
                yield which, epoch
            run.wait()  # until the weights are back in place of their average


class RecordedTraining:
    """One seed's training: tensors that stay where they are, and the step recorded on them."""

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
        self.clock = DeviceClock(self.stream)

        network.to(device)
        self.weights = join_parameters(network)  # (P,)
        self.weights.grad = torch.zeros_like(self.weights)
        self.averaged = average(network, recipe, self.steps)
        self.before_warm_up = [t.clone() for t in self.state()]

        self.rate = torch.tensor(self.rates.lr[0], device=device)
        spare = [0.0] * WARM_UP  # the warm-up may go on past the last step of a short training
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
        """Return the tensors of the network that training changes."""
        return [self.weights.detach(), *self.network.buffers()]

    def make_optimizer(self) -> tuple[torch.optim.Optimizer, bool]:
        """Make the recipe's optimizer; return it and whether its step can be recorded too."""
        name = name_of(self.recipe.optimizer)
        if name == "Muon":  # for each kernel by itself, though their gradients lie in one row
            assert self.weights.grad is not None
            for p, part in zip_row(list(self.network.parameters()), self.weights.grad):
                p.grad = part
            return quick_optimizer(self.recipe, self.network), False
        recordable = (
            name in RECORDED
            and self.rates.momentum is None  # the momentum stays the same
            and not self.recipe.optimizer.get("dampening")  # torch's first step ignores it
        )
        options = RECORDED[name] if recordable else {}
        optimizer = self.recipe.build_optimizer([self.weights], **options)
        if recordable:
            optimizer.param_groups[0]["lr"] = self.rate
            # The warm-up runs the step unrecorded, which torch would warn about.
            optimizer._warned_capturable_if_run_uncaptured = True
        return optimizer, recordable

    # ---- what is recorded ----------------------------------------------------------------------

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
        gradients = torch.autograd.grad(loss, parameters, materialize_grads=True)
        assert self.weights.grad is not None
        torch.cat([gradient.flatten() for gradient in gradients], out=self.weights.grad)  # (P,)
        if self.optimizer_recorded:
            self.rate.copy_(self.all_rates.index_select(0, self.steps_done).squeeze())
            self.optimizer.step()
        self.steps_done += 1
        self.loss += loss.detach()
        self.correct += (scores.detach().argmax(1) == y).sum()

    def record(self, function: Callable[[], None]) -> Callable[[], None]:
        """Return what repeats `function`: the replay of a graph, or without a GPU the function."""
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
            cause = error.__context__ or error  # ending a failed recording raises a second error
            if isinstance(cause, torch.OutOfMemoryError):
                raise cause from None
            reason = str(cause).partition("\n")[0]
            raise Uncapturable(f"a step cannot be recorded: {reason}") from error
        return graph.replay

    def rewind(self) -> None:
        """Undo the steps of warming up."""
        self.wait()
        torch.manual_seed(self.seed)
        self.generator.manual_seed(self.seed)
        with self.on_stream():
            torch._foreach_copy_(self.state(), self.before_warm_up)
            self.steps_done.zero_()
            # Zero is how the state of the optimizers in RECORDED starts.
            for state in self.optimizer.state.values() if self.optimizer_recorded else ():
                for value in state.values():
                    value.zero_()

    # ---- what runs -----------------------------------------------------------------------------

    def on_stream(self) -> AbstractContextManager[object]:
        """Run what follows on this training's own stream."""
        return nullcontext() if self.stream is None else torch.cuda.stream(self.stream)

    def wait(self) -> None:
        """Wait for every stream, before one reads what another has written."""
        if self.stream is not None:
            torch.cuda.synchronize(self.device)

    def random_state(self) -> Tensor:
        """Return the state of the generator that dropout draws from."""
        if self.stream is None:
            return torch.get_rng_state()
        return torch.cuda.get_rng_state(self.device)

    def begin_epoch(self) -> None:
        """Start an epoch with the images in a new order, newly augmented."""
        with self.on_stream(), self.clock.piece():
            done = 0
            for x, y in prepared(self.digits, self.batch_size, self.augment, self.generator):
                self.x.flatten(0, 1)[done : done + len(x)] = x
                self.y.flatten()[done : done + len(x)] = y
                done += len(x)
            self.loss.zero_()
            self.correct.zero_()

    def start_step(self, step: int) -> None:
        """Start one training step, without waiting for its end."""
        with self.on_stream(), self.clock.piece():
            self.replay()
            if not self.optimizer_recorded:
                set_rate(self.optimizer, self.rates, step)
                self.optimizer.step()
            self.averaged.update(step)

    def sums(self) -> tuple[float, int]:
        """Return the epoch's summed loss and how many training images were read right."""
        with self.on_stream():
            return float(self.loss), int(self.correct)


def join_parameters(network: nn.Module) -> Tensor:
    """Copy all parameters into one tensor (P,), of which each parameter becomes a view."""
    # So the optimizer's step is one kernel, whatever the number of layers.
    parameters = list(network.parameters())
    row = torch.cat([p.detach().flatten() for p in parameters]).requires_grad_()  # (P,)
    for p, part in zip_row(parameters, row.detach()):
        p.data = part
    return row


def zip_row(parameters: Sequence[Tensor], row: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Pair every parameter with its part of a row (P,), in its shape."""
    parts = row.split([p.numel() for p in parameters])  # type: ignore[no-untyped-call]
    for p, part in zip(parameters, parts, strict=True):
        yield p, part.view(p.shape)
