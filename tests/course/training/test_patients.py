"""Each patient fails for the reason it is said to have, and is well once that piece is mended."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from course import lesson
from course.data import load
from course.training import patients

HEALTHY = patients.Training()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for inputs, outputs, pool in ((1, 8, 2), (8, 16, 2), (16, 16, 3)):
            layers += [nn.Conv2d(inputs, outputs, 3), nn.BatchNorm2d(outputs), nn.ReLU()]
            layers.append(nn.MaxPool2d(pool))
        self.maps, self.head = nn.Sequential(*layers), nn.Linear(16, 10)


def seen(training):
    torch.manual_seed(0)
    few = lesson.few(load("practice"), 1_500, 500)
    return patients.run(training, Net(), few)


@pytest.mark.parametrize("name", patients.PATIENTS)
def test_a_patient_hardly_reads_and_mended_it_reads(name):
    ill, piece = patients.PATIENTS[name], patients.fault(name)
    found = seen(ill)
    assert found.test_right < 250
    assert found.train_right < 750
    mended = replace(ill, **{piece: getattr(HEALTHY, piece)})
    assert mended == HEALTHY
    assert found.losses[-1] > 2 or piece == "ready"  # what is wrong there comes after training


def test_without_a_fault_it_reads():
    assert seen(HEALTHY).test_right > 400


def test_each_fault_is_another_piece_and_its_source_is_shown():
    faults = [patients.fault(name) for name in patients.PATIENTS]
    assert sorted(faults) == ["batch", "rate", "ready", "scores", "start"]
    assert patients.source("B") == "rate = 2.0\n"
    assert "reshape" in patients.source("D")
