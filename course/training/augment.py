"""torchvision's augmentations, a whole batch at a time, each image with parameters of its own.

    augment = Augment(recipe.augment)
    x = augment(x, generator)      # (N, 1, 28, 28) in [0, 1]

torchvision draws one set of parameters per call: called per image it is slow, called per batch it
moves all images alike. Here each transform draws for N images at once (`draw`) and applies that
in a few tensor operations (`apply`), on the images' device and without waiting for it: no .item(),
no loop over images, fixed shapes, random numbers from the given generator only, nothing changed in
place. So a training step with all of it can be captured as one CUDA graph.

`apply` equals torchvision.transforms.functional for the same parameters, and `draw` has
torchvision's distributions, though not its stream of numbers: tests/course/training/test_augment.py
compares both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from course.recipe import Recipe, arguments_of, name_of


class Augment:
    """Apply a recipe's list of augmentations in its order."""

    def __init__(self, transforms: Sequence[Mapping[str, object]]) -> None:
        """Take Recipe.augment, or a list as a student writes it."""
        parts = Recipe.read({"augment": transforms}).augment
        self.transforms = [BY_NAME[name_of(part)](**arguments_of(part)) for part in parts]

    def __call__(self, images: Tensor, generator: Generator) -> Tensor:
        """Return changed images: (N, 1, 28, 28) floats in [0, 1], on the generator's device."""
        for transform in self.transforms:
            images = transform.apply(images, *transform.draw(images, generator))
        return images


class Transform(Protocol):
    """A random transform in two halves, so that tests can hand the second given parameters."""

    def draw(self, images: Tensor, generator: Generator) -> tuple[Tensor, ...]:
        """Draw the parameters: tensors of (N,), unless said otherwise."""

    def apply(self, images: Tensor, *parameters: Tensor) -> Tensor:
        """Change each image by its parameters."""


def _draw(rows: int, images: Tensor, generator: Generator) -> Tensor:
    return torch.rand(rows, len(images), generator=generator, device=images.device)  # (rows, N)


def _between(limits: Sequence[float], u: Tensor) -> Tensor:
    low, high = limits
    return low + (high - low) * u


# ---- moving: rotation, shift, scale, shear, and every pixel its own way --------------------------


@dataclass(frozen=True)
class RandomAffine:
    """Rotate, shear, scale and shift."""

    degrees: tuple[float, float]
    interpolation: str
    fill: float
    center: tuple[float, float] | None
    translate: tuple[float, float] | None = None
    scale: tuple[float, float] | None = None
    shear: tuple[float, ...] | None = None

    def draw(self, images: Tensor, generator: Generator) -> tuple[Tensor, ...]:
        """Draw angle, shift right, shift down, scale, and shear along x and y."""
        u = _draw(6, images, generator)  # (6, N), however many are used: one kernel
        angle = _between(self.degrees, u[0])
        # A shift is a share of the size, rounded to whole pixels as torchvision does. So 0.04 of
        # 28 is 1.12: no shift for 45% of the images, one pixel for the others.
        most_x, most_y = (28 * share for share in self.translate or (0.0, 0.0))
        x, y = _between((-most_x, most_x), u[1]).round(), _between((-most_y, most_y), u[2]).round()
        scale = _between(self.scale or (1.0, 1.0), u[3])
        shear = (*(self.shear or ()), 0.0, 0.0, 0.0, 0.0)[:4]  # two numbers shear along x only
        return angle, x, y, scale, _between(shear[:2], u[4]), _between(shear[2:], u[5])

    def apply(self, images: Tensor, *parameters: Tensor) -> Tensor:
        """Move each image; return the images themselves where no range has any effect."""
        moves = (*self.degrees, *(self.translate or ()), *(self.shear or ()))
        if not any(moves) and set(self.scale or ()) <= {1.0}:
            return images  # sampling them again at x + 1e-6 would blur a little
        theta = _inverse(parameters, self.center)
        return _sample(images, _places(theta), self.interpolation, self.fill)


