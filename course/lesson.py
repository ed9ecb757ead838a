"""What every lesson uses: its digits, a short training with a progress bar, the checkpoint figure.

    digits = lesson.digits()
    epochs = lesson.fit(network, lesson.few(digits, 6_000, 1_000), Recipe(epochs=3))
    lesson.checkpoint("you", parameters=110_026, accuracy=0.943, reached=3)

A lesson uses MNIST where it is on disk or can be downloaded, and practice digits otherwise; it says
which. AUTOGRADE_DIGITS=mnist or AUTOGRADE_DIGITS=practice chooses one.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import torch
from torch import nn

from course import figures, records
from course.data import DataError, Digits, load
from course.recipe import Recipe
from course.recipe.schedule import steps_per_epoch
from course.training import Epoch, train
from course.training.repeatable import one_thread

if TYPE_CHECKING:
    from IPython.display import DisplayHandle

SHOW_EVERY = 0.2  # seconds from one drawing of a progress bar to the next
PRACTICE = "These are practice digits, drawn by a small generator: numbers differ from MNIST's."


def digits() -> Digits:
    """Return the digits of a lesson, on the fastest device there is.

    From here on the notebook computes on one thread. A lesson's networks are no faster on two, and
    two wait for each other all the time as soon as anything else runs on the machine.
    """
    torch.set_num_threads(1)
    wanted = os.environ.get("AUTOGRADE_DIGITS", "")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if wanted:
        found = load(wanted, device)
    else:
        try:
            found = load("mnist", device)
        except DataError as error:
            print(error)
            found = load("practice", device)
    if found.name == "practice":
        print(PRACTICE)
    return found


def few(digits: Digits, train: int, test: int) -> Digits:
    """Return the first training and test images alone, for a short training."""
    return Digits(
        f"{digits.name}, {train:,} images",
        digits.train_images[:train],
        digits.train_labels[:train],
        digits.test_images[:test],
        digits.test_labels[:test],
    )


def fit(network: nn.Module, digits: Digits, recipe: Recipe, seed: int = 0) -> list[Epoch]:
    """Train in this notebook, with a progress bar, and return the epochs."""
    bar = Progress(recipe.epochs * steps_per_epoch(len(digits.train_images), recipe.batch_size))
    epochs: list[Epoch] = []
    with one_thread():
        for epoch in train(network, digits, recipe, seed, bar.step):
            epochs.append(epoch)
            share = f"{epoch.test_correct:,} of {epoch.test_total:,} unseen digits"
            bar.say(f"epoch {epoch.epoch} of {recipe.epochs}: {share}")
    return epochs


class Progress:
    """A bar that a notebook redraws in place; elsewhere, a line for each epoch."""

    def __init__(self, steps: int) -> None:
        from IPython.display import display  # here: only a lesson needs it

        self.steps, self.done, self.text, self.shown = steps, 0, "training", time.monotonic()
        self.handle: DisplayHandle | None = display(self, display_id=True)  # type: ignore[no-untyped-call]

    def step(self, done: int) -> None:
        """Move the bar, and redraw it if it is time to."""
        self.done = done
        if time.monotonic() - self.shown > SHOW_EVERY:
            self.show()

    def say(self, text: str) -> None:
        """Change the words beside the bar."""
        self.text = text
        self.show()

    def show(self) -> None:
        """Redraw it."""
        self.shown = time.monotonic()
        if self.handle is not None:
            self.handle.update(self)  # type: ignore[no-untyped-call]

    def __repr__(self) -> str:
        return f"{self.done / self.steps:4.0%}  {self.text}"

    def _repr_html_(self) -> str:
        bar = f'<progress value="{self.done}" max="{self.steps}" style="width:16em"></progress>'
        return f"<div>{bar} <span>{self.text}</span></div>"


def checkpoint(name: str, parameters: int, accuracy: float, reached: int) -> figures.Drawing:
    """Draw your network beside the course's: the first `reached` of the ladder, and its end.

    What later networks read stays unseen: lessons ask for a prediction of it first.
    """
    steps = records.ladder()
    points = [one.point() for one in (*steps[:reached], *steps[max(reached, len(steps) - 1) :])]
    path = [point["name"] for point in points] if reached > 1 else []
    yours: figures.Point = {
        "name": name,
        "parameters": parameters,
        "accuracy": accuracy,
        "passed": False,
    }
    title = "Your network, and those of the course so far"
    return figures.draw_frontier([*points, yours], highlight=name, title=title, path=path)
