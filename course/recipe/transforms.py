"""A recipe's transforms in one form: those that never change an image are gone.

    happening(({"name": "RandomVerticalFlip", "p": 0.0},))      # ()

Every transform draws random numbers, also where it then does nothing. So one that never happens
would give the same recipe other luck, and it leaves before anything is trained or compared.
"""

from __future__ import annotations

from itertools import groupby

from course.recipe.reading import Part, Setting, entries_of, name_of

HALF_PIXEL = 0.5 / 28  # of the image's side: a shift is rounded to whole pixels
LARGEST_ERASED = 27.5  # pixels along a side: what is rounded to 28 is drawn again
FLIPS = ("RandomHorizontalFlip", "RandomVerticalFlip")


def happening(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return the transforms that may change an image, each in its one form."""
    written = [plainly(part) for part in parts]
    return tuple(combined([part for part in written if not is_idle(part)]))


def plainly(part: Part) -> Part:
    """Return a transform with one value for each argument that has no effect."""
    name = name_of(part)
    if name == "RandomAffine":
        shifts = tuple(share if share > HALF_PIXEL else 0.0 for share in numbers(part["translate"]))
        shears = numbers(part["shear"])
        if not any(shears[2:]):
            shears = shears[:2]
        part = {**part, "translate": shifts if any(shifts) else None}
        part["shear"] = shears if any(shears) else None
        if set(numbers(part["scale"])) == {1.0}:
            part["scale"] = None
        if part["shear"] is part["scale"] is None and not any(numbers(part["degrees"])):
            # A shift alone, by whole pixels: it has no center, and nothing lies between two pixels.
            part |= {"center": None, "interpolation": "nearest"}
        elif part["shear"] is part["scale"] is part["translate"] is None:
            part = as_rotation(part)
            name = name_of(part)
    if name in ("RandomAffine", "RandomRotation") and part["center"] == (14.0, 14.0):
        part = {**part, "center": None}
    if name == "ElasticTransform" and part["interpolation"] == "nearest":
        # By less than half a pixel, and the nearest one stays the same.
        alphas = tuple(alpha if alpha > 1 else 0.0 for alpha in numbers(part["alpha"]))
        part = {**part, "alpha": alphas}
    if name == "RandomCrop":
        part = {**part, "pad_if_needed": False}
        if part["padding_mode"] != "constant":
            part["fill"] = 0.0
    if name == "RandomErasing":
        part = {**part, "inplace": False}
    return part


def as_rotation(part: Part) -> Part:
    """Write an affine transform that only turns as a rotation, which turns the other way."""
    low, high = numbers(part["degrees"])
    kept = {key: part[key] for key in ("interpolation", "fill", "center")}
    turned = (0.0 - high, 0.0 - low)
    return {"name": "RandomRotation", "degrees": turned, **kept, "expand": False}


def is_idle(part: Part) -> bool:
    """Return whether a transform never changes an image."""
    match name_of(part):
        case "RandomAffine":
            moves = any(part[key] is not None for key in ("translate", "scale", "shear"))
            return not moves and not any(numbers(part["degrees"]))
        case "RandomRotation":
            return not any(numbers(part["degrees"]))
        case "ElasticTransform":
            return not any(numbers(part["alpha"]))
        case "RandomCrop":
            return not any(numbers(part["padding"]))
        case "RandomErasing":
            return part["p"] == 0 or not may_erase(part)
        case _:  # a flip
            return part["p"] == 0


def may_erase(part: Part) -> bool:
    """Return whether any rectangle that may be drawn is there and smaller than the image.

    Of area A and ratio r the sides are √(A r) and √(A / r), rounded.
    """
    (small, large), (low, high) = numbers(part["scale"]), numbers(part["ratio"])
    small, large = 28 * 28 * small, 28 * 28 * large
    at_all = large > 0.25 and low < 4 * large and high > 0.25 / large
    most = LARGEST_ERASED**2
    inside = small < most and low * small < most and small < high * most
    return at_all and inside


def combined(parts: list[Part]) -> list[Part]:
    """Join flips that follow each other: mirrored twice is not mirrored."""
    found: list[Part] = []
    for flips, group in groupby(parts, lambda part: name_of(part) in FLIPS):
        together = list(group)
        found += mirrored(together) if flips else together
    return found


def mirrored(flips: list[Part]) -> list[Part]:
    """Return one flip at most in each direction, of the same odds as all of these."""
    found: list[Part] = []
    for name in FLIPS:
        odds = 0.0
        for part in flips:
            if name_of(part) == name:
                [p] = numbers((part["p"],))
                odds += p - 2 * odds * p
        found += [{"name": name, "p": odds}] if odds else []
    return found


def numbers(setting: Setting) -> tuple[float, ...]:
    """Return a setting that is a list of numbers, or none at all."""
    entries = () if setting is None else entries_of(setting)
    return tuple(entry for entry in entries if isinstance(entry, int | float))
