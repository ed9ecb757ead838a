"""Every figure draws whatever it is given, says what it shows, and hides nothing."""

import html
import math
import os
import random
import stat
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from course.figures import plots
from course.figures.plots import curves, digits, frontier, learning_rate, ledger_bars, save
from course.ledger import Ledger, Row

WIDE, NARROW = (9, 5), (4.2, 7)


def run(epochs: int = 15, seed: int = 0, **changes) -> list[dict]:
    """Plausible epochs: 97.5% to 99.4%; `at3=dict(…)` changes the third."""
    noise = random.Random(seed)
    history = []
    for e in range(1, epochs + 1):
        test = 9940 - 190 * math.exp((1 - e) / 2) + noise.uniform(-4, 4)
        epoch = {"epoch": e, "lr": 0.1 * (1 - e / 16), "test_correct": int(test)}
        epoch |= {"test_total": 10_000, "test_loss": 0.02 + 0.08 / e, "train_loss": 0.03 + 0.3 / e}
        epoch |= {"train_correct": 59_000 + 30 * e, "train_total": 60_000}
        history.append(epoch | changes.get(f"at{e}", {}))
    return history


def entries(count: int) -> list[dict]:
    noise = random.Random(1)
    points = []
    for n in range(count):
        size = int(10 ** noise.uniform(3.3, 4.3))
        accuracy = min(0.9965, 0.9965 - 25 / size + noise.gauss(0, 0.0008))
        point = {"name": f"student-{n:02}", "parameters": size, "accuracy": accuracy}
        points.append(point | {"passed": accuracy >= 0.994, "spread": 0.0004 * (n % 5 == 0)})
    return points


def book(*counts: int, name: str = "block") -> Ledger:
    rows = [
        Row(f"{name}{n}", "conv2d 3x3", (8, 26, 26), c, c == 0, 3, 1, 0)
        for n, c in enumerate(counts)
    ]
    return Ledger(tuple(rows), 3, 0)


def panels(figure: Figure) -> tuple[Axes, ...]:
    return tuple(figure.axes)


def words(figure: Figure) -> list[str]:
    found = [text.get_text() for text in figure.findobj(Text) if text.get_visible()]
    return [text for text in found if text]


def extents(figure: Figure, texts: list[Text]) -> list:
    renderer = figure.canvas.get_renderer()
    return [Text.get_window_extent(text, renderer) for text in texts]


def lines(axes: Axes) -> dict[str, list]:
    """Lines by label, those without one under ""."""
    found: dict[str, list] = {}
    for line in axes.lines:
        label = str(line.get_label())
        found.setdefault("" if label.startswith("_") else label, []).append(line)
    return found


LOST = {
    f"at{e}": {"test_loss": math.nan, "train_loss": math.inf, "test_correct": 980}
    for e in range(8, 16)
}

