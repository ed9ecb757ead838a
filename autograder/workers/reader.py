"""The reader: a process that lets trained networks read what people draw.

    python -m autograder.workers.reader PARENT

It runs no student's code: a network is rebuilt of its file (graph/trained.py). A request is a line
of JSON and the bytes that belong to it, an answer a line of JSON and, for images, their bytes.
"""

import base64
import io
import json
import os
import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from autograder.workers import bonds

if TYPE_CHECKING:  # loaded in main, once this process is bound to its parent
    from torch import Tensor

    from autograder.graph.network import Network
    from course.data import Digits

MOST_MAPS, MOST_LAYERS = 16, 8  # that are shown of a network
INSIDE = 20  # pixels: MNIST fits each digit into so many, and puts its weight into the middle


def main() -> None:
    """Serve on the standard streams; whatever else prints goes to stderr."""
    import torch

    torch.set_num_threads(1)
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        content = sys.stdin.buffer.read(asked["size"])
        told, images = DOING[asked["do"]](content, asked)
        answer.write(json.dumps({**told, "size": len(images)}).encode() + b"\n" + images)
        answer.flush()


def read(content: bytes, asked: dict[str, object]) -> tuple[dict[str, object], bytes]:
    """Let a network read drawings: ten probabilities for each, and what its layers made of it."""
    import torch

    network, digits = network_of(content), digits_named(str(asked["data"]))
    side, drawings = int(str(asked["side"])), asked["drawn"]
    assert isinstance(drawings, list)
    images = torch.stack([image_of(drawn, side) for drawn in drawings])
    x = (images[:, None] - digits.mean) / digits.std  # (drawings, 1, 28, 28)
    layers: list[Tensor] = []
    with torch.no_grad():
        values = {0: x}
        for made, call in enumerate(network.calls, start=1):
            values[made] = network.value(call, values)
            seen = values[made]
            convolved = call.node.operation.name == "conv2d" and seen.dim() == 4
            if convolved and seen.shape[-1] > 1 and len(layers) < MOST_LAYERS:
                layers.append(seen.relu())
        scores = values[network.output].softmax(1)  # (drawings, 10)
    found = [
        {
            "scores": scores[place].tolist(),
            "layers": [maps_of(maps[place]) for maps in layers],
            "image": base64.b64encode(bytes(int(v) for v in (image * 255).flatten())).decode(),
        }
        for place, image in enumerate(images)
    ]
    return {"read": found}, b""


def image_of(drawn: str, side: int) -> "Tensor":
    """Make an image of a drawing: its bytes in base64, a byte a pixel."""
    import torch

    pixels = torch.tensor(list(base64.b64decode(drawn)), dtype=torch.float)
    return centred(pixels.view(side, side) / 255)


def maps_of(maps: "Tensor") -> dict[str, object]:
    """Write a layer's maps as bytes, the brightest of them white."""
    shown = maps[:MOST_MAPS]
    scaled = (shown / shown.max().clamp(min=1e-6) * 255).int().flatten().tolist()
    sides = {"count": shown.shape[0], "rows": shown.shape[1], "columns": shown.shape[2]}
    return {**sides, "pixels": base64.b64encode(bytes(scaled)).decode()}


def centred(drawn: "Tensor") -> "Tensor":
    """Make an image of a drawing as MNIST's were made."""
    import torch
    from torch.nn import functional

    rows, columns = drawn.amax(1).nonzero(), drawn.amax(0).nonzero()
    if not len(rows):
        return torch.zeros(28, 28)
    cut = drawn[int(rows[0]) : int(rows[-1]) + 1, int(columns[0]) : int(columns[-1]) + 1]
    scale = INSIDE / max(cut.shape)
    size = [max(1, round(side * scale)) for side in cut.shape]
    small = functional.interpolate(cut[None, None], size, mode="bilinear", antialias=True)[0, 0]
    weights = small / small.sum()
    middle = [
        float((weights.sum(1 - axis) * torch.arange(size[axis])).sum()) + 0.5 for axis in (0, 1)
    ]
    top, left = (min(max(0, round(14 - middle[axis])), 28 - size[axis]) for axis in (0, 1))
    image = torch.zeros(28, 28)
    image[top : top + size[0], left : left + size[1]] = small.clamp(0, 1)
    return image


def labels(content: bytes, asked: dict[str, object]) -> tuple[dict[str, object], bytes]:
    """Return the labels of the test images, a byte each."""
    digits = digits_named(str(asked["data"]))
    return {}, bytes(digits.test_labels.tolist())


def picture(content: bytes, asked: dict[str, object]) -> tuple[dict[str, object], bytes]:
    """Draw test images side by side, as a PNG; `content` has four bytes for each one's place."""
    from PIL import Image

    digits = digits_named(str(asked["data"]))
    places = [int.from_bytes(content[at : at + 4], "big") for at in range(0, len(content), 4)]
    sheet = Image.new("L", (28 * max(1, len(places)), 28))
    for number, place in enumerate(places):
        pixels = bytes(255 - value for value in digits.test_images[place].flatten().tolist())
        sheet.paste(Image.frombytes("L", (28, 28), pixels), (28 * number, 0))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return {}, file.getvalue()


@lru_cache(maxsize=64)
def network_of(content: bytes) -> "Network":
    """Rebuild a network, or find it as it was rebuilt before."""
    from autograder.graph.trained import unpack

    return unpack(content)


@lru_cache(maxsize=2)
def digits_named(name: str) -> "Digits":
    """Load digits once."""
    from course.data import load

    return load(name)


DOING = {"read": read, "labels": labels, "picture": picture}

if __name__ == "__main__":
    bonds.bind(int(sys.argv[1]))
    main()
