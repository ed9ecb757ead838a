"""Each layer is needed: with it switched off, an attack that it stops gets through.

A layer that no attack needs would be work for nothing, and a test that passes without it would
test something else. So each test here judges the same file twice, with the layer and without.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from torch import Tensor

from autograder.checks import network
from autograder.checks.bounds import Work
from autograder.graph import fingerprint, reorder
from autograder.graph.nodes import Graph
from autograder.graph.size import Size
from autograder.jail import lockdown
from autograder.jail.strength import strength
from autograder.job import Options, job_of
from autograder.pipeline import grade
from course.recipe import recipe
from tests.attacks.suite import HERE, judge, read

Patch = pytest.MonkeyPatch


def keep_the_files_own_start(patch: Patch) -> None:
    """Start from the numbers that the file brings."""

    def own(graph: Graph, seed: int) -> dict[str, Tensor]:
        return graph.stored()

    patch.setattr(reorder, "initial_weights", own)


def hash_networks_as_written(patch: Patch) -> None:
    """Derive seeds from the graph as it was captured."""
    patch.setattr(fingerprint, "canonical", lambda graph: graph)


def hash_recipes_as_written(patch: Patch) -> None:
    """Derive seeds from the recipe as it was written."""
    patch.setattr(fingerprint, "comes_to", lambda recipe: recipe)


def keep_transforms_as_written(patch: Patch) -> None:
    """Keep transforms that never do anything."""
    patch.setattr(recipe, "happening", lambda transforms: transforms)


def ask_the_labels_alone(patch: Patch) -> None:
    """Find dense layers by the labels of axes, without measuring where numbers work."""
    patch.setattr(network, "suspects", lambda study: iter(study.findings.dense))


def count_stored_tensors_alone(patch: Patch) -> None:
    """Count no number that is written into operations."""

    def stored_alone(graph: Graph) -> Size:
        return Size(sum(tensor.numel() for tensor in graph.stored().values()), written=0)

    patch.setattr(network, "size_of", stored_alone)


def bound_nothing(patch: Patch) -> None:
    """Run a network with numbers, however much it asks for."""
    patch.setattr(network, "bounds", lambda graph: Work())


# By its layer: how to switch it off, and a file that nothing else stops.
LAYERS: dict[str, tuple[Callable[[Patch], None], str]] = {
    "places": (ask_the_labels_alone, "places/one_hot_pads"),
    "size": (count_stored_tensors_alone, "size/select_indices"),
    "bounds": (bound_nothing, "bounds/sent_a_little_too_much"),
    "canonical network": (hash_networks_as_written, "seeds/times_one_plus_zero"),
    "canonical recipe": (hash_recipes_as_written, "seeds/constant_schedule"),
    "transforms that happen": (keep_transforms_as_written, "seeds/flip_that_never_happens"),
}
ON_MNIST: dict[str, tuple[Callable[[Patch], None], str]] = {
    "drawn start": (keep_the_files_own_start, "start/many_pairs")
}


def judged(name: str) -> bool:
    return judge(read(HERE / "models" / f"{name}.py")).right


@pytest.mark.parametrize("layer", LAYERS)
def test_without_a_layer_an_attack_gets_through(layer: str, monkeypatch: Patch) -> None:
    switch_off, attack = LAYERS[layer]
    assert judged(attack)
    switch_off(monkeypatch)
    assert not judged(attack)


@pytest.mark.mnist
@pytest.mark.parametrize("layer", ON_MNIST)
def test_without_a_layer_a_start_reads_digits(layer: str, monkeypatch: Patch) -> None:
    switch_off, attack = ON_MNIST[layer]
    assert judged(attack)
    switch_off(monkeypatch)
    assert not judged(attack)


# The jail's two locks are put in force by a process of their own, so a copy of that process's
# script without one of them is what runs instead.
LOCKS = {
    "landlock": ("jail/reads_files", "PermissionError", "there is no network in this file"),
    "seccomp": ("jail/sends_a_packet", "PermissionError", "there is no network in this file"),
}


@pytest.mark.parametrize("lock", LOCKS)
def test_without_a_lock_of_the_jail_a_file_gets_out(
    lock: str, monkeypatch: Patch, tmp_path: Path
) -> None:
    attack, held, got_out = LOCKS[lock]
    if not any(name.startswith(lock) for name in strength().holding):
        pytest.skip(f"{lock} does not hold on this machine")
    assert held in said_of(attack)
    script = Path(lockdown.__file__).read_text("utf-8")
    without = re.sub(rf'"{lock}": restrict_\w+', "", script).replace(", ,", ",")
    assert without != script
    copy = tmp_path / "lockdown.py"
    copy.write_text(without, "utf-8")
    monkeypatch.setattr(lockdown, "__file__", str(copy))
    strength.cache_clear()  # it was measured with the lock
    try:
        assert got_out in said_of(attack)
    finally:
        strength.cache_clear()


def said_of(attack: str) -> str:
    """Return what a check in the real jail says of a file."""
    job = job_of(HERE / "models" / f"{attack}.py", options=Options(device="cpu"))
    return " ".join(check.message for check in grade(job).checks)