FIGURES = {
    "three seeds": lambda size: curves([run(seed=n) for n in range(3)], size=size),
    "one run": lambda size: curves([run()], title="Model 7: dropout", size=size),
    "one epoch": lambda size: curves([run(1)], size=size),
    "no runs": lambda size: curves([], size=size),
    "no epochs": lambda size: curves([[], []], size=size),
    "unequal runs": lambda size: curves([run(15), run(4, seed=1)], size=size),
    "collapse": lambda size: curves([run(**LOST)], size=size),
    "only NaN": lambda size: curves(
        [run(1, at1={"test_loss": math.nan, "train_loss": math.nan})], size=size
    ),
    "bare epochs": lambda size: curves([[{"epoch": 1, "test_correct": 9900}]], size=size),
    "no loss": lambda size: curves([run(1, at1={"test_loss": 0.0, "train_loss": 0.0})], size=size),
    "no points": lambda size: frontier([], size=size),
    "one point": lambda size: frontier(entries(1), size=size),
    "60 points": lambda size: frontier(entries(60), highlight="student-07", size=size),
    "far apart": lambda size: frontier(
        [
            *entries(4),
            {"name": "stock", "parameters": 6_379_786, "accuracy": 1.0, "passed": True},
            {"name": "broken", "parameters": 0, "accuracy": 0.1, "passed": False},
        ],
        size=size,
    ),
    "rate": lambda size: learning_rate([0.1 * n / 900 for n in range(900)], 60, size=size),
    "one step": lambda size: learning_rate([0.1], 60, size=size),
    "no steps": lambda size: learning_rate([], 60, size=size),
    "rate of zero": lambda size: learning_rate([0.0, 0.0], 2, size=size),
    "bars": lambda size: ledger_bars(book(80, 1168, 0, 4640), width=size[0]),
    "stock bars": lambda size: ledger_bars(book(320, 4_719_616), width=size[0]),
    "long names": lambda size: ledger_bars(
        book(80, 1, name="features.stage.0.branch.conv" * 3), width=9
    ),
    "empty bars": lambda size: ledger_bars(book(), width=size[0]),
    "digits": lambda size: digits(np.eye(28)[None].repeat(23, 0), range(23), [1] * 23, title="23"),
    "no digits": lambda size: digits([]),
}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", FIGURES)
def test_draws_without_a_warning_and_no_word_is_cut_off(name, size):
    figure = FIGURES[name](size)
    figure.draw_without_rendering()
    page = figure.bbox.padded(1)
    shown = [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]
    ticks = {id(t) for axes in figure.axes for t in axes.get_xticklabels() + axes.get_yticklabels()}
    hidden = {id(t) for axes in figure.axes if not axes.axison for t in axes.findobj(Text)}
    hidden -= {id(t) for axes in figure.axes for t in axes.texts}
    for text, box in zip(shown, extents(figure, shown), strict=True):
        if id(text) not in ticks | hidden:  # matplotlib also keeps ticks beyond the axis
            inside = (
                page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1
            )
            assert inside, text.get_text()


