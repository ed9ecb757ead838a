"""Changes that keep a captured network sound: it still turns images into ten scores each.

    changed(draft, chance)      # a copy after one of them, with `done` saying which

Each change is a guess. `Draft.settle` says whether the network still runs, on shapes alone, and
what does not is thrown away.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import torch

from autograder.graph.arguments import Refused
from autograder.graph.operations import OPERATIONS
from tests.fuzz.draft import Draft, Row, is_ref, mapped, op, references, tensor, value
from tests.fuzz.guesses import Guesses

Change = Callable[[Draft, random.Random], None]
TRIES = 8  # of a change, until the network runs


class Pointless(Exception):
    """There is nothing in this network that such a change could be made to."""


def changed(draft: Draft, chance: random.Random, how: list[Change]) -> Draft:
    """Return a copy that one change was made to; the draft itself where none fits."""
    for _ in range(TRIES):
        change = chance.choice(how)
        tried = draft.copy()
        try:
            change(tried, chance)
            tried.settle()
        except (Pointless, Refused):
            continue
        tried.done.append(change.__name__)
        return tried
    return draft


def some(items: Any, chance: random.Random) -> Any:
    """Choose one of several, if there are any."""
    found = list(items)
    if not found:
        raise Pointless
    return chance.choice(found)


def guesses(draft: Draft, chance: random.Random) -> Guesses:
    return Guesses(chance, draft.tensors, draft.statistics)


def of_images(draft: Draft, chance: random.Random, rank: int = 0) -> int:
    """Choose a value that depends on the images; of so many axes, if `rank` says."""
    found = [made for made in draft.images() if not rank or len(draft.shapes[made]) == rank]
    return int(some(found, chance))


# ---- operations ----------------------------------------------------------------------------------


def argument(draft: Draft, chance: random.Random) -> None:
    """Another argument, within what the operation takes."""
    place = chance.randrange(len(draft.nodes))
    row = draft.nodes[place]
    plain = [name for name, raw in row["args"].items() if not references(raw)]
    name = some(plain, chance)
    try:
        row["args"][name] = guesses(draft, chance).fitting(row["op"], name, place)
    except LookupError:
        raise Pointless from None


def setting(draft: Draft, chance: random.Random) -> None:
    """A number at or beside an end of what the operation takes: eps of 0, momentum of 1."""
    rows = [
        (row["args"], name)
        for row in draft.nodes
        for name, raw in row["args"].items()
        if type(raw) in (int, float)
    ]
    args, name = some(rows, chance)
    args[name] = chance.choice([0, 1, 0.0, 1.0, -1.0, 1e-12, 1e6, -1e6, 0.5, 0.9, 4, 6.0, 1e-45])


ALIKE: dict[tuple[str, ...], list[str]] = defaultdict(list)
for _name, _operation in OPERATIONS.items():
    ALIKE[tuple(_operation.rules)].append(_name)


def operation(draft: Draft, chance: random.Random) -> None:
    """Another operation with the same arguments: tanh for relu, a maximum for a sum."""
    row = some(draft.nodes, chance)
    row["op"] = some([n for n in ALIKE[tuple(row["args"])] if n != row["op"]], chance)


def one_more(draft: Draft, chance: random.Random) -> None:
    """One more operation on the way, any that keeps the shape or happens to do."""
    at = of_images(draft, chance)
    row = guesses(draft, chance).node(chance.choice(list(OPERATIONS)), at)
    if row is None:
        raise Pointless
    row["args"] = mapped(row["args"], lambda ref: value(at) if ref.get("value", 0) > at else ref)
    redirected(draft, at, draft.insert(at, [row]), chance)


def redirected(draft: Draft, old: int, new: int, chance: random.Random) -> None:
    """Let what read one value read another: all of it, or some."""
    part = chance.random() < 0.3
    draft.redirect(old, new, lambda: not part or chance.random() < 0.5)


def joined(draft: Draft, chance: random.Random) -> None:
    """Two values of one shape as one: added, multiplied, the larger of them, a part of each."""
    at = of_images(draft, chance)
    alike = [i for i in range(at) if draft.shapes[i] == draft.shapes[at]]
    alike += [i for i in draft.images() if i <= at and i not in alike]  # torch may broadcast
    one, two = value(at), value(int(some(alike, chance)))
    if chance.random() < 0.5:
        one, two = two, one
    name = chance.choice(["add", "sub", "mul", "div", "maximum", "minimum", "cat"])
    rows: list[Row]
    match name:
        case "add" | "sub":
            rows = [op(name, input=one, other=two, alpha=chance.choice([1, 1.0, 0.5, -1, 0]))]
        case "cat":
            shape = draft.shapes[at]
            axis = chance.randrange(1, max(2, len(shape)))
            start = chance.choice([0, 0, 1, shape[axis] if axis < len(shape) else 0])
            side = shape[axis] if axis < len(shape) else 1
            cut = op("slice", input=value(at + 1), dim=axis, start=start, end=start + side, step=1)
            rows = [op("cat", tensors=[one, two], dim=axis), cut]
        case _:
            rows = [op(name, input=one, other=two)]
    redirected(draft, at, draft.insert(at, rows), chance)


def bypassed(draft: Draft, chance: random.Random) -> None:
    """An operation left out: what read its result reads what it was given."""
    place = chance.randrange(len(draft.nodes))
    given = [r for r in references(draft.nodes[place]) if r.get("value", -1) >= 0]
    source, old = some(given, chance)["value"], place + 1

    def around(ref: dict[str, Any]) -> dict[str, Any]:
        return value(source) if ref.get("value") == old else ref

    draft.document["nodes"] = [mapped(row, around) for row in draft.nodes]
    if draft.output == old:
        draft.document["output"] = source


def swapped(draft: Draft, chance: random.Random) -> None:
    """The operands of a sum, difference, product or quotient the other way round."""
    args = some((row["args"] for row in draft.nodes if "other" in row["args"]), chance)
    args["input"], args["other"] = args["other"], args["input"]


def repeated(draft: Draft, chance: random.Random) -> None:
    """A piece of the network again, with the same weights, its result joined to the first."""
    first = chance.randrange(len(draft.nodes))
    last = min(len(draft.nodes), first + chance.randrange(1, 8))  # nodes first … last - 1
    rows = draft.nodes[first:last]
    more = len(rows)

    def moved(ref: dict[str, Any]) -> dict[str, Any]:
        return value(ref["value"] + more) if ref.get("value", 0) > first else ref

    again = draft.insert(last, [mapped(row, moved) for row in rows])
    how = chance.choice(["add", "mul", "sub", "maximum", "none"])
    if how != "none":
        args = {"input": value(last), "other": value(again)}
        args |= {"alpha": 1} if how in ("add", "sub") else {}
        again = draft.insert(again, [{"op": how, "args": args, "line": None}])
    draft.redirect(last, again)


def layer(draft: Draft, chance: random.Random) -> None:
    """A new layer with weights of its own that keeps the shape."""
    at = of_images(draft, chance)
    shape = draft.shapes[at]
    if len(shape) < 2:
        raise Pointless
    channels, x = shape[1], value(at)
    ones, zeros = torch.ones(channels), torch.zeros(channels)
    kinds = ["layer_norm", "prelu", "linear", "scale"]
    kinds += ["conv", "depthwise", "batch_norm", "group_norm"] if len(shape) == 4 else []
    kind = chance.choice(kinds)
    match kind:
        case "conv" | "depthwise":
            groups = channels if kind == "depthwise" else 1
            kernel = torch.randn(channels, channels // groups, 3, 3) / 9
            sizes = {"stride": [1, 1], "dilation": [1, 1], "groups": groups}
            around = chance.choice([[1, 1], "same"])
            args = {"input": x, "weight": draft.store(kernel), "bias": draft.store(zeros)}
            row = op("conv2d", **args, **sizes, padding=around)
        case "batch_norm":
            mean, var = draft.count_statistics(channels)
            affine = {"weight": draft.store(ones), "bias": draft.store(zeros)}
            kept = {"running_mean": mean, "running_var": var, "training": True}
            row = op("batch_norm", input=x, **affine, **kept, momentum=0.1, eps=1e-5)
        case "group_norm":
            affine = {"weight": draft.store(ones), "bias": draft.store(zeros)}
            row = op("group_norm", input=x, num_groups=1, **affine, eps=1e-5)
        case "layer_norm":
            row = op("layer_norm", input=x, normalized_shape=[shape[-1]], weight=None, bias=None)
            row["args"]["eps"] = 1e-5
        case "prelu":
            row = op("prelu", input=x, weight=draft.store(torch.full((1,), 0.25)))
        case "linear":
            square = torch.randn(shape[-1], shape[-1]) / shape[-1]
            row = op("linear", input=x, weight=draft.store(square), bias=None)
        case _:
            each = (1, channels, *[1] * (len(shape) - 2))
            row = op("mul", input=x, other=draft.store(torch.ones(each)))
    redirected(draft, at, draft.insert(at, [row]), chance)


def dropped(draft: Draft, chance: random.Random) -> None:
    """A dropout of some kind."""
    at = of_images(draft, chance)
    name = chance.choice(["dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout"])
    row = op(name, input=value(at), p=chance.choice([0, 0.1, 0.5, 0.9, 1]), train=True)
    redirected(draft, at, draft.insert(at, [row]), chance)


# ---- tensors -------------------------------------------------------------------------------------


def shared(draft: Draft, chance: random.Random) -> None:
    """Two tensors of one shape become one."""
    kept = some(draft.tensors, chance)
    shape = draft.tensors[kept].shape
    gone = some((n for n, t in draft.tensors.items() if n != kept and t.shape == shape), chance)
    rename(draft, gone, kept)


def rename(draft: Draft, old: str, new: str, once: random.Random | None = None) -> None:
    """Use another tensor wherever one is used; `once`: now and then."""

    def renamed(ref: dict[str, Any]) -> dict[str, Any]:
        hit = ref.get("tensor") == old and (once is None or once.random() < 0.5)
        return tensor(new) if hit else ref

    draft.document["nodes"] = [mapped(row, renamed) for row in draft.nodes]


def doubled(draft: Draft, chance: random.Random) -> None:
    """A tensor that is used twice becomes two, and one that is used once is stored twice."""
    name = some(draft.tensors, chance)
    other = draft.store(draft.tensors[name])["tensor"]
    rename(draft, name, other, chance)


def statistics_shared(draft: Draft, chance: random.Random) -> None:
    """Two BatchNorms keep their statistics together, or a mean is another's variance."""
    one = some(draft.statistics, chance)
    two = some((n for n, size in draft.statistics.items() if n != one), chance)
    rename(draft, one, two, chance)