@dataclass(frozen=True)
class RandomRotation:
    """Rotate, counter-clockwise for a positive angle (torchvision's affine turns clockwise)."""

    degrees: tuple[float, float]
    interpolation: str
    fill: float
    center: tuple[float, float] | None
    expand: bool = False  # always: the image stays 28 x 28

    def draw(self, images: Tensor, generator: Generator) -> tuple[Tensor, ...]:
        """Draw an angle."""
        return (_between(self.degrees, _draw(1, images, generator)[0]),)

    def apply(self, images: Tensor, *parameters: Tensor) -> Tensor:
        """Rotate each image."""
        (angle,) = parameters
        zero = torch.zeros_like(angle)
        affine = RandomAffine(self.degrees, self.interpolation, self.fill, self.center)
        return affine.apply(images, -angle, zero, zero, zero + 1, zero, zero)


def _inverse(parameters: tuple[Tensor, ...], center: tuple[float, float] | None) -> Tensor:
    """Return (2, 3, N): where each output pixel comes from, in units of half the image."""
    # Forward, a point goes through shear x, shear y, rotation, scale and shift. Backward, in
    # reverse: un-rotate, then each un-shear adds a multiple of one row to the other.
    angle, x, y, scale, shear_x, shear_y = parameters  # (N,) each, angles in degrees
    angle, shear_x, shear_y = (t * (math.pi / 180) for t in (angle, shear_x, shear_y))
    cos, sin, tan_x, tan_y = angle.cos(), angle.sin(), shear_x.tan(), shear_y.tan()
    low_x, low_y = tan_y * cos - sin, tan_y * sin + cos  # lower row
    top_x, top_y = cos + tan_x * low_x, sin + tan_x * low_y  # upper row
    # The center stays where it is, apart from the shift. Half the image is 14 pixels.
    cx, cy = ((c - 14) / 14 for c in center or (14.0, 14.0))
    x, y = x / 14 + cx, y / 14 + cy
    return torch.stack(  # (2, 3, N): a sum over the middle, of (x, y, 1), gives x and y
        [
            torch.stack([top_x, top_y, scale * cx - top_x * x - top_y * y]),
            torch.stack([low_x, low_y, scale * cy - low_x * x - low_y * y]),
        ]
    ).div(scale)


def _places(theta: Tensor) -> Tensor:
    """Return the x and the y that theta reads every output pixel from: (2, N, 28, 28)."""
    # What F.affine_grid computes, with all x and all y in planes of their own: ten times as fast
    # on a processor as its pairs of (x, y).
    place = _centers(theta.device)
    along = theta[:, 0, :, None] * place  # (2, N, 28): what the column adds to x and y
    down = theta[:, 1, :, None] * place + theta[:, 2, :, None]  # (2, N, 28): what the row adds
    return down[:, :, :, None] + along[:, :, None, :]


def _centers(device: torch.device) -> Tensor:
    return (torch.arange(28, device=device) * 2 + 1) / 28 - 1  # (28,), from -1 to 1


def _sample(images: Tensor, places: Tensor, interpolation: str, fill: float) -> Tensor:
    """Read every output pixel at its x and y, with `fill` outside of the image."""
    grid = places.permute(1, 2, 3, 0)  # (N, 28, 28, 2)
    # Where the image is 1 everywhere, what comes out is the share of each pixel that was inside.
    both = torch.cat([images, torch.ones_like(images)], dim=1)  # (N, 2, 28, 28)
    both = F.grid_sample(both, grid, interpolation, "zeros", align_corners=False)
    moved, inside = both.chunk(2, dim=1)  # each (N, 1, 28, 28)
    # As torchvision has it. (A pixel half outside was already halved by the zeros around the
    # image, so it is dimmed twice; on MNIST's black border that shows nowhere.)
    return moved * inside + fill * (1 - inside) if fill else moved * inside


