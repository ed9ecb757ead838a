"""What a network reads before its first step: a tenth of the digits, if it learns from training.

The grader draws every start anew (graph/start.py). This measures that nothing came through all the
same: whatever reads far more than chance was trained somewhere else.
"""

import torch

from autograder.graph.network import Network
from course.data import Digits
from course.training.loop import pixels, standardise

IMAGES = 1_000  # of the training set
# Chance is 10%. Of 656 honest starts, from 82 networks, the luckiest read 22%.
MOST = 0.35


@torch.no_grad()
def accuracy_untrained(network: Network, digits: Digits) -> float:
    """Return the share of digits that a fresh network reads, as it is tested or as it is trained.

    A norm's statistics are still those of no image at all, so a test alone would say little.
    """
    x = standardise(pixels(digits.train_images[:IMAGES]), digits)  # (1000, 1, 28, 28)
    y = digits.train_labels[:IMAGES]
    right = [
        float((network.train(mode)(x).argmax(1) == y).float().mean()) for mode in (False, True)
    ]
    return max(right)


def complaint(accuracy: float) -> str | None:
    """Say what is wrong with a start that reads this share of the digits, if anything is."""
    if accuracy <= MOST:
        return None
    return (
        f"the network reads {accuracy:.1%} of the digits before its first step: expected about "
        f"10%, and at most {MOST:.0%}, since what it knows must come from this training"
    )
