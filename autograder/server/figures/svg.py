"""A small way to write SVG: elements by ElementTree, which escapes whatever it is given."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from markupsafe import Markup

Element = ET.Element


def canvas(width: int, height: int, title: str, description: str) -> Element:
    """Begin a figure that fills its place; a screen reader reads its title and description."""
    root = ET.Element("svg", {"viewBox": f"0 0 {width} {height}", "role": "img"})
    root.set("xmlns", "http://www.w3.org/2000/svg")
    ET.SubElement(root, "title").text = title
    ET.SubElement(root, "desc").text = description
    return root


def add(parent: Element, tag: str, text: str = "", /, **attributes: object) -> Element:
    """Add an element; `class_` is its class, and `text_anchor` is text-anchor."""
    named = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    written = {key: number(value) for key, value in named.items()}
    element = ET.SubElement(parent, tag, written)
    element.text = text or None
    return element


def number(value: object) -> str:
    """Write a value as briefly as a figure can show."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def written(root: Element) -> Markup:
    """Write a figure into a page."""
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704  ElementTree has escaped it


def path(points: Iterable[tuple[float, float]]) -> str:
    """Write a line through points."""
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
