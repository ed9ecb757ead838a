"""MNIST as four tensors on one device: each file as it was published, or an error that names it.

    digits = load("mnist", device="cuda")
    digits.train_images      # (60000, 28, 28) uint8; they are standardised where they are used
    digits.mean, digits.std  # 0.1307, 0.3081

The files are torchvision's MNIST, downloaded once into the user's cache folder, or read where
AUTOGRADE_DATA says. They are hashed at every load: a file that was cut short or changed is named
and refused. Without a network connection, `load("practice")` returns digits that practice.py draws.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPException
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np
import torch
from platformdirs import user_cache_path
from torch import Tensor

from course import practice
from course.errors import MachineError

# SHA-256 of the uncompressed files, and the shape of what follows their header, which is 4 bytes
# and 4 more for each dimension. torchvision's own checksums are of the .gz files, which need not
# be kept.
FILES: dict[str, tuple[str, tuple[int, ...]]] = {
    "train-images-idx3-ubyte": (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        (60_000, 28, 28),
    ),
    "train-labels-idx1-ubyte": (
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        (60_000,),
    ),
    "t10k-images-idx3-ubyte": (
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        (10_000, 28, 28),
    ),
    "t10k-labels-idx1-ubyte": (
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        (10_000,),
    ),
}
NAMES = ("mnist", "practice")
PATIENCE = 10.0  # seconds until one of the servers has answered
SILENCE = 10.0  # seconds without a byte until a download fails; torchvision would wait forever
REMEDY = (
    "Set AUTOGRADE_DATA to a folder that holds MNIST/raw, or practise on drawn digits: "
    "--data practice."
)


class DataError(MachineError):
    """The digits cannot be had: what was expected, what was found, what to do."""


@dataclass(frozen=True, eq=False)
class Digits:
    """Training and test images (N, 28, 28) uint8 and labels (N,) int64, on one device."""

    name: str
    train_images: Tensor = field(repr=False)
    train_labels: Tensor = field(repr=False)
    test_images: Tensor = field(repr=False)
    test_labels: Tensor = field(repr=False)

    @cached_property
    def _moments(self) -> tuple[float, float]:
        """Mean and deviation, from sums of whole numbers: the same on every device and machine."""
        histogram = torch.bincount(self.train_images.flatten(), minlength=256).tolist()  # 256 ints
        n = sum(histogram)
        first = sum(count * value for value, count in enumerate(histogram))
        second = sum(count * value**2 for value, count in enumerate(histogram))
        return first / (255 * n), (n * second - first**2) ** 0.5 / (255 * n)

    @property
    def mean(self) -> float:
        """Mean of the training images' pixels, scaled to [0, 1]."""
        return self._moments[0]

    @property
    def std(self) -> float:
        """Standard deviation of the training images' pixels, scaled to [0, 1]."""
        return self._moments[1]

    def to(self, device: str | torch.device) -> Digits:
        """Return the same digits on another device."""
        parts = (self.train_images, self.train_labels, self.test_images, self.test_labels)
        try:
            return Digits(self.name, *(part.to(device) for part in parts))
        except (RuntimeError, AssertionError, ImportError) as error:  # as each device has its own
            reason = str(error).strip().partition("\n")[0].rstrip(".")
            raise DataError(
                f"The images cannot be put on the device {str(device)!r}: {reason}. "
                'The device "cpu" always works.'
            ) from error

    def hold_out(self, count: int = 10_000, seed: int = 0) -> Digits:
        """Split the training set to choose between recipes; the real test set is not used.

        Its "test" images are a validation set of `count` training images. A choice that is made
        by the real test set is partly luck with that set.
        """
        n = len(self.train_images)
        if not 0 < count < n:
            raise DataError(f"Expected to hold out 1 to {n - 1:,} of {n:,} images, not {count:,}.")
        # Drawn on the CPU: the same seed means the same split on every device.
        order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
        held, kept = (part.to(self.train_images.device) for part in (order[:count], order[count:]))
        return Digits(
            f"{self.name}-held-out",
            self.train_images[kept],  # (n - count, 28, 28)
            self.train_labels[kept],
            self.train_images[held],  # (count, 28, 28)
            self.train_labels[held],
        )


def load(name: str = "mnist", device: str | torch.device = "cpu", download: bool = True) -> Digits:
    """Return the data set "mnist" or "practice" on a device."""
    if name not in NAMES:
        near = difflib.get_close_matches(name.lower(), NAMES, n=1, cutoff=0.4)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise DataError(f"There is no data set {name!r}: the names are {', '.join(NAMES)}.{hint}")
    if name == "mnist":
        return Digits(name, *load_mnist(download)).to(device)
    x, y, test_x, test_y = (torch.from_numpy(part) for part in practice.load())
    return Digits(name, x, y.long(), test_x, test_y.long()).to(device)


