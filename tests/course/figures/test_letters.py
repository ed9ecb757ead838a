"""A figure writes every letter that some font of the machine has, and never draws an empty box."""

from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.font_manager import fontManager

from course.figures import draw_frontier, draw_layers, letters
from course.figures.letters import drawable, fonts_for
from tests.helpers.drawings import book, texts

UNSEEN = "\U00010d00"  # a letter of Hanifi Rohingya, which hardly any machine can draw


@pytest.fixture
def own_font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A font of one letter, installed for the time of a test."""
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "letter"])
    builder.setupCharacterMap({ord(UNSEEN): "letter"})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 700))
    pen.lineTo((500, 0))
    pen.closePath()
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "letter": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (600, 0), "letter": (600, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Only One", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(tmp_path / "one.ttf")
    monkeypatch.setattr(fontManager, "ttflist", list(fontManager.ttflist))
    fontManager.addfont(tmp_path / "one.ttf")
    forget()
    yield "Only One"
    monkeypatch.undo()
    forget()


def forget() -> None:
    letters.family_with.cache_clear()
    letters._useful.clear()
    fontManager._findfont_cached.cache_clear()


def test_a_letter_of_another_font_is_drawn_with_it(own_font: str) -> None:
    assert fonts_for(f"Net {UNSEEN}") == ["sans-serif", own_font]
    assert drawable(UNSEEN, "entry 12") == UNSEEN
    point = {"name": UNSEEN, "parameters": 7_500, "accuracy": 0.995, "passed": True}
    figure = draw_frontier([point], title=f"{UNSEEN}: accuracy")
    assert UNSEEN in texts(figure)
    assert figure.to_png()  # a box would be a warning, and a warning an error


def test_a_letter_of_no_font_is_told_in_other_words() -> None:
    forget()
    assert drawable(f"Net{UNSEEN}", "entry 12") == "entry 12"
    assert fonts_for(UNSEEN) == ["sans-serif"]
    for text in ("ada", "Łukasz", "محمد", "שלום", "Ελένη", "Иван", "a b"):
        assert drawable(text, "entry 12") == text


def test_layers_whose_names_cannot_be_drawn_are_numbered() -> None:
    figure = draw_layers(book(80, 1_000, name=UNSEEN))
    assert "layer 2   conv2d 3x3" in texts(figure)
    assert figure.to_png()
