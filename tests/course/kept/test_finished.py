"""What is kept of the finished network is what its own file loads, and what it misreads."""

import pytest
import torch

from course.data import load
from course.kept import finished
from course.records import record
from course.training import evaluate
from course.training.loop import answers


def test_its_weights_fit_its_file_and_read_digits():
    network = finished.network()
    assert sum(p.numel() for p in network.parameters()) == record("under_8k").parameters
    assert not network.training
    with torch.no_grad():
        assert network(torch.zeros(2, 1, 28, 28)).shape == (2, 10)


def test_mistakes_are_listed_with_what_most_seeds_share_first():
    found, seeds = finished.misread()
    assert 0 < len(found) < 200
    assert [one.misses for one in found] == sorted((one.misses for one in found), reverse=True)
    assert all(one.read != one.label and 1 <= one.misses <= seeds for one in found)


@pytest.mark.mnist
def test_its_weights_misread_what_is_written_down():
    digits, network = load("mnist", download=False), finished.network()
    assert evaluate(network, digits)[1] >= 9_940
    read, _ = answers(network, digits)
    wrong = set((read != digits.test_labels).nonzero().flatten().tolist())
    assert wrong <= {one.place for one in finished.misread()[0]}