def mnist_folder() -> Path:
    """Return the folder that holds, or will hold, MNIST/raw."""
    chosen = os.environ.get("AUTOGRADE_DATA")
    return Path(chosen).expanduser() if chosen else user_cache_path("under8k", appauthor=False)


def load_mnist(download: bool) -> list[Tensor]:
    """Return MNIST's four tensors, in the order of FILES."""
    folder = mnist_folder()
    raw = folder / "MNIST" / "raw"
    missing = [name for name in FILES if not os.access(raw / name, os.F_OK)]
    if missing and not download:
        raise DataError(f"{raw} lacks {', '.join(missing)}. {REMEDY}")
    if missing:
        download_mnist(folder)
    return [read_file(raw / name) for name in FILES]


def read_file(path: Path) -> Tensor:
    """Return the content of an uncompressed MNIST file, if it is the file that was published."""
    digest, shape = FILES[path.name]
    try:
        data = np.fromfile(path, dtype=np.uint8)  # the bytes hashed are the bytes used
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}. {REMEDY}") from error
    found = hashlib.sha256(data.data).hexdigest()
    if found != digest:
        raise DataError(
            f"{path} is not the file that MNIST's authors published, or only a part of it: "
            f"expected SHA-256 {digest[:12]}…, found {found[:12]}… ({data.size:,} bytes). "
            "Delete it and run again, and it will be downloaded."
        )
    values = torch.from_numpy(data[4 + 4 * len(shape) :]).view(shape)
    return values if len(shape) == 3 else values.long()


def download_mnist(folder: Path) -> None:
    """Download the four files into a folder beside their place, check them, and move them there.

    So no other process reads half a file, two may download at once, and a download that was
    interrupted leaves nothing that a later run would use.
    """
    from torchvision.datasets import MNIST  # here, because importing it takes a second or two

    raw = folder / "MNIST" / "raw"
    before = socket.getdefaulttimeout()
    try:
        raw.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="download-", dir=folder) as name:
            fresh = Path(name) / "MNIST" / "raw"
            fresh.mkdir(parents=True)
            for archive in raw.glob("*.gz"):  # of an earlier download: no need to fetch them again
                shutil.copy(archive, fresh)
            missing = [file for file, _ in MNIST.resources if not (fresh / file).exists()]
            mirrors = answering(MNIST.mirrors, missing[0]) if missing else MNIST.mirrors
            print(f"Downloading MNIST (11 MB) into {folder}", file=sys.stderr)
            socket.setdefaulttimeout(SILENCE)
            # Of the same name, after which torchvision names its folder.
            from_them = type("MNIST", (MNIST,), {"mirrors": mirrors})
            with redirect_stdout(sys.stderr):  # stdout belongs to the caller's results
                from_them(name, train=False, download=True)
            for file in FILES:
                read_file(fresh / file)
            for file in FILES:
                if not (raw / file).exists():
                    (fresh / file).replace(raw / file)
    except (OSError, RuntimeError, HTTPException, DataError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise DataError(f"MNIST could not be downloaded into {raw}: {reason}. {REMEDY}") from error
    finally:
        socket.setdefaulttimeout(before)


def answering(mirrors: Sequence[str], file: str) -> list[str]:
    """Return the mirrors to download from, first the one that was first to answer.

    All are asked at once, each by a thread that nobody waits for: to look up a server's name may
    take as long as it likes. Where none has answered after PATIENCE seconds, there is no network.
    """
    answers: SimpleQueue[tuple[str, str]] = SimpleQueue()  # a mirror, and why not; "": it answers
    for mirror in mirrors:
        threading.Thread(target=ask, args=(mirror, file, answers), daemon=True).start()
    failed: dict[str, str] = {}
    end = time.monotonic() + PATIENCE
    while len(failed) < len(mirrors):
        try:
            mirror, why_not = answers.get(timeout=max(0.0, end - time.monotonic()))
        except Empty:
            break
        if not why_not:
            return [mirror, *(other for other in mirrors if other not in (mirror, *failed))]
        failed[mirror] = why_not
    late = f"no answer within {PATIENCE:g} s"
    told = (f"{urlsplit(mirror).hostname}: {failed.get(mirror, late)}" for mirror in mirrors)
    raise DataError("; ".join(told))


def ask(mirror: str, file: str, answers: SimpleQueue[tuple[str, str]]) -> None:
    """Ask a mirror for a file, and tell why there is none; what it sends is not read."""
    try:
        with urlopen(f"{mirror}{file}", timeout=SILENCE):  # noqa: S310  torchvision's addresses
            answers.put((mirror, ""))
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        words = getattr(reason, "strerror", None) or str(reason) or type(error).__name__
        answers.put((mirror, " ".join(words.split()).lower()))