EXTREMES = (
    *(0.0, -0.0, 1.0, -1.0, 1e-45, 1e-38, 3e38, -3e38, 1e30, 1e-30, 65504.0, 123.456, 1 / 3),
)


def extreme(draft: Draft, chance: random.Random) -> None:
    """Denormal, huge, alike or telling numbers in a tensor."""
    name = some(draft.tensors, chance)
    numbers = draft.tensors[name].clone()
    flat = numbers.view(-1)
    match chance.randrange(4):
        case 0:
            flat.fill_(chance.choice(EXTREMES))
        case 1:
            flat[chance.randrange(len(flat))] = chance.choice(EXTREMES)
        case 2:
            flat.copy_(torch.arange(len(flat)) + 0.5)
        case _:
            flat.copy_(torch.tensor(EXTREMES).repeat(len(flat))[: len(flat)])
    draft.tensors[name] = numbers


def widened(draft: Draft, chance: random.Random) -> None:
    """Another number of channels, in every tensor and argument that has that number."""
    convolutions = [row["args"]["weight"] for row in draft.nodes if row["op"] == "conv2d"]
    names = [ref["tensor"] for ref in convolutions if "tensor" in ref]
    old = draft.tensors[some((n for n in names if n in draft.tensors), chance)].shape[0]
    new = max(1, old + chance.choice([-2, -1, 1, 2, old]))
    for name, numbers in draft.tensors.items():
        shape = [new if side == old else side for side in numbers.shape]
        if shape != list(numbers.shape):
            draft.tensors[name] = torch.randn(shape) * float(numbers.std(correction=0))
    for name, size in draft.statistics.items():
        draft.statistics[name] = new if size == old else size

    def counted(raw: Any) -> Any:
        if is_ref(raw):
            return raw
        if isinstance(raw, dict):
            return {key: counted(item) for key, item in raw.items()}
        if isinstance(raw, list):
            return [counted(item) for item in raw]
        return new if type(raw) is int and raw == old else raw

    for row in draft.nodes:
        row["args"] = counted(row["args"])