@dataclass(frozen=True)
class ElasticTransform:
    """Read every pixel a little beside its place; how far, changes smoothly along the image."""

    alpha: tuple[float, float]  # how far along x and along y
    sigma: tuple[float, float]  # how smoothly
    interpolation: str
    fill: float

    def draw(self, images: Tensor, generator: Generator) -> tuple[Tensor, ...]:
        """Draw how far to the right and down each pixel is read: (N, 28, 28) each."""
        shape = (2, len(images), 28, 28)
        noise = torch.rand(shape, generator=generator, device=images.device) * 2 - 1
        # As torchvision has it: the first sigma blurs both fields along x and the second along y,
        # with a square kernel whose side is 8 times the sigma of the field's own direction.
        pairs = set(product(self.sigma, repeat=2))
        blur = {(sigma, own): _blur(sigma, own, images.device) for sigma, own in pairs}
        along, down = self.sigma
        return tuple(
            blur[down, own] @ field @ blur[along, own].T * (alpha / 28)
            for field, own, alpha in zip(noise, self.sigma, self.alpha, strict=True)
        )

    def apply(self, images: Tensor, *parameters: Tensor) -> Tensor:
        """Read each pixel where it was drawn; the images themselves where nothing moves."""
        if not any(self.alpha):
            return images
        right, below = parameters
        place = _centers(images.device)
        places = torch.stack([right + place, below + place[:, None]])  # (2, N, 28, 28)
        return _sample(images, places, self.interpolation, self.fill)


