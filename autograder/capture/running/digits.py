"""What a file may know of its digits before it trains: how many there are, and of what shape.

Some networks are built from that: `Net(len(train_set.classes))`, `Net(images.shape[1], 10)`. So
MNIST and its relatives say their sizes here, and a loader has one blank batch to look at. There is
no second one, and nothing trains: `loss.backward()` ends what is going on.
"""

from collections.abc import Iterator
from typing import ClassVar, Never

import torch
from torch import Tensor
from torch.utils.data import Dataset

from autograder.capture.running.standins import StandIn, StandInUsed
from course.errors import SubmissionError

SIDE, CLASSES = 28, 10
TRAINING, TEST = 60_000, 10_000
LARGEST = 64  # images in the one batch
RELATIVES = ("MNIST", "FashionMNIST", "KMNIST", "QMNIST")


def no_data() -> StandInUsed:
    """Say that this is where data would be needed."""
    return StandInUsed(StandIn("torch.utils.data.DataLoader"))


class Training(SubmissionError):
    """The file has begun to train, which is the grader's part."""


def no_training(*args: object, **kwargs: object) -> Never:
    """Stand in the place of `loss.backward()`."""
    raise Training


class Digits(Dataset[tuple[Tensor, int]]):
    """MNIST without its images."""

    classes: ClassVar = [str(digit) for digit in range(CLASSES)]
    class_to_idx: ClassVar = {name: digit for digit, name in enumerate(classes)}
    _gives_data = True

    def __init__(
        self, root: object = None, train: bool = True, *args: object, **kwargs: object
    ) -> None:
        self.train = train

    def __len__(self) -> int:
        return TRAINING if self.train else TEST

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return torch.zeros(1, SIDE, SIDE), index % CLASSES

    @property
    def targets(self) -> Tensor:
        """Labels, so that a file can count their classes: each digit in turn."""
        return torch.arange(len(self)) % CLASSES

    def __iter__(self) -> Never:
        raise no_data()

    def __getattr__(self, name: str) -> StandIn:
        """Answer what needs images, such as `train_set.data`, with a stand-in."""
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"torchvision.datasets.MNIST.{name}")


class Loader:
    """torch.utils.data.DataLoader with a single, blank batch."""

    _gives_data = True

    def __init__(
        self, dataset: object, batch_size: int | None = 1, *args: object, **kwargs: object
    ) -> None:
        self.dataset, self.batch_size = dataset, batch_size

    def __class_getitem__(cls, item: object) -> type["Loader"]:
        return cls  # in an annotation

    def __len__(self) -> int:
        if not isinstance(self.dataset, Dataset) or not self.batch_size:
            raise no_data()
        return -(-len(self.dataset) // self.batch_size)  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        if isinstance(self.dataset, Dataset):
            image = self.dataset[0][0]
            if isinstance(image, Tensor):
                count = min(self.batch_size or 1, LARGEST)
                yield torch.zeros(count, *image.shape), torch.zeros(count, dtype=torch.long)
        raise no_data()

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"torch.utils.data.DataLoader.{name}")


StandIn.known.update({f"torchvision.datasets.{name}": Digits for name in RELATIVES})