def test_nothing_is_global():
    code = """
import sys, course.figures.plots as p
figure = p.frontier([])
assert "data:image/png;base64,iVBOR" in figure.to_html()
for name in ("torch", "matplotlib.pyplot"):
    assert name not in sys.modules, name
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_save_writes_a_png_that_others_may_read(tmp_path):
    path = save(learning_rate([0.1, 0.2], 2), tmp_path / "new" / "rate.png")
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG\r\n")
    assert content.endswith(b"IEND\xaeB\x60\x82")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_save_replaces_only_what_is_complete(tmp_path, monkeypatch):
    path = tmp_path / "rate.png"
    path.write_text("old")
    replace = os.replace

    def watch(source, target):
        assert path.read_text() == "old"
        assert Path(source).read_bytes().endswith(b"IEND\xaeB\x60\x82")
        assert Path(source).parent == tmp_path  # on one disk, or it is a copy
        replace(source, target)

    monkeypatch.setattr(plots.os, "replace", watch)
    save(learning_rate([0.1], 1), path)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_save_leaves_the_old_file_if_it_fails(tmp_path, monkeypatch):
    def fail(source, target):
        raise OSError("disk")

    monkeypatch.setattr(plots.os, "replace", fail)
    path = tmp_path / "rate.png"
    path.write_text("old")
    with pytest.raises(OSError, match="disk"):
        save(learning_rate([0.1], 1), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_curves_say_what_they_are():
    figure = curves([run(seed=n) for n in range(3)], title="Model 7", last=3)
    shown = words(figure)
    for text in (
        "Model 7",
        "99.40%\nto pass",
        "accuracy, %",
        "loss",
        "learning rate",
        "epoch",
        "last 3",
    ):
        assert text in shown
    assert "98.00%\nto pass" in words(curves([run()], threshold=0.98))
    accuracy, loss, rate = (lines(axes) for axes in panels(figure))
    assert {name: len(found) for name, found in accuracy.items()} == {
        "test, each of 3 seeds": 1,
        "": 3,  # the other two seeds, and the threshold
        "test, mean": 1,
        "train, mean": 1,
        "below the scale": 1,
    }
    assert sum(map(len, loss.values())) == 5
    assert sum(map(len, rate.values())) == 1
    mean, train, seed = (
        accuracy[n][0] for n in ("test, mean", "train, mean", "test, each of 3 seeds")
    )
    assert mean.get_linewidth() > 2 * seed.get_linewidth()
    assert (mean.get_linestyle(), train.get_linestyle()) == ("-", "--")  # apart without colour, too
    assert mean.get_marker() != train.get_marker()


def test_one_run_has_no_mean():
    accuracy = lines(panels(curves([run()]))[0])
    assert set(accuracy) == {"test", "train", "below the scale", ""}
    assert len(accuracy[""]) == 1  # the threshold alone


def test_curves_draw_exact_percentages_and_their_mean():
    one, two = run(2, at2={"test_correct": 9941}), run(2, seed=1, at2={"test_correct": 9944})
    mean = lines(panels(curves([one, two]))[0])["test, mean"][0]
    assert mean.get_ydata()[1] == pytest.approx(99.425)
    fraction = lines(panels(curves([[{"epoch": 1, "test_accuracy": 0.9941}]]))[0])["test"][0]
    assert list(fraction.get_ydata()) == pytest.approx([99.41])
    bare = lines(panels(curves([[{"epoch": 1, "test_correct": 9941}]]))[0])["test"][0]
    assert list(bare.get_ydata()) == pytest.approx([99.41])  # of MNIST's 10,000
    part = lines(panels(curves([[{"epoch": 1, "test_correct": 99, "test_total": 100}]]))[0])[
        "test"
    ][0]
    assert list(part.get_ydata()) == [99]


def test_the_mean_of_runs_still_training_is_of_those_that_got_there():
    mean = lines(panels(curves([run(4), run(2, seed=1)]))[0])["test, mean"][0]
    assert list(mean.get_xdata()) == [1, 2, 3, 4]
    assert mean.get_ydata()[3] == run(4)[3]["test_correct"] / 100


@pytest.mark.parametrize(
    "changes",
    [
        {"at1": {"test_correct": 1135}},
        {
            "at1": {"test_correct": 1135},
            "at2": {"test_correct": 9000},
            "at9": {"test_correct": 5000},
        },
    ],
)
def test_bad_epochs_do_not_flatten_the_rest(changes):
    axes = panels(curves([run(**changes)]))[0]
    low, high = axes.get_ylim()
    assert 97.4 < low <= 99.0
    assert 99.8 <= high <= 100.02
    below = lines(axes)["below the scale"][0].get_xdata()
    assert {int(name[2:]) for name in changes} <= set(below)
    assert 15 not in below


def test_a_collapse_does_not_flatten_what_was_before():
    axes = panels(curves([run(**LOST)]))[0]
    assert axes.get_ylim()[0] > 96
    assert set(lines(axes)["below the scale"][0].get_xdata()) >= set(range(8, 16))
    assert "no number from epoch 8 on" in words(curves([run(**LOST)]))
    assert not any("no number" in text for text in words(curves([run()])))


def test_a_weak_network_is_on_the_scale():
    weak = {f"at{e}": {"test_correct": 9400 + 10 * e} for e in range(1, 16)}
    low, high = panels(curves([run(**weak)]))[0].get_ylim()
    assert low < 95.5 < 99.4 < high


def test_the_last_epochs_are_shaded():
    for epochs, last, expected in ((15, 3, (12.5, 15.5)), (2, 3, (0.5, 2.5))):
        (shade,) = panels(curves([run(epochs)], last=last))[0].patches
        assert (shade.get_x(), shade.get_x() + shade.get_width()) == expected


def markers(axes: Axes, label: str) -> tuple[set[float], str]:
    (line,) = lines(axes)[label]
    return set(line.get_xdata()), line.get_fillstyle()


def test_frontier_tells_passed_from_failed_and_draws_the_step():
    points = [
        {"name": "a", "parameters": 8_000, "accuracy": 0.9941, "passed": True, "spread": 0.0003},
        {"name": "b", "parameters": 10_000, "accuracy": 0.9930, "passed": False},
        {"name": "c", "parameters": 20_000, "accuracy": 0.9950, "passed": True},
        {"name": "d", "parameters": 5_000, "accuracy": 0.5, "passed": False},
    ]
    figure = frontier(points, highlight="c")
    (axes,) = panels(figure)
    assert markers(axes, "passed") == ({8_000, 20_000}, "full")
    assert markers(axes, "failed") == ({10_000}, "none")
    assert markers(axes, "failed, below the scale") == ({5_000}, "none")
    step = lines(axes)["frontier"][0]
    corners = list(zip(step.get_xdata(), np.round(100 - step.get_ydata(), 2), strict=True))
    scale = np.round(100 - 8 * 0.6, 2)
    assert corners[:-1] == [
        (5000, scale),
        (8000, scale),
        (8000, 99.41),
        (20_000, 99.41),
        (20_000, 99.5),
    ]
    assert axes.get_xscale() == "log"
    spread = [line for line in axes.lines if line.get_marker() == "_"]
    assert [sorted(np.round(100 - line.get_ydata(), 2)) for line in spread] == [[99.38, 99.44]]
    ring = [line for line in axes.lines if line.get_markersize() > 10]
    assert [list(line.get_xdata()) for line in ring] == [[20_000]]
    low, high = axes.get_ylim()
    assert low > high  # errors, upside down
    shown = words(figure)
    for text in ("99.40%\nto pass", "parameters", "test accuracy, %", "a", "b", "c", "d", "10k"):
        assert text in shown


def test_frontier_joins_a_path_and_marks_groups():
    points = [
        {"name": "1", "parameters": 900_000, "accuracy": 0.993, "passed": False, "group": "step"},
        {"name": "2", "parameters": 7_000, "accuracy": 0.9880, "passed": False, "group": "step"},
        {"name": "3", "parameters": 7_000, "accuracy": 0.9950, "passed": True, "group": "step"},
        {"name": "x", "parameters": 20_000, "accuracy": 0.9941, "passed": True, "group": "other"},
    ]
    figure = frontier(points, path=["1", "2", "3"])
    (axes,) = panels(figure)
    path = lines(axes)["step by step"][0]
    corners = list(zip(path.get_xdata(), np.round(100 - path.get_ydata(), 2), strict=True))
    assert corners[0] == (900_000, 99.3)
    assert corners[-1] == (7_000, 99.5)
    assert (7_000, 98.8) in corners
    assert "frontier" not in lines(axes)
    assert markers(axes, "step, passed") == ({7_000}, "full")
    assert markers(axes, "step, failed") == ({7_000, 900_000}, "none")
    assert markers(axes, "other, passed") == ({20_000}, "full")
    shapes = {line.get_marker() for line in axes.lines} & set("os")
    assert shapes == {"o", "s"}
    assert {"1", "2", "3", "x"} <= set(words(figure))


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("count", [7, 60])
def test_names_cover_no_point_and_no_other_name(count, size):
    points = entries(count)
    figure = frontier(points, highlight="student-03", size=size)
    (axes,) = panels(figure)
    names = [text for text in axes.texts if isinstance(text, Annotation)]
    shown = [text.get_text() for text in names]
    assert "student-03" in shown
    assert len(names) >= (count if count < 10 else 8)
    figure.draw_without_rendering()
    boxes = extents(figure, names)
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    assert all(axes.bbox.x0 < box.x0 and box.x1 < axes.bbox.x1 for box in boxes)
    assert all(axes.bbox.y0 < box.y0 and box.y1 < axes.bbox.y1 for box in boxes)
    spots = axes.transData.transform([(p["parameters"], 100 - 100 * p["accuracy"]) for p in points])
    assert not any(box.contains(*spot) for box in boxes for spot in spots)
    assert not any(
        box.y0 < axes.transData.transform((1e4, 0.6))[1] < box.y1 for box in boxes
    )  # the threshold


def test_accuracies_are_labelled_without_crowding():
    for low, high in ((0.3, 0.8), (0.55, 0.65), (0.03, 4.8), (0.4, 3)):
        rungs = plots._rungs(low, high)
        assert 3 <= len(rungs) <= 8
        assert all(low <= rung <= high for rung in rungs)


def test_an_empty_leaderboard_says_so():
    assert "no entries yet" in words(frontier([]))


def test_learning_rate_draws_every_step():
    figure = learning_rate([0.0, 0.1, 0.4, 0.2, 0.1, 0.05], 2)
    plan, peak = panels(figure)[0].lines
    assert list(plan.get_xdata()) == [0, 0.5, 1, 1.5, 2, 2.5]
    assert list(plan.get_ydata()) == [0.0, 0.1, 0.4, 0.2, 0.1, 0.05]
    assert (list(peak.get_xdata()), list(peak.get_ydata())) == ([1], [0.4])
    assert "highest 0.4, at epoch 1.0; last 0.05" in words(figure)
    assert {"epoch", "learning rate"} <= set(words(figure))


def test_ledger_bars_mark_the_greedy_layer():
    figure = ledger_bars(book(80, 1168, 0, 4640, 2))
    (axes,) = panels(figure)
    assert [bar.get_width() for bar in axes.patches] == [80, 1168, 0, 4640, 2]
    assert [bool(bar.get_hatch()) for bar in axes.patches] == [False, False, False, True, False]
    assert len({bar.get_facecolor() for bar in axes.patches}) == 2
    shown = words(figure)
    for text in (
        " 80 (1%)",
        " 1,168 (20%)",
        " shared",
        " 4,640 (79%)",
        " 2 (<1%)",
        "block3   conv2d 3x3",
    ):
        assert text in shown
    assert "Where 5,890 parameters go" in shown
    top, bottom = (axes.transData.transform((0, place))[1] for place in (0, 3))
    assert top > bottom  # in the order they run


@pytest.mark.parametrize("width", [4.5, 7.5, 10])
def test_bars_leave_room_for_their_counts(width):
    figure = ledger_bars(book(80, 4_719_616), width=width)
    (axes,) = panels(figure)
    figure.draw_without_rendering()
    assert all(box.x1 < axes.bbox.x1 for box in extents(figure, axes.texts))


def test_bars_shorten_long_names_from_the_front():
    (axes,) = panels(ledger_bars(book(80, name="stage.branch." * 5), width=7.5))
    (name,) = [text.get_text() for text in axes.get_yticklabels()]
    assert name == "…" + ("stage.branch." * 5 + "0")[-29:] + "   conv2d 3x3"


def test_bars_leave_out_what_stores_nothing():
    pool = Row("max_pool2d", "max_pool2d 2x2", (8, 13, 13), 0, False, 4, 2, 0)
    figure = ledger_bars(Ledger((*book(80).rows, pool), 4, 0))
    assert len(panels(figure)[0].patches) == 1


def learned(images: np.ndarray) -> torch.Tensor:
    return torch.tensor(images, dtype=torch.float).requires_grad_()


@pytest.mark.parametrize(
    "kind", [np.asarray, torch.tensor, lambda x: torch.tensor(x)[:, None], learned]
)
def test_digits_frame_what_is_misread(kind):
    images = np.zeros((12, 28, 28), dtype=np.uint8)
    images[:, 4:8] = 255
    truth = torch.arange(12) % 10
    guess = truth.clone()
    guess[2] = 7
    figure = digits(kind(images), truth, guess)
    (axes,) = panels(figure)
    assert len(axes.images) == 12
    assert [frame.get_linewidth() > 2 for frame in axes.patches] == [n == 2 for n in range(12)]
    found = [text.get_text() for text in axes.texts]
    assert found == ["0", "1", "2 read as 7", "3", "4", "5", "6", "7", "8", "9", "0", "1"]
    rows = {text.get_position()[1] for text in axes.texts}
    assert len(rows) == 2


def test_digits_share_one_scale_of_grey():
    images = np.stack([np.zeros((28, 28)), np.full((28, 28), 0.5), np.ones((28, 28))])
    assert {image.get_clim() for image in panels(digits(images))[0].images} == {(0.0, 1.0)}


def test_every_figure_says_in_words_what_it_shows():
    figures = {
        "the last; 99.40 passes": curves([run()]),
        "The most is in": ledger_bars(book(5, 100, 20)),
        "99.40% passes": frontier(entries(3)),
        "highest": learning_rate([0.1, 0.2], 2),
        "3 read as 5": digits(np.zeros((2, 28, 28)), [1, 3], [1, 5], 'a "title"'),
    }
    for words_in_it, figure in figures.items():
        assert words_in_it in figure.alt
        assert html.escape(figure.alt, quote=True) in figure.to_html()


def test_nbgraders_pages_get_a_png_with_words_beside_it(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    figure = curves([run()])
    data, about = figure._repr_mimebundle_()
    assert data["image/png"].startswith("iVBOR")
    assert about["image/png"]["alt"] == figure.alt
    assert "text/html" not in data


def test_bars_side_by_side_differ_in_more_than_colour():
    figure = plots.compare({"before": [1, 2], "after": [2, 1]}, "ab", "x", "y", "Title")
    first, second = (bars[0].get_hatch() for bars in figure.axes[0].containers)
    assert first != second
    assert "before: 1, 2; after: 2, 1" in figure.alt
