"""A candidate of the search: a few choices, which make a model.py.

    source(Design(widths=(10, 15, 20, 23)))     # the file's text

What is searched is what is handed in: the search captures these files as the grader captures a
student's, so nothing about a candidate can differ between the two.
"""

from dataclasses import asdict, dataclass, fields
from itertools import pairwise

from solutions.frontier import pieces

SIDE = 24  # of the images without their border


@dataclass(frozen=True)
class Design:
    """What the search chooses: first the network, then how it is trained."""

    widths: tuple[int, ...] = (10, 15, 20, 23)  # maps after each layer
    pools: tuple[int, int] = (2, 4)  # the maps are halved behind these layers, counted from 1
    stem: int = 3  # side of the first layer's kernels
    layer: str = "depthwise"  # or "full", "grouped", "low rank": pieces.LAYERS
    activation: str = "SiLU"
    both: bool = False  # of every map, its negative too: twice the maps behind each activation
    pool: str = "average"  # or "max", "blur": pieces.POOLS
    head: str = "none"  # the last layer gives the scores; or "average", "attention": pieces.HEADS
    slide: bool = False  # the last pool moves by one place: the scores are a mean of 9 looks, not 4
    twice: bool = False  # pass the layer before the second pool twice; it is as wide as its input
    upright: bool = True  # take the slant out of every digit
    widen: float = 0.0  # 1: bring every digit to one width; 0.5: half of the way
    slants: tuple[float, ...] = ()  # read the digit at each of these, and average what is seen

    epochs: int = 15
    batch: int = 64
    lr: float = 0.2
    optimizer: str = "SGD"
    weight_decay: float = 1e-4  # of SGD
    schedule: str = "cosine"  # or "linear", "steps", "constant": pieces.SCHEDULES
    average: float = 0.99  # decay of the weights' running mean; 0: none
    strength: float = 1.0  # of the augmentation; 1: up to 6 degrees
    label_smoothing: float = 0.0

    @classmethod
    def read(cls, changes: dict[str, object]) -> "Design":
        """Return the design that differs so from the defaults above."""
        lists = {name: tuple(value) for name, value in changes.items() if isinstance(value, list)}
        return cls(**{**changes, **lists})  # type: ignore[arg-type]

    def changes(self) -> dict[str, object]:
        """Return what differs from the defaults above: all that the log keeps."""
        usual = {one.name: one.default for one in fields(self)}
        return {name: value for name, value in asdict(self).items() if value != usual[name]}


def source(design: Design, opening: str = "A candidate of the search.") -> str:
    """Write a design's model.py, with nothing in it that the design does not use."""
    imports = "import torch\n" * bool(design.slants or design.both) + pieces.IMPORTS
    end = "\n" if "\n" in opening else ""
    parts = [
        f'"""{opening}{end}"""\n\n{imports}',
        *looks(design),
        layers(design),
        network(design),
        recipe(design),
    ]
    return "\n\n\n".join(part.strip() for part in parts) + "\n"


def looks(design: Design) -> list[str]:
    """Write what happens to a digit before the first layer, if anything does."""
    if not design.upright:
        return []
    text = pieces.STRAIGHTEN
    if design.widen:
        text = text.replace("column.transpose", "stretch * column.transpose")
        text = text.replace(
            "    shift =", pieces.STRETCH.format(power=design.widen / 2) + "    shift ="
        )
    if design.slants:
        text = text.replace("straighten(x)", "straighten(x, slant)")
        text = text.replace("lean.clamp(-0.8, 0.8)", "(lean.clamp(-0.8, 0.8) + slant)")
        text = text.replace("leans to neither side", "leans as asked")
    return [text]


def layers(design: Design) -> str:
    """Write the kind of layer that the network is made of."""
    text = pieces.BLOCK.format(layers=pieces.LAYERS[design.layer], activation=activation(design))
    text = pieces.BOTH + text if design.both else text
    return text + pieces.TWICE if design.twice else text


def activation(design: Design) -> str:
    """Name what stands behind every norm."""
    return "Both()" if design.both else f"nn.{design.activation}()"


def network(design: Design) -> str:
    """Write the class Net."""
    stem, each = design.widths[0], 2 if design.both else 1  # map before a norm makes so many
    edge = ", padding=1" if design.stem == 5 else ""
    lines = [
        f"nn.Conv2d(1, {stem}, {design.stem}{edge}, bias=False)",
        f"nn.BatchNorm2d({stem})",
        activation(design),
    ]
    side = SIDE - 2
    for number, (inputs, outputs) in enumerate(pairwise((1, *design.widths)), start=1):
        if number > 1:
            # Padded but before a pool, so that the last maps are 4 x 4: a kernel as large as its
            # whole map is a dense layer.
            padding = "" if number in design.pools else ", padding=1"
            side -= 0 if padding else 2
            made = f"block({each * inputs}, {outputs}{padding})"
            if design.twice and number == design.pools[1]:
                made = f"Twice({outputs})"
            lines.append(f"{made},  # {each * outputs} x {side} x {side}")
        if number in design.pools:
            slides = design.slide and number == design.pools[-1]
            side = side - 1 if slides else side // 2
            pool = pieces.SLIDING_POOL if slides else pieces.POOLS[design.pool]
            lines.append(f"{pool},  # {each * outputs} x {side} x {side}")
    if design.head == "none":
        narrower, dilation = (4, ", dilation=2") if design.slide else (2, "")
        last = {"maps": each * design.widths[-1], "side": side - narrower, "dilation": dilation}
        lines += [line.format(**last) for line in pieces.LAST]
    body = "\n".join(
        f"            {line}" if "  #" in line else f"            {line}," for line in lines
    )
    head, scores = pieces.HEADS[design.head]
    seen = "x"
    if design.slants:
        seen = "torch.cat([" + ", ".join(f"straighten(x, {s})" for s in design.slants) + "], 2)"
    elif design.upright:
        seen = "straighten(x)"
    return pieces.NETWORK.format(
        body=body, head=head.format(maps=each * design.widths[-1]), seen=seen, scores=scores
    )


def recipe(design: Design) -> str:
    """Write the RECIPE."""
    rate, strength = design.lr, design.strength
    augment = pieces.AFFINE.format(
        degrees=round(6 * strength, 2),
        shift=round(0.045 * strength, 4),
        low=round(1 - 0.07 * strength, 4),
        high=round(1 + 0.07 * strength, 4),
        shear=round(5 * strength, 2),
    )
    average = pieces.AVERAGE.format(decay=design.average)
    smoothing = pieces.SMOOTHING.format(smoothing=design.label_smoothing)
    return pieces.RECIPE.format(
        epochs=design.epochs,
        batch=design.batch,
        optimizer=pieces.OPTIMIZERS[design.optimizer].format(lr=rate, decay=design.weight_decay),
        schedule=pieces.SCHEDULES[design.schedule].format(lr=rate),
        augment=augment if strength else "[]",
        average=average if design.average else "None",
        smoothing=smoothing if design.label_smoothing else "",
    )
