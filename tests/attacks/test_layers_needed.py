"""Each layer is needed: with it switched off, an attack that it stops gets through.

A layer that no attack needs would be work for nothing. Each test here judges a file of the suite
without one layer; that the same file is stopped with it, test_attacks.py shows.
"""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from torch import Tensor

from autograder.checks import modes, network
from autograder.checks.bounds import Work
from autograder.checks.places import measure
from autograder.checks.study import Study
from autograder.graph import fingerprint, reorder
from autograder.graph.answer import read_answer
from autograder.graph.nodes import Graph
from autograder.graph.size import Size
from autograder.jail import lockdown
from autograder.jail.parent import Jailed
from autograder.jail.strength import strength
from autograder.job import job_of
from autograder.pipeline import capture
from autograder.problem import Problem
from autograder.workers import worker
from autograder.workers.warm import CAPTURE
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


def hash_no_start(patch: Patch) -> None:
    """Derive seeds from what a network computes, however its weights start."""
    patch.setattr(fingerprint, "unusual", lambda graph: [])


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

    for counts in (network, measure):
        patch.setattr(counts, "size_of", stored_alone)


def count_no_statistics(patch: Patch) -> None:
    """Count nothing of what BatchNorm keeps of single places."""

    def without(study: Study) -> measure.Places:
        return replace(measure.measure(study.graph), statistics=0)

    patch.setattr(Study, "places", property(without))


def name_no_kernels(patch: Patch) -> None:
    """Look at labels alone for kernels that cover their map."""
    patch.setattr(measure, "covering", lambda *_: ())


def allow_any_setting(patch: Patch) -> None:
    """Let dropout drop nearly everything, and statistics never arrive."""
    patch.setattr(modes, "check_settings", lambda node: None)


def allow_constants(patch: Patch) -> None:
    """Let dropout and BatchNorm work on what no image changes."""
    patch.setattr(modes, "STEADY", -1.0)


def let_dropout_fill_a_norm(patch: Patch) -> None:
    """Let a BatchNorm be given little but what dropout changes."""
    patch.setattr(modes, "DULLED", -1.0)


def compare_no_modes(patch: Patch) -> None:
    """Let a network answer otherwise in evaluation than in training."""
    patch.setattr(modes, "MOST_APART", math.inf)


def let_a_start_know_digits(patch: Patch) -> None:
    """Train a network whatever it reads before its first step."""
    patch.setattr(worker, "complaint", lambda accuracy: None)


def bound_nothing(patch: Patch) -> None:
    """Run a network with numbers, however much it asks for."""
    patch.setattr(network, "bounds", lambda graph: Work())


# By its layer: how to switch it off, and a file that nothing else stops.
LAYERS: dict[str, tuple[Callable[[Patch], None], str]] = {
    "places": (ask_the_labels_alone, "places/one_hot_pads"),
    "kernels": (name_no_kernels, "whole_map/columns_then_rows"),
    "size": (count_stored_tensors_alone, "size/select_indices"),
    "statistics of places": (count_no_statistics, "size/statistics_of_crops"),
    "settings of both modes": (allow_any_setting, "one_network/norm_of_few_values"),
    "constants in both modes": (allow_constants, "one_network/averages_when_tested"),
    "norms in both modes": (let_dropout_fill_a_norm, "one_network/norm_after_dropout"),
    "both modes compared": (compare_no_modes, "one_network/largest_of_many_coins"),
    "untrained": (let_a_start_know_digits, "start/numbers_written_into_forward"),
    "bounds": (bound_nothing, "bounds/sent_a_little_too_much"),
    "canonical network": (hash_networks_as_written, "seeds/times_one_plus_zero"),
    "canonical recipe": (hash_recipes_as_written, "seeds/constant_schedule"),
    "start in the hash": (hash_no_start, "seeds/dead_start_for_the_class"),
    "transforms that happen": (keep_transforms_as_written, "seeds/flip_that_never_happens"),
}
ON_MNIST: dict[str, tuple[Callable[[Patch], None], str]] = {
    "drawn start": (keep_the_files_own_start, "start/many_pairs")
}


# What is found of an attack that gets through, by what was expected of it.
THROUGH = {
    "fails": "every check passes",
    "counts": r"\d+ parameters",
    "refused": "the training begins",
    "seeds": "other seeds",
    "apart": "the same seeds",
    "start": r"starts at [5-9]\d%",
}


def gets_through(name: str, switch_off: Callable[[Patch], None]) -> None:
    attack = read(HERE / "models" / f"{name}.py")
    answer = judge(attack, partial(switch_off, Patch()))
    assert not answer.right
    assert re.match(THROUGH[attack.form], answer.found), answer.found


@pytest.mark.parametrize("layer", LAYERS)
def test_without_a_layer_an_attack_gets_through(layer: str, monkeypatch: Patch) -> None:
    switch_off, attack = LAYERS[layer]
    switch_off(monkeypatch)
    gets_through(attack, switch_off)


@pytest.mark.mnist
@pytest.mark.parametrize("layer", ON_MNIST)
def test_without_a_layer_a_start_reads_digits(layer: str, monkeypatch: Patch) -> None:
    switch_off, attack = ON_MNIST[layer]
    switch_off(monkeypatch)
    gets_through(attack, switch_off)


# The jail's two locks are put in force by a process of their own, so a copy of that process's
# script without one of them is what runs instead.
LOCKS = {"landlock": "jail/reads_files", "seccomp": "jail/sends_a_packet"}


@pytest.mark.parametrize("lock", LOCKS)
def test_without_a_lock_of_the_jail_a_file_gets_out(
    lock: str, monkeypatch: Patch, tmp_path: Path
) -> None:
    if not any(name.startswith(lock) for name in strength().holding):
        pytest.skip(f"{lock} does not hold on this machine")
    script = Path(lockdown.__file__).read_text("utf-8")
    without = re.sub(rf'"{lock}": restrict_\w+', "", script).replace(", ,", ",")
    assert without != script
    copy = tmp_path / "lockdown.py"
    copy.write_text(without, "utf-8")
    monkeypatch.setattr(lockdown, "__file__", str(copy))
    strength.cache_clear()  # it was measured with the lock
    try:
        # It has done what it tried, and only then ends without a network.
        assert "there is no network in this file" in said_of(LOCKS[lock])
    finally:
        strength.cache_clear()


def said_of(attack: str) -> str:
    """Return what comes out of the real jail for a file."""
    with Jailed(CAPTURE) as jailed:
        outcome = capture(jailed, job_of(HERE / "models" / f"{attack}.py"))
    with pytest.raises(Problem) as caught:
        read_answer(outcome.result)
    return caught.value.message
