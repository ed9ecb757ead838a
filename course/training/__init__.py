"""The training loop: the one that lessons run and the grader grades with."""

from course.training.loop import (
    Epoch,
    evaluate,
    pixels,
    quick_optimizer,
    ready,
    set_rate,
    settle,
    standardise,
    train,
)

__all__ = [
    "Epoch",
    "evaluate",
    "pixels",
    "quick_optimizer",
    "ready",
    "set_rate",
    "settle",
    "standardise",
    "train",
]
