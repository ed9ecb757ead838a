"""In the jail nothing is loaded beforehand; captures in a test's own process start alike."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def nothing_loaded_beforehand() -> Iterator[None]:
    """Hide packages that other tests loaded, which a student's import would otherwise meet."""
    roots = ("torchvision", "torchinfo", "tqdm", "matplotlib")
    hidden = {name: module for name, module in sys.modules.items() if name.split(".")[0] in roots}
    for name in hidden:
        del sys.modules[name]
    yield
    sys.modules.update(hidden)
