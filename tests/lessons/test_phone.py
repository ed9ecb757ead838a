"""Every figure can be read on a telephone: letters of 11 pixels where 390 are the page's width."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.text import Text

from autograder.planning import plan
from course import figures, records
from course.figures.activations import draw_activations
from course.figures.drawing import Drawing
from course.figures.images.misread import Misread
from tests.helpers.drawings import assert_no_text_is_cut_off, run

PAGE, LETTERS = 350, 11  # pixels: what a page of 390 leaves a figure, and its smallest letters
PIXELS = np.random.default_rng(0).random((24, 28, 28))
SURE = np.random.default_rng(1).dirichlet(np.ones(10), 9)
PLANNED = plan("nobn bias c32p1 c64p1 p c128p1 1x256 p 512 1024 gap").ledger
LADDER = [record.point() for record in records.ladder()]
SEEN = dict.fromkeys(("image", *map(str, range(1, 9)), "scores"), (0.1, 1.0))
MISREAD = [Misread(place, 3, 5, 0.99, 2) for place in range(10)]

GALLERY: dict[str, Callable[[], Drawing]] = {
    "frontier": lambda: figures.draw_frontier(LADDER, title="Accuracy against parameters"),
    "curves": lambda: figures.draw_curves([run(seed=seed) for seed in range(3)], title="Three"),
    "learning rate": lambda: figures.draw_learning_rate([0.1] * 99, 30, "OneCycleLR"),
    "comparison": lambda: figures.draw_comparison(
        {"before": range(10), "after": range(10)}, range(10), "layer", "parameters", "Two"
    ),
    "lines": lambda: figures.draw_lines({"constant": [9, 8], "falling": [8, 9]}, "x", "y", "Two"),
    "layers": lambda: figures.draw_layers(PLANNED),
    "network": lambda: figures.draw_network({"planned": PLANNED, "the same": PLANNED}, "Two"),
    "places": lambda: figures.draw_places({"one": {"conv1": 0.9, "head": 0.02}, "two": {"a": 1.0}}),
    "shares": lambda: figures.draw_shares({"one": ([0.2], [0.5]), "dense": ([], [0.02, 0.03])}),
    "activations": lambda: draw_activations({"as it is": SEEN, "normalised": SEEN}, "Untrained"),
    "digits": lambda: figures.draw_digits(PIXELS[:20], range(20), [*range(19), 3], "Twenty"),
    "fields": lambda: figures.draw_fields(PIXELS[0], [(3, 1, 1)] * 7, [f"c{n}" for n in range(7)]),
    "misread": lambda: figures.draw_misread(PIXELS[:10], MISREAD, seeds=3),
    "confusion": lambda: figures.draw_confusion(10 * np.eye(10, dtype=int), "Read as which"),
    "sliding": lambda: figures.draw_sliding(255 * PIXELS[0], [[-1, -0.25, 1]] * 3),
    "kernels": lambda: figures.draw_kernels(PIXELS[:12, :3, :3] - 0.5, PIXELS[:12]),
    "answers": lambda: figures.draw_answers(PIXELS[:9], SURE, range(0, 90, 10), 7, "Turned"),
    "covered": lambda: figures.draw_covered(PIXELS[:5], PIXELS[5:10], range(5)),
}


@pytest.mark.parametrize("name", GALLERY)
def test_a_figure_is_read_on_a_telephone(name: str) -> None:
    wide = GALLERY[name]()
    assert wide.narrow is not None
    shown = wide.narrow()
    assert shown.pixels[0] <= PAGE
    assert shown.alt == wide.alt
    small = {
        text.get_text(): text.get_fontsize()
        for text in shown.findobj(Text)
        if text.get_text() and text.get_fontsize() * 96 / 72 < LETTERS
    }
    assert not small
    assert_no_text_is_cut_off(shown)
    assert_no_text_is_cut_off(wide)


def test_the_gallery_has_every_figure() -> None:
    drawn = {name.removeprefix("draw_").replace("_", " ") for name in figures.__all__}
    assert drawn - {"Drawing", "Point", "save", "find misread"} <= set(GALLERY)
