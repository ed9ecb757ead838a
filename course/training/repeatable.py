"""The same numbers every time on a GPU, in as many digits as on a processor.

Left to themselves, a GPU's libraries add in whatever order is fastest today, and round what goes
into a convolution to 10 bits. A processor repeats itself anyway.
"""

import os

import torch


def repeat_exactly() -> None:
    """Ask a GPU's libraries, where there is one, for one order of additions and float32 alone."""
    if not torch.cuda.is_available():
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when cuBLAS is first used
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.allow_tf32 = False
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.use_deterministic_algorithms(mode=True, warn_only=True)
