"""How a network trains: the loop that lessons run and the grader grades with."""

from course.epoch import Epoch
from course.training.loop import evaluate, pixels, standardise, train

__all__ = ["Epoch", "evaluate", "pixels", "standardise", "train"]
