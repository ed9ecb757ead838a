"""A candidate of the search: a few choices, which make a model.py.

    source(Design(widths=(10, 15, 20, 23)))     # the file's text

What is searched is what is handed in: the search captures these files as the grader captures a
student's, so nothing about a candidate can differ between the two.
"""

import ast
import hashlib
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
    between: bool = False  # an activation where a layer has looked and not mixed yet, too
    both: bool = False  # of every map, its negative too: twice the maps behind each activation
    turned: str = "none"  # or "maps", "looks", "four looks": kernels are turned, too, pieces.TURNED
    pool: str = "average"  # or "max", "blur": pieces.POOLS
    head: str = "none"  # the last layer gives the scores; or "average", "attention": pieces.HEADS
    slide: bool = False  # the last pool moves by one place: the scores are a mean of 9 looks, not 4
    twice: bool = False  # pass the layer before the second pool twice; it is as wide as its input
    upright: bool = True  # take the slant out of every digit
    widen: float = 0.0  # 1: bring every digit to one width; 0.5: half of the way
    heighten: float = 0.0  # the same for its height
    slants: tuple[float, ...] = ()  # read the digit at each of these, and average what is seen

    epochs: int = 15
    batch: int = 64
    lr: float = 0.2
    optimizer: str = "SGD"
    weight_decay: float = 1e-4  # of SGD
    schedule: str = "cosine"  # or "linear", "steps", "constant": pieces.SCHEDULES
    average: float = 0.99  # decay of the weights' running mean; 0: none
    strength: float = 1.0  # of the augmentation; 1: up to 6 degrees
    elastic: float = 0.0  # how far each pixel is moved on its own: alpha of ElasticTransform
    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        """Refuse choices that do not go together: a file must do all that its design says."""
        layers = self.widths[self.pools[1] - 2 : self.pools[1]]  # the two before the last pool
        turned = self.turned != "none"
        for wrong, expected in (
            (self.stem not in (3, 5), "a stem of 3 or 5"),
            (self.slants and not self.upright, "slants only where digits are set upright"),
            (
                (self.widen or self.heighten) and not self.upright,
                "one width or height only where digits are set upright",
            ),
            ((self.widen or self.heighten) and self.slants, "slants of digits of any size"),
            (
                self.twice and len(set(layers)) > 1,
                "twice only a layer that is as wide as its input",
            ),
            (
                self.twice and (self.both or self.layer != "depthwise"),
                "twice only depthwise layers",
            ),
            (
                (self.twice or self.both or self.turned == "maps") and self.activation != "SiLU",
                "SiLU in such a layer",
            ),
            (
                turned and (self.both or self.twice),
                "maps that are turned, and no other change to them",
            ),
            (
                turned and (self.slants or self.heighten),  # either is written into operations
                "maps turned of one look at each digit, which keeps its height",
            ),
            (
                self.turned == "four looks" and self.widen,  # the same
                "digits of any width where kernels look from four sides",
            ),
            (turned and not self.upright, "maps turned where digits are set upright"),
            (
                pieces.LOOKS[self.turned] > 1 and self.layer != "depthwise",
                "what kernels saw is turned in depthwise layers",
            ),
            (
                turned and (self.head != "none" or self.slide),
                "a last layer that gives the scores of what is turned",
            ),
            (
                self.between
                and (self.layer != "depthwise" or self.twice or self.both or self.turned == "maps"),
                "an activation between only in depthwise layers, whose maps stay as they are",
            ),
            (self.layer == "grouped" and any(w % 2 for w in self.widths), "even widths in groups"),
            (self.layer == "low rank" and min(self.widths) < 3, "3 maps, of which a third is 1"),
            (self.slide and self.pool != "average", "average pooling where the last pool slides"),
            (
                self.slide and (self.head != "none" or self.pools[-1] < len(self.widths)),
                "a last layer that gives the scores right behind a pool that slides",
            ),
            (
                self.optimizer != "SGD" and self.weight_decay != Design.weight_decay,
                "a weight decay of SGD alone",
            ),
        ):
            if wrong:
                raise ValueError(f"expected {expected}, found {self.changes()}")

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
    joins = design.slants or design.both or design.turned != "none"
    imports = "import torch\n" * bool(joins) + pieces.IMPORTS
    end = "\n" if "\n" in opening else ""
    parts = [
        f'"""{opening}{end}"""\n\n{imports}',
        *looks(design),
        layers(design),
        network(design),
        recipe(design),
    ]
    return "\n\n\n".join(part.strip() for part in parts) + "\n"


def code(design: Design) -> str:
    """Return a hash of what a design's file computes: of its text without comments and docstrings.

    Whatever is changed in how designs are written, a trial of the log is of the file that it names.
    """
    tree = ast.parse(source(design))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return hashlib.sha256(ast.unparse(tree).encode()).hexdigest()[:12]