def _blur(sigma: float, own: float, device: torch.device) -> Tensor:
    """Return the matrix (28, 28) that blurs a line of pixels by a kernel of 8 times `own` pixels.

    Beyond its ends the line goes on mirrored, so a pixel counts by its own distance and by those of
    its two mirror images.
    """
    place = torch.arange(28, device=device)
    here = place[:, None]
    first = torch.where(place > 0, here + place, 99)  # the ends have no image of themselves
    last = torch.where(place < 27, 54 - here - place, 99)
    distance = torch.stack([here - place, first, last])  # (3, 28, 28)
    weights = (-0.5 * (distance / sigma) ** 2).exp() * (distance.abs() <= (8 * own + 1) // 2)
    matrix = weights.sum(0)
    return matrix / matrix.sum(1, keepdim=True)


# ---- cropping, erasing, flipping ----------------------------------------------------------------


@dataclass(frozen=True)
class RandomCrop:
    """Pad, then cut 28 x 28 out at a random place."""

    size: int
    padding: tuple[int, int, int, int]  # left, top, right, bottom
    pad_if_needed: bool  # never needed
    fill: float
    padding_mode: str

    def draw(self, images: Tensor, generator: Generator) -> tuple[Tensor, ...]:
        """Draw the crop's first row and column in the padded image."""
        left, top, right, bottom = self.padding
        u = _draw(2, images, generator)  # (2, N)
        return (u[0] * (top + bottom + 1)).long(), (u[1] * (left + right + 1)).long()

    def apply(self, images: Tensor, *parameters: Tensor) -> Tensor:
        """Read each output pixel from its place in the image; the padded image is never made."""
        first_row, first_column = parameters
        rows, row_inside = self._source(first_row - self.padding[1])  # (N, 28) each
        columns, column_inside = self._source(first_column - self.padding[0])
        places = (28 * rows[:, :, None] + columns[:, None, :]).flatten(1)  # (N, 784)
        cut = images.flatten(2).gather(2, places[:, None]).view(images.shape)  # (N, 1, 28, 28)
        if self.padding_mode != "constant":
            return cut
        inside = row_inside[:, :, None] & column_inside[:, None, :]  # (N, 28, 28)
        return cut.masked_fill(~inside[:, None], self.fill)  # a number: nothing to copy over

    def _source(self, first: Tensor) -> tuple[Tensor, Tensor]:
        """Return which row of the image each output row shows, and whether it is no padding."""
        place = first[:, None] + torch.arange(28, device=first.device)  # (N, 28), in [-27, 54]
        source = place.clamp(0, 27)  # "edge"; for "constant" any will do
        if self.padding_mode == "reflect":  # … 2 1 0 1 2 …
            source = 27 - (27 - place.abs()).abs()
        elif self.padding_mode == "symmetric":  # … 1 0 0 1 …
            source = torch.where(place < 0, -1 - place, torch.where(place > 27, 55 - place, place))
        return source, (place >= 0) & (place <= 27)


@dataclass(frozen=True)
class RandomErasing:
    """Replace a random rectangle, in a share `p` of the images."""

    p: float
    scale: tuple[float, float]
    ratio: tuple[float, float]
    value: float | str
    inplace: bool = False  # whatever it says, nothing is changed in place

    def draw(self, images: Tensor, generator: Generator) -> tuple[Tensor, ...]:
        """Draw top, left, height and width; height and width 0 where nothing is erased."""
        # torchvision tries ten rectangles and takes the first that is smaller than the image, or
        # none. Here all ten are drawn and the first that fits is picked: the same distribution.
        # Only `value="random"` draws more than it needs: noise for every pixel.
        u = _draw(23, images, generator)  # (23, N)
        area = 28 * 28 * _between(self.scale, u[:10])  # (10, N)
        ratio = _between([math.log(side) for side in self.ratio], u[10:20]).exp()
        height, width = (area * ratio).sqrt().round(), (area / ratio).sqrt().round()
        fits = (height < 28) & (width < 28)  # (10, N)
        first = fits.int().argmax(0, keepdim=True)  # (1, N): the first of the largest
        erased = fits.any(0) & (u[20] < self.p)  # (N,)
        height, width = (side.gather(0, first)[0] * erased for side in (height, width))
        corner = (u[21] * (29 - height)).floor(), (u[22] * (29 - width)).floor()
        if self.value != "random":
            return *corner, height, width
        noise = torch.randn(images.shape, generator=generator, device=images.device)
        return *corner, height, width, noise

    def apply(self, images: Tensor, *parameters: Tensor) -> Tensor:
        """Erase the given rectangles: (top, left, height, width), and noise for "random"."""
        top, left, height, width = (t[:, None] for t in parameters[:4])  # (N, 1) each
        place = torch.arange(28, device=images.device)  # (28,)
        rows = (place >= top) & (place < top + height)  # (N, 28)
        columns = (place >= left) & (place < left + width)
        rectangle = rows[:, None, :, None] & columns[:, None, None, :]  # (N, 1, 28, 28)
        if isinstance(self.value, str):
            return torch.where(rectangle, parameters[4], images)
        return images.masked_fill(rectangle, self.value)


@dataclass(frozen=True)
class RandomHorizontalFlip:
    """Mirror left and right, in a share `p` of the images."""

    p: float
    dimension = 3  # of (N, 1, H, W)

    def draw(self, images: Tensor, generator: Generator) -> tuple[Tensor, ...]:
        """Draw which images to mirror."""
        return (_draw(1, images, generator)[0] < self.p,)

    def apply(self, images: Tensor, *parameters: Tensor) -> Tensor:
        """Mirror the chosen images."""
        (chosen,) = parameters
        return torch.where(chosen[:, None, None, None], images.flip(self.dimension), images)


class RandomVerticalFlip(RandomHorizontalFlip):
    """Mirror top and bottom, in a share `p` of the images."""

    dimension = 2


BY_NAME: dict[str, Callable[..., Transform]] = {
    "RandomAffine": RandomAffine,
    "RandomRotation": RandomRotation,
    "ElasticTransform": ElasticTransform,
    "RandomCrop": RandomCrop,
    "RandomErasing": RandomErasing,
    "RandomHorizontalFlip": RandomHorizontalFlip,
    "RandomVerticalFlip": RandomVerticalFlip,
}
