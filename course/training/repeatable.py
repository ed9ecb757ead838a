"""Make a GPU repeat its numbers, and compute with as many digits as a processor.

Left to themselves, a GPU's libraries add in whatever order is fastest at the moment, and round what
goes into a convolution to 10 bits. A processor repeats its numbers with the same number of threads.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch


def repeat_exactly() -> None:
    """Ask a GPU's libraries, where there is one, for a fixed order of additions in float32."""
    if not torch.cuda.is_available():
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when cuBLAS is first used
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.allow_tf32 = False
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.use_deterministic_algorithms(mode=True, warn_only=True)


@contextmanager
def on_threads(number: int) -> Iterator[None]:
    """Compute on so many threads, and afterwards on as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread: sums are then added in the same order on two cores and on twenty.

    Networks as small as a lesson's are no faster with more of them.
    """
    with on_threads(1):
        yield
