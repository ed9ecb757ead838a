"""Our BatchNorm does what torch's does, where it takes over and where it does not."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from course.training import norms
from course.training.repeatable import on_threads


def run(function: object, x: Tensor, upstream: Tensor) -> list[Tensor]:
    """Return output, gradients and running statistics of one training step."""
    channels = x.shape[1]
    x = x.detach().clone(memory_format=torch.preserve_format).requires_grad_()
    weight = torch.linspace(0.5, 2, channels, dtype=x.dtype).requires_grad_()
    bias = torch.linspace(-1, 1, channels, dtype=x.dtype).requires_grad_()
    mean, variance = torch.zeros(channels, dtype=x.dtype), torch.ones(channels, dtype=x.dtype)
    y = function(x, mean, variance, weight, bias, True, 0.1, 1e-5)  # type: ignore[operator]
    return [y.detach(), *torch.autograd.grad(y, (x, weight, bias), upstream), mean, variance]


@pytest.mark.parametrize("threads", [1, 2])
def test_equals_torch_in_value_gradient_and_statistics(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = []
    apply = norms._BatchNorm.apply
    monkeypatch.setattr(norms._BatchNorm, "apply", lambda *a: used.append(1) or apply(*a))
    with on_threads(threads):
        torch.manual_seed(0)
        x = torch.randn(64, 8, 26, 26) * 3 + 5  # (N, C, H, W), far from zero on purpose
        x = x.to(memory_format=torch.channels_last)
        upstream = torch.randn(64, 8, 26, 26).to(memory_format=torch.channels_last)
        ours = run(norms.batch_norm, x, upstream)
        exact = run(F.batch_norm, x.double(), upstream.double())
        torchs = run(F.batch_norm, x, upstream)
    assert used == [1]
    for our, their, true in zip(ours, torchs, exact, strict=True):
        error = (our - true).abs().max()
        assert error <= 4 * (their - true).abs().max() + 1e-5 * true.abs().max()
        assert our.stride() == their.stride()  # the next convolution finds the layout it likes


def test_takes_a_gradient_of_another_layout() -> None:
    torch.manual_seed(0)
    x = torch.randn(64, 8, 26, 26).to(memory_format=torch.channels_last)
    upstream = torch.randn(64, 8, 26, 26)
    for our, their in zip(
        run(norms.batch_norm, x, upstream), run(F.batch_norm, x, upstream), strict=True
    ):
        torch.testing.assert_close(our, their, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(
    "x",
    [
        torch.randn(64, 8, 26, 26),  # channels first
        torch.randn(64, 16, 26, 26).to(memory_format=torch.channels_last),  # torch's home ground
        torch.randn(8, 8, 26, 26).to(memory_format=torch.channels_last),  # small
        torch.randn(64, 8, 26, 26).double().to(memory_format=torch.channels_last),
    ],
)
def test_leaves_everything_else_to_torch(x: Tensor) -> None:
    upstream = torch.randn_like(x)
    pairs = zip(run(norms.batch_norm, x, upstream), run(F.batch_norm, x, upstream), strict=True)
    assert all(torch.equal(ours, torchs) for ours, torchs in pairs)


def test_normalises_without_weights_of_its_own() -> None:
    x = torch.randn(64, 8, 26, 26).to(memory_format=torch.channels_last)
    ours, theirs = (
        f(x, torch.zeros(8), torch.ones(8), None, None, True, 0.1, 1e-5)
        for f in (norms.batch_norm, F.batch_norm)
    )
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)
    assert not torch.equal(ours, theirs)  # the sums were made in another order: it is our own


def test_a_network_without_gradients_or_statistics_is_normalised_too() -> None:
    x = torch.randn(64, 8, 26, 26).to(memory_format=torch.channels_last)
    weight, bias = torch.ones(8), torch.zeros(8)
    with torch.no_grad():
        y = norms.batch_norm(x, None, None, weight, bias, True, 0.1, 1e-5)
    theirs = F.batch_norm(x, None, None, weight, bias, True, 0.1, 1e-5)
    torch.testing.assert_close(y, theirs, rtol=1e-4, atol=1e-4)
