"""Drawings that arrive together are read together, each as if it were alone."""

import threading
import time

import pytest

from autograder.graph.submission import Submission, write
from autograder.workers.readers import Drawing, Reader
from tests.helpers.networks import graph_of

SIDE = 28
SECONDS = 60


def network(outputs: str) -> bytes:
    """Return the file of a network of one convolution."""
    graph = graph_of(f"return self.conv(x).{outputs}((2, 3))")
    return write(Submission(graph, None, "Net"))


def stroke(wide: int) -> bytes:
    """Draw an upright stroke."""
    return bytes(255 if place % SIDE < wide else 0 for place in range(SIDE * SIDE))


def test_drawings_that_wait_for_one_network_are_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = network("amax"), network("mean")
    asked = [(first, 3), (second, 5), (first, 9), (first, 20), (second, 12)]
    batches: list[int] = []
    read_together = Reader.read_together

    def counted(reader: Reader, drawings: list[Drawing]) -> None:
        batches.append(len(drawings))
        read_together(reader, drawings)

    monkeypatch.setattr(Reader, "read_together", counted)
    with Reader() as reader:
        alone = [reader.read(weights, "practice", SIDE, stroke(wide)) for weights, wide in asked]
        assert batches == [1] * 5
        batches.clear()
        found: dict[int, dict[str, object]] = {}

        def ask(number: int) -> None:
            weights, wide = asked[number]
            found[number] = reader.read(weights, "practice", SIDE, stroke(wide))

        threads = [threading.Thread(target=ask, args=[number]) for number in range(5)]
        with reader.lock:  # as long as somebody else's is read
            for thread in threads:
                thread.start()
            until = time.monotonic() + SECONDS
            while len(reader.waiting) < 5:
                assert time.monotonic() < until
                time.sleep(0.01)
        for thread in threads:
            thread.join(SECONDS)
        assert sorted(batches) == [2, 3]
        assert reader.waiting == []
    for number, one in enumerate(alone):
        assert found[number]["scores"] == pytest.approx(one["scores"], abs=1e-5)
        assert found[number]["image"] == one["image"]
    assert len({str(one["image"]) for one in alone}) == 5
