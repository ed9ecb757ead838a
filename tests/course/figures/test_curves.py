"""The curves of a training draw any runs, and bad epochs hide nothing of the others."""

import math

import pytest

from course.figures.curves import draw_curves
from tests.helpers.drawings import NARROW, WIDE, assert_no_text_is_cut_off, lines, run, texts

LOST = {
    f"at{e}": {"test_loss": math.nan, "train_loss": math.inf, "test_correct": 980}
    for e in range(8, 16)
}

FIGURES = {
    "three seeds": lambda size: draw_curves([run(seed=n) for n in range(3)], size=size),
    "one run": lambda size: draw_curves([run()], title="Model 7: dropout", size=size),
    "one epoch": lambda size: draw_curves([run(1)], size=size),
    "no runs": lambda size: draw_curves([], size=size),
    "no epochs": lambda size: draw_curves([[], []], size=size),
    "unequal runs": lambda size: draw_curves([run(15), run(4, seed=1)], size=size),
    "collapse": lambda size: draw_curves([run(**LOST)], size=size),
    "only NaN": lambda size: draw_curves(
        [run(1, at1={"test_loss": math.nan, "train_loss": math.nan})], size=size
    ),
    "bare epochs": lambda size: draw_curves([[{"epoch": 1, "test_correct": 9900}]], size=size),
    "no loss": lambda size: draw_curves(
        [run(1, at1={"test_loss": 0.0, "train_loss": 0.0})], size=size
    ),
}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", FIGURES)
def test_draws_without_a_warning_and_no_text_is_cut_off(name, size):
    assert_no_text_is_cut_off(FIGURES[name](size))


def test_curves_say_what_they_are():
    figure = draw_curves([run(seed=n) for n in range(3)], title="Model 7", last=3)
    shown = texts(figure)
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
    assert "98.00%\nto pass" in texts(draw_curves([run()], threshold=0.98))
    accuracy, loss, rate = (lines(axes) for axes in figure.axes)
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
    accuracy = lines(draw_curves([run()]).axes[0])
    assert set(accuracy) == {"test", "train", "below the scale", ""}
    assert len(accuracy[""]) == 1  # the threshold alone


def test_curves_draw_exact_percentages_and_their_mean():
    one, two = run(2, at2={"test_correct": 9941}), run(2, seed=1, at2={"test_correct": 9944})
    mean = lines(draw_curves([one, two]).axes[0])["test, mean"][0]
    assert mean.get_ydata()[1] == pytest.approx(99.425)
    fraction = lines(draw_curves([[{"epoch": 1, "test_accuracy": 0.9941}]]).axes[0])["test"][0]
    assert list(fraction.get_ydata()) == pytest.approx([99.41])
    bare = lines(draw_curves([[{"epoch": 1, "test_correct": 9941}]]).axes[0])["test"][0]
    assert list(bare.get_ydata()) == pytest.approx([99.41])  # of MNIST's 10,000
    part = lines(draw_curves([[{"epoch": 1, "test_correct": 99, "test_total": 100}]]).axes[0])[
        "test"
    ][0]
    assert list(part.get_ydata()) == [99]


def test_the_mean_of_runs_still_training_is_of_those_that_got_there():
    mean = lines(draw_curves([run(4), run(2, seed=1)]).axes[0])["test, mean"][0]
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
    axes = draw_curves([run(**changes)]).axes[0]
    low, high = axes.get_ylim()
    assert 97.4 < low <= 99.0
    assert 99.8 <= high <= 100.02
    below = lines(axes)["below the scale"][0].get_xdata()
    assert {int(name[2:]) for name in changes} <= set(below)
    assert 15 not in below


def test_a_collapse_does_not_flatten_what_was_before():
    axes = draw_curves([run(**LOST)]).axes[0]
    assert axes.get_ylim()[0] > 96
    assert set(lines(axes)["below the scale"][0].get_xdata()) >= set(range(8, 16))
    assert "no number from epoch 8 on" in texts(draw_curves([run(**LOST)]))
    assert not any("no number" in text for text in texts(draw_curves([run()])))


def test_a_weak_network_is_on_the_scale():
    weak = {f"at{e}": {"test_correct": 9400 + 10 * e} for e in range(1, 16)}
    low, high = draw_curves([run(**weak)]).axes[0].get_ylim()
    assert low < 95.5 < 99.4 < high


def test_the_last_epochs_are_shaded():
    for epochs, last, expected in ((15, 3, (12.5, 15.5)), (2, 3, (0.5, 2.5))):
        (shade,) = draw_curves([run(epochs)], last=last).axes[0].patches
        assert (shade.get_x(), shade.get_x() + shade.get_width()) == expected


def test_the_figure_says_in_words_what_it_shows():
    assert "the last; 99.40 passes" in draw_curves([run()]).alt
