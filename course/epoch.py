"""The numbers of one epoch of a training, as the loop yields them and a verdict keeps them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Epoch:
    """One epoch. Counts are exact: accuracy is `test_correct / test_total`."""

    epoch: int
    lr: float  # of its last step
    train_loss: float  # while training: augmented images, weights still moving
    train_correct: int
    train_total: int
    test_loss: float
    test_correct: int
    test_total: int
    seconds: (
        float  # of work, training alone (course/training/clock.py): no waiting for other programs
    )
    test_seconds: float

    @property
    def test_accuracy(self) -> float:
        """The share of the test images that were read right."""
        return self.test_correct / self.test_total

    @property
    def train_accuracy(self) -> float:
        """The share of the training images that were read right during the epoch."""
        return self.train_correct / self.train_total
