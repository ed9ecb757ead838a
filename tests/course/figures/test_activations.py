"""Activation statistics are the numbers they say, and reading them changes nothing."""

import pytest
import torch
from torch import nn

from course.figures.activations import activation_statistics, draw_activations


@pytest.fixture
def network():
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.5), nn.Conv2d(4, 2, 3)]
    return nn.Sequential(*layers, nn.ReLU(), nn.Flatten(), nn.LazyLinear(10))


def test_it_reads_the_image_each_layer_of_its_kind_and_the_scores(network):
    x = torch.randn(16, 1, 28, 28)
    found = activation_statistics(network, x)
    assert list(found) == ["image", "1", "2", "scores"]
    assert found["image"] == pytest.approx((x.mean().item(), x.std(correction=0).item()), rel=1e-4)
    # A normal distribution cut at 0 has the mean 0.40 and the deviation 0.58.
    assert found["1"] == pytest.approx((0.40, 0.58), abs=0.03)
    assert list(activation_statistics(network, x, nn.Conv2d)) == ["image", "1", "2", "scores"]


def test_the_network_stays_as_it_was(network):
    x = torch.randn(16, 1, 28, 28)
    network.eval()(x)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    state = torch.random.get_rng_state()
    activation_statistics(network, x)
    assert not network.training
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert not any(module._forward_hooks for module in network.modules())


@pytest.mark.parametrize("size", [(8.5, 3.8), (5, 6)])
def test_the_figure_has_both_panels_a_line_for_each_network_and_words(size):
    fading = {"image": (0.0, 1.0), "1": (0.2, 0.1), "scores": (0.0, 0.01)}
    steady = {"image": (0.0, 1.0), "1": (0.4, 0.6), "scores": (0.0, 0.7)}
    figure = draw_activations({"plain": fading, "normed": steady}, "Before and after", size)
    assert [axes.get_ylabel() for axes in figure.axes] == ["mean", "deviation"]
    assert figure.axes[1].get_yscale() == "log"
    for axes in figure.axes:
        assert [line.get_label() for line in axes.lines] == ["plain", "normed"]
        assert len({(line.get_linestyle(), line.get_marker()) for line in axes.lines}) == 2
    assert "plain: image 1, 1 0.1, scores 0.01" in figure.alt
    assert "Before and after" in figure.alt


def test_a_layer_of_equal_values_is_drawn_on_an_even_scale():
    figure = draw_activations({"dead": {"image": (0.0, 1.0), "1": (0.0, 0.0)}})
    assert figure.axes[1].get_yscale() == "linear"
