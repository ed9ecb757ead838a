"""Letters of all scripts in figures: what matplotlib's own font lacks, another font may have.

    drawable("李明", "entry 12")     # "李明", or "entry 12" where no font of this machine has it
    fonts_for("李明")                # ["sans-serif", "Noto Sans CJK SC"], for a text's fontfamily

A letter that no font has would be drawn as an empty box, and boxes tell nobody apart.
"""

import re
from functools import cache

from matplotlib.font_manager import FontEntry, FontProperties, findfont, fontManager
from matplotlib.ft2font import FT2Font

USUAL = "sans-serif"
_useful: dict[str, FontEntry] = {}  # fonts that had a letter, by their family: tried first


def drawable(text: str, instead: str) -> str:
    """Return the text, or other words where a letter of it cannot be drawn."""
    return text if all(family_with(letter) for letter in text) else instead


def fonts_for(text: str) -> list[str]:
    """Return the families of fonts that the letters of a text need, the usual one first."""
    needed = (family_with(letter) for letter in text)
    return list(dict.fromkeys([USUAL, *(family for family in needed if family)]))


@cache
def family_with(letter: str) -> str | None:
    """Return the family of a font that has the letter."""
    if letter.isspace() or has(findfont(FontProperties(family=[USUAL])), letter):
        return USUAL
    for font in [*_useful.values(), *plain_first()]:
        if has(font.fname, letter):
            _useful[font.name] = font
            return font.name
    return None


def has(path: str, letter: str) -> bool:
    """Return whether a font has a letter as an outline. One of coloured pictures has none."""
    try:
        font = FT2Font(path)
    except (RuntimeError, OSError):  # a damaged file, or one of a kind that is not known
        return False
    return font.scalable and font.get_char_index(ord(letter)) != 0


def plain_first() -> list[FontEntry]:
    """Return the fonts of this machine; those that are neither bold nor slanted come first."""

    def fancy(font: FontEntry) -> bool:
        return font.style != "normal" or font.weight not in ("normal", "regular", 400)

    # A "last resort" font has a box for every letter.
    real = [font for font in fontManager.ttflist if not re.search("last ?resort", font.name, re.I)]
    return sorted(real, key=fancy)
