"""What a training leaves besides its numbers: the weights that were tested, and their answers.

It travels and is kept apart from the verdict: a verdict is a document of a few kilobytes, and the
weights of the stock network are 25 megabytes.
"""

from dataclasses import dataclass

SURE = 255  # the byte that stands for a probability of 1


@dataclass(frozen=True)
class Answers:
    """What one trained network answers to the test images, a byte each."""

    read: bytes  # the digit
    sure: bytes  # its probability, in 255ths

    @classmethod
    def from_bytes(cls, content: bytes) -> "Answers":
        """Take apart what `to_bytes` wrote."""
        half = len(content) // 2
        return cls(content[:half], content[half:])

    def to_bytes(self) -> bytes:
        """Write all digits, then all probabilities."""
        return self.read + self.sure


@dataclass(frozen=True)
class Learned:
    """What one training leaves."""

    weights: bytes  # a safetensors file (graph/trained.py)
    answers: Answers