# ---- words beside the network --------------------------------------------------------------------

WORDS = (
    *("\x1b[2J\x1b]0;x\x07", "\u202eevil", "\ud800", "é" * 500, "", "<b>&amp;</b>", "\x00\n\r\t"),
    *("{", "'; DROP TABLE", "🜏" * 90, "[bold red]", "=1+1"),
)


def words(draft: Draft, chance: random.Random) -> None:
    """A network's name, notes and lines that are no words."""
    draft.document["network"] = chance.choice(WORDS)
    draft.document["notes"] = [chance.choice(WORDS) for _ in range(chance.randrange(40))]
    draft.document["recipe_line"] = chance.choice([None, 3, -1, 10**9, 2.5, "x"])
    for row in draft.nodes:
        row["line"] = chance.choice([row.get("line"), None, 0, 10**6, -7, "12", 1e9])


def named(draft: Draft, chance: random.Random) -> None:
    """A tensor with a name that no network of PyTorch's has."""
    old = some(draft.tensors, chance)
    new = chance.choice(["", "weight", "a b", "..", "é" * 190, "__class__", "0", "t0", "s0", "m0"])
    if new in draft.tensors or new in draft.statistics:
        raise Pointless
    draft.tensors[new] = draft.tensors.pop(old)
    rename(draft, old, new)


CHANGES: list[Change] = [
    *(argument, argument, setting, operation, one_more, one_more, joined, bypassed, swapped),
    *(repeated, layer, dropped, shared, doubled, statistics_shared, extreme, widened),
    *(words, named),
]
