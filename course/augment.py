"""torchvision's augmentations for a whole batch at a time, each image with its own draw.

torchvision draws one set of parameters per call: one image per call is slow, a whole batch per
call moves all its images alike. Here each transform draws parameters for N images at once
(`draw`) and applies them in a few tensor operations (`apply`), on the images' device, without
waiting for it: no .item(), no loop over images, fixed shapes, random numbers from the given
generator only. So the whole of it can be captured in a CUDA graph.

`apply` equals torchvision.transforms.functional for the same parameters, and `draw` follows
torchvision's distributions (tests/course/test_augment.py), though not its stream of numbers.

Time on one CPU core: about MEASURED ms for RandomAffine, bilinear, on 64 images.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from course.recipe import Recipe


class Augment:
    """Apply a recipe's list of augmentations, in its order."""

    def __init__(self, transforms: Sequence[dict[str, Any]]) -> None:
        """Take Recipe.augment, or a list as a student writes it."""
        complete = Recipe.read({"augment": transforms}).augment
        self.transforms = [_build(dict(one)) for one in complete]

    def __call__(self, images: Tensor, generator: Generator) -> Tensor:
        """Return changed images: (N, 1, 28, 28) floats in [0, 1], on the generator's device."""
        for transform in self.transforms:
            images = transform.apply(images, *transform.draw(images, generator))
        return images


class Transform(Protocol):
    """Split a random transform in two, so that tests can give it torchvision's parameters."""

    def draw(self, images: Tensor, generator: Generator) -> tuple[Tensor, ...]:
        """Draw parameters, one of each per image."""

    def apply(self, images: Tensor, *parameters: Tensor) -> Tensor:
        """Change images by the given parameters."""


def _build(arguments: dict[str, Any]) -> Transform:
    name = arguments.pop("name")
    if name == "RandomRotation":
        return RandomRotation(**{k: v for k, v in arguments.items() if k != "expand"})
    if name == "RandomCrop":
        # Every image is as large as the crop, so it never needs padding for its size.
        return RandomCrop(**{k: v for k, v in arguments.items() if k in RandomCrop.__annotations__})
    if name == "RandomErasing":
        return RandomErasing(**{k: v for k, v in arguments.items() if k != "inplace"})
    if name == "RandomAffine":
        return RandomAffine(**arguments)
    # A flip: the dimension that is reversed, of (N, 1, H, W).
    return RandomFlip(**arguments, dimension=3 if name == "RandomHorizontalFlip" else 2)


def _uniform(rows: int, images: Tensor, generator: Generator) -> Tensor:
    """Draw `rows` numbers in [0, 1) for each image: (rows, N)."""
    return torch.rand(rows, len(images), generator=generator, device=images.device)


def _between(low: float, high: float, u: Tensor) -> Tensor:
    return low + (high - low) * u
