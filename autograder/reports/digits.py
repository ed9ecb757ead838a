"""Misread digits as small pictures that stand in the page itself."""

import base64
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from autograder.handout.misread import Mistakes

SIDE = 28


@dataclass(frozen=True)
class Digit:
    """A picture with its caption."""

    address: str  # a data: URI, white ink on black; the style sheet turns that round
    label: int
    read: int
    said: str


def digits(mistakes: Mistakes) -> list[Digit]:
    """Make a picture of each mistake."""
    return [Digit(picture(one.pixels), one.label, one.read, one.said) for one in mistakes.found]


def picture(pixels: bytes) -> str:
    """Write 28 rows of 28 as a PNG inside an address."""
    file = BytesIO()
    Image.frombytes("L", (SIDE, SIDE), pixels).save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