def looks(design: Design) -> list[str]:
    """Write what happens to a digit before the first layer, if anything does."""
    if not design.upright:
        return []
    text = pieces.STRAIGHTEN
    resized = design.widen or design.heighten
    if resized or design.turned == "four looks":
        text = pieces.RESIZE.format(
            resized=", and bring it nearer to one size" if resized else "",
            width=pieces.WIDTH if design.widen else "",
            wider=pieces.WIDER.format(power=design.widen / 2) if design.widen else "",
            rows=pieces.ROWS.format(power=design.heighten / 2)
            if design.heighten
            else pieces.SAME_ROWS,
        )
    if design.slants:
        text = text.replace("straighten(x)", "straighten(x, slant)")
        text = text.replace("lean.clamp(-0.8, 0.8)", "(lean.clamp(-0.8, 0.8) + slant)")
        text = text.replace("leans to neither side", "leans as asked")
    return [pieces.BLACK + text + pieces.TOTAL]


def layers(design: Design) -> str:
    """Write the kind of layer that the network is made of."""
    inside = pieces.LAYERS[design.layer]
    if design.between:
        inside = inside.replace(pieces.MIX, f"        {activation(design)},\n{pieces.MIX}")
        inside = inside.replace(pieces.NO_BIAS, pieces.NO_BIASES)
    if (seen := pieces.LOOKS[design.turned]) > 1:
        inside = inside.replace(pieces.MIX, pieces.MIX_TURNED.format(looks=seen))
    text = pieces.BLOCK.format(layers=inside, activation=activation(design))
    text = pieces.BOTH + text if design.both else text
    text = pieces.TURNED[design.turned] + text
    return text + pieces.TWICE if design.twice else text


def activation(design: Design) -> str:
    """Name what stands behind every norm."""
    if design.both:
        return "Both()"
    return "Turned()" if design.turned == "maps" else f"nn.{design.activation}()"


def network(design: Design) -> str:
    """Write the class Net."""
    each = 2 if design.both or design.turned == "maps" else 1  # maps an activation makes of one
    turned = design.turned != "none"
    below = 2 if turned else max(1, len(design.slants))  # looks lie below each other
    beside = 2 if design.turned == "four looks" else 1
    rows, columns, look = SIDE * below - 2, SIDE * beside - 2, SIDE - 2
    edge = ", padding=1" if design.stem == 5 else ""
    lines = [
        f"nn.Conv2d(1, {design.widths[0]}, {design.stem}{edge}, bias=False)",
        f"nn.BatchNorm2d({design.widths[0]})",
        activation(design),
    ]
    for number, (inputs, outputs) in enumerate(pairwise((1, *design.widths)), start=1):
        if number > 1:
            padding = ", padding=1" if padded(design, number) else ""
            rows, columns, look = (side - (0 if padding else 2) for side in (rows, columns, look))
            made = f"block({each * inputs}, {outputs}{padding})"
            if design.twice and number == design.pools[1]:
                made = f"Twice({outputs})"
            lines.append(f"{made},  # {each * outputs} x {rows} x {columns}")
        if number in design.pools:
            slides = design.slide and number == design.pools[-1]
            rows, columns, look = (
                side - 1 if slides else side // 2 for side in (rows, columns, look)
            )
            pool = pieces.SLIDING_POOL if slides else pieces.POOLS[design.pool]
            lines.append(f"{pool},  # {each * outputs} x {rows} x {columns}")
    if design.head == "none":
        narrower, dilation = (4, ", dilation=2") if design.slide else (2, "")
        sides = {"rows": rows - narrower, "columns": columns - narrower, "dilation": dilation}
        maps = each * design.widths[-1]
        lines.append(pieces.LAST_LOOK.format(maps=maps, **sides))
        if (seen_by_each := pieces.LOOKS[design.turned]) > 1:
            lines.append("Turned()")
            maps *= seen_by_each
        lines.append(pieces.LAST_MIX.format(maps=maps, **sides))
    body = "\n".join(
        f"            {line}" if "  #" in line else f"            {line}," for line in lines
    )
    seen = "straighten(x)" if design.upright else "x"
    if design.slants:
        seen = "torch.cat([" + ", ".join(f"straighten(x, {s})" for s in design.slants) + "], 2)"
    looks = pieces.ONE_WAY.format(seen=seen)
    if turned:
        ways = pieces.FOUR_WAYS if beside > 1 else pieces.BOTH_WAYS
        looks = ways.format(rows=look - 2, columns=look - 2)
    head, scores = pieces.HEADS[design.head]
    return pieces.NETWORK.format(
        body=body, head=head.format(maps=each * design.widths[-1]), looks=looks, scores=scores
    )


def padded(design: Design, number: int) -> bool:
    """Return whether a layer keeps the size of its maps: not right before a pool or a head.

    So the last pool leaves maps of 4 x 4, and no kernel is as large as its whole map, which would
    be a dense layer.
    """
    last = number > design.pools[-1] and design.head != "none"
    return number not in design.pools and not last


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
    moves = [augment] if strength else []
    if design.elastic:
        moves.append(pieces.ELASTIC.format(alpha=design.elastic))
    average = pieces.AVERAGE.format(decay=design.average)
    smoothing = pieces.SMOOTHING.format(smoothing=design.label_smoothing)
    return pieces.RECIPE.format(
        epochs=design.epochs,
        batch=design.batch,
        optimizer=pieces.OPTIMIZERS[design.optimizer].format(lr=rate, decay=design.weight_decay),
        schedule=pieces.SCHEDULES[design.schedule].format(lr=rate),
        augment="[\n" + ",\n".join(moves) + "\n    ]" if moves else "[]",
        average=average if design.average else "None",
        smoothing=smoothing if design.label_smoothing else "",
    )
