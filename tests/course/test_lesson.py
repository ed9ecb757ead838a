import pytest
import torch
from torch import nn

from course import lesson
from course.data import DataError, load
from course.recipe import Recipe


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 28)

    def forward(self, x):
        return self.conv(x).flatten(1)


def test_a_short_training_shows_how_far_it_is(capsys):
    digits = lesson.few(load("practice"), train=200, test=50)
    threads = torch.get_num_threads()
    epochs = lesson.fit(Tiny(), digits, Recipe(epochs=2, augment=(), scheduler=None))
    assert [epoch.epoch for epoch in epochs] == [1, 2]
    assert epochs[-1].test_total == 50
    assert torch.get_num_threads() == threads


def test_a_bar_says_where_it_stands():
    bar = lesson.Progress(10)
    bar.step(5)
    bar.say("epoch 1 of 2")
    assert repr(bar) == " 50%  epoch 1 of 2"
    assert 'value="5" max="10"' in bar._repr_html_()


def test_digits_are_mnist_where_it_is_and_practice_digits_elsewhere(monkeypatch, capsys):
    monkeypatch.setenv("AUTOGRADE_DIGITS", "practice")
    assert lesson.digits().name == "practice"
    assert "practice digits" in capsys.readouterr().out
    monkeypatch.delenv("AUTOGRADE_DIGITS")
    real = lesson.load

    def offline(name, device):
        if name == "mnist":
            raise DataError("no network")
        return real(name, device)

    monkeypatch.setattr(lesson, "load", offline)
    assert lesson.digits().name == "practice"
    assert "no network" in capsys.readouterr().out


def test_a_wrong_name_for_the_digits_is_a_sentence(monkeypatch):
    monkeypatch.setenv("AUTOGRADE_DIGITS", "practise")
    with pytest.raises(DataError, match="Did you mean 'practice'"):
        lesson.digits()


def test_the_checkpoint_shows_you_beside_the_course():
    figure = lesson.checkpoint("you", 110_026, 0.943, reached=3)
    assert "you: 110,026 parameters, 94.30%" in figure.alt
    assert "fewer everywhere" in figure.alt
    assert "under 8k" in figure.alt
    assert "padding moved" not in figure.alt, "what it reads is to be predicted first"


def test_the_last_checkpoints_show_every_network_once():
    for reached in (12, 13):
        alt = lesson.checkpoint("you", 110_026, 0.943, reached).alt
        assert alt.count("under 8k") == 1
        assert "decaying rate" in alt
