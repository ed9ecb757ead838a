"""The checks that need no training, in order; each says what was expected, found, and to try.

They look at data alone: the graph, its weights and the recipe. A failed one does not hide the
others, since a student mends several things at a time; only what it makes impossible is skipped.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
import torch.nn.functional as F

from autograder.assignment import Assignment
from autograder.checks.flow import Findings, follow
from autograder.checks.probe import probe
from autograder.graph.arguments import Refused, Value
from autograder.graph.nodes import Graph, Network, Submission
from autograder.machine import sensible_threads, side_by_side
from autograder.problem import Problem
from autograder.verdict import SKIPPED, Check
from autograder.words import first_line
from course.ledger import Ledger, Row, ledger
from course.recipe import Recipe, RecipeError
from course.recipe.schedule import plan, steps_per_epoch
from course.training.augment import Augment

TIMED = 2e9  # multiply-adds to time a step with: some tenths of a second at most


@dataclass
class Study:
    """A submission under study: what each check finds out for those after it."""

    submission: Submission
    assignment: Assignment
    device: torch.device
    threads: int = 0  # 0: as many as pay
    seeds: int = 1  # to be trained
    images: int = 60_000
    findings: Findings = field(default_factory=Findings)
    recipe: Recipe | None = None
    parameters: int = 0

    @property
    def graph(self) -> Graph:
        """The network."""
        return self.submission.graph

    @property
    def work(self) -> int:
        """A training step's multiply-adds in the forward direction."""
        return self.table.multiply_adds * (self.recipe or Recipe()).batch_size

    @property
    def lanes(self) -> int:
        """How many seeds are trained side by side, each in a worker of its own."""
        if self.device.type == "cuda":
            return 1  # which takes them all together
        return side_by_side(self.work, self.seeds, self.threads)

    @cached_property
    def table(self) -> Ledger:
        """Where the network's parameters go, by the student's own names."""
        network = Network(self.graph)
        return ledger(network, names={number: name for name, number in network.names.items()})


def interface(study: Study) -> Check:
    """The network turns any number of images into ten scores each, one image at a time."""
    expected = "(N, 1, 28, 28) to (N, 10)"
    try:
        study.findings = follow(study.graph)
    except Refused as refusal:
        return Check("interface", "fail", expected, "", str(refusal))
    answer = study.findings.flows[study.graph.output.index]
    if len(answer.shape) != 2 or answer.shape[1] != 10 or answer.stored:
        found = f"(N, {', '.join(str(side) for side in answer.shape[1:])})"
        return Check("interface", "fail", expected, found, f"expected ten scores, found {found}")
    probe(study.graph)
    return Check("interface", "pass", expected, expected)


def parameters(study: Study) -> Check:
    """Every stored number counts once: shared and frozen ones, buffers and constants too."""
    limit = study.assignment.fewer_parameters_than
    study.parameters = study.graph.count()
    expected, found = f"fewer than {limit:,}", f"{study.parameters:,}"
    if study.parameters < limit:
        return Check("parameters", "pass", expected, found)
    over = study.parameters - limit + 1
    return Check(
        "parameters",
        "fail",
        expected,
        found,
        f"{found} parameters are {over:,} too many",
        diet(study.table.greedy, study.parameters),
    )


def diet(row: Row | None, total: int) -> str:
    """Advise on the layer that eats most of the budget."""
    if row is None:
        return ""
    share = f"{row.name} ({row.operation}) holds {row.parameters:,} of the {total:,}"
    if row.operation.startswith("conv2d 1x1"):
        return f"{share}: it costs inputs × outputs, so narrow what it joins"
    if row.operation.startswith("conv2d"):
        return (
            f"{share}: fewer channels there pay most, or squeeze them first with a 1x1 convolution"
        )
    if row.operation.startswith("linear"):
        return f"{share}: average over the positions first, then a 1x1 convolution needs far fewer"
    return share


def no_dense(study: Study) -> Check:
    """No product of learned numbers with features of many positions, however it is spelled."""
    if study.assignment.dense_allowed:
        return Check("no-dense", "skip", "a dense layer is allowed here")
    expected = "no fully connected layer"
    refused = {"dense"} if study.assignment.whole_map_allowed else {"dense", "whole map"}
    # Each place once: a layer that is called again is one layer to mend, told in the same words.
    places = {found.said: found for found in study.findings.dense}
    dense = [found for found in places.values() if found.kind in refused]
    if dense:
        first = dense[0]
        many = f" (and {len(dense) - 1} more)" if len(dense) > 1 else ""
        return Check(
            "no-dense",
            "fail",
            expected,
            f"{first.node.operation.name}{many}",
            f"{first.said}{many}",
            "average over all positions (nn.AdaptiveAvgPool2d(1)), then a 1x1 convolution to ten",
            first.node.line,
        )
    return Check("no-dense", "pass", expected, "none", "; ".join(places))


def required(study: Study) -> Check:
    """What the lesson is about is there: BatchNorm, dropout, global pooling."""
    nodes = study.graph.reached()
    has = {
        "batch_norm": any(node.operation.family == "batch_norm" for node in nodes),
        "dropout": any(
            node.operation.family == "dropout" and 0 < node.args["p"] < 1 for node in nodes
        ),
        "global_pooling": pools_globally(study),
    }
    advice = {
        "batch_norm": "nn.BatchNorm2d after each convolution",
        "dropout": "nn.Dropout or nn.Dropout2d",
        "global_pooling": "nn.AdaptiveAvgPool2d(1) before the last 1x1 convolution",
    }
    missing = [name for name in study.assignment.require if not has[name]]
    expected = ", ".join(study.assignment.require)
    if not missing:
        return Check("required", "pass", expected, expected)
    hint = "add " + "; ".join(advice[name] for name in missing)
    return Check(
        "required",
        "fail",
        expected,
        "without " + ", ".join(missing),
        f"{missing[0]} is missing",
        hint,
    )


def pools_globally(study: Study) -> bool:
    """Tell whether some pooling, without learned numbers, sees all positions at once."""
    for index, node in enumerate(study.graph.nodes):
        if node.operation.family not in ("pool", "reduce"):
            continue
        [source] = node.references()
        if not isinstance(source, Value):
            continue  # a weight's own mean, in weight standardisation
        before = study.findings.flows[source.index].axes
        after = study.findings.flows[index + 1].axes
        had = any(axis & frozenset("HW") for axis in before)
        if had and not any(axis & frozenset("HW") for axis in after):
            return True
    return False


def recipe(study: Study) -> Check:
    """The recipe is one the grader can follow, within the assignment's epochs."""
    most, line = study.assignment.most_epochs, study.submission.recipe_line
    expected = f"at most {most} epochs"
    try:
        found = Recipe.read(study.submission.recipe)
        plan(found, study.images)
    except RecipeError as error:
        return Check("recipe", "fail", expected, "", error.message, error.hint, line)
    if found.epochs > most:
        message = f"{found.epochs} epochs are more than the {most} allowed"
        hint = "a rate that falls to zero within the epochs there are gains most"
        return Check("recipe", "fail", expected, f"{found.epochs} epochs", message, hint, line)
    if study.assignment.require_augmentation and not changes_images(found):
        message = "this assignment wants augmented images"
        hint = 'add augment=[dict(name="RandomRotation", degrees=7)]'
        return Check("recipe", "fail", "augmentation", "none", message, hint, line)
    study.recipe = found
    return Check("recipe", "pass", expected, summary(found, study.submission.recipe is None))


def changes_images(found: Recipe) -> bool:
    """Tell whether the augmentation does anything: a rotation by no degrees is none."""
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(64, 1, 28, 28, generator=generator)
    return not torch.equal(Augment(found.augment)(x, generator), x)


def summary(found: Recipe, default: bool) -> str:
    """Write a recipe in one line."""
    epochs = "1 epoch" if found.epochs == 1 else f"{found.epochs} epochs"
    words = [f"{epochs} of batches of {found.batch_size}"]
    words.append(f"{found.optimizer['name']} lr {found.optimizer['lr']:g}")
    words += [found.scheduler["name"]] if found.scheduler else ["constant rate"]
    words += [transform["name"] for transform in found.augment]
    words += [found.average["name"]] if found.average else []
    return ", ".join(words) + (" (the default recipe)" if default else "")


def cost(study: Study) -> Check:
    """Training fits this machine's memory and the assignment's time."""
    assert study.recipe is not None
    batch = study.recipe.batch_size
    numbers = sum(torch.Size(f.shape[1:]).numel() for f in study.findings.flows if not f.stored)
    # Every value is kept for the backward pass, and its gradient stands beside it for a while.
    gigabytes = 2 * 4 * numbers * max(batch, 1_000) / 2**30
    most_seconds, most_gigabytes = study.assignment.seconds, study.assignment.memory_gigabytes
    expected = f"at most {duration(most_seconds)} and {most_gigabytes:g} GB"
    if gigabytes > most_gigabytes:
        hint = "pool earlier, use fewer channels while the map is large, or a smaller batch"
        message = f"training needs about {gigabytes:.1f} GB of memory"
        return Check("cost", "fail", expected, f"about {gigabytes:.1f} GB", message, hint)
    seconds = estimate_seconds(study, study.recipe)
    found = f"about {duration(seconds)} and {gigabytes:.1f} GB"
    if seconds > 2 * most_seconds:  # twice: the machine may just be busy with something else
        hint = "pool earlier or use fewer channels: multiply-adds are what takes time"
        message = f"training would take {duration(seconds)} on this machine"
        return Check("cost", "fail", expected, found, message, hint)
    return Check("cost", "pass", expected, found)


def estimate_seconds(study: Study, recipe: Recipe) -> float:
    """Estimate a run's seconds on this device from one small timed step."""
    work = study.table.multiply_adds + 1
    on_gpu = study.device.type == "cuda"
    # A processor's own time on one thread: a machine that is busy with something else counts
    # nothing against the student.
    clock = time.perf_counter if on_gpu else time.thread_time
    torch.set_num_threads(1)
    batch = min(recipe.batch_size, max(2, int(TIMED / work)))
    network = Network(study.graph).to(study.device).train()
    x = torch.randn(batch, 1, 28, 28, device=study.device)  # (batch, 1, 28, 28)
    y = torch.zeros(batch, dtype=torch.int64, device=study.device)
    seconds = float("inf")
    for _ in range(3):  # the first one warms up; the quickest is nearest to the truth
        start = clock()
        F.cross_entropy(network(x), y).backward()  # type: ignore[no-untyped-call]
        if on_gpu:
            torch.cuda.synchronize(study.device)
        seconds = min(seconds, clock() - start)
    threads = study.threads or sensible_threads(study.work, study.lanes)
    torch.set_num_threads(threads)
    steps = recipe.epochs * steps_per_epoch(study.images, recipe.batch_size)
    return seconds * recipe.batch_size / batch * steps / (1 if on_gpu else (1 + threads) / 2)


def duration(seconds: float) -> str:
    """Write seconds as a person would say them."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3600:.1f} h"


Checking = Callable[[Study], Check]
ORDER: tuple[tuple[str, Checking, tuple[str, ...]], ...] = (
    # A check, and those it cannot do without.
    ("interface", interface, ()),
    ("parameters", parameters, ("interface",)),
    ("no-dense", no_dense, ("interface",)),
    ("required", required, ("interface",)),
    ("recipe", recipe, ("interface",)),
    ("cost", cost, ("interface", "recipe")),
)


def study_all(study: Study, report: Callable[[Check], Any]) -> bool:
    """Run every check in order and report each; return whether training may begin."""
    fallen: set[str] = set()  # checks that failed, or had nothing to stand on
    for name, check, needs in ORDER:
        if name == "required" and not study.assignment.require:
            continue
        blocked = not fallen.isdisjoint(needs)
        found = Check(name, "skip", message=SKIPPED) if blocked else guarded(name, check, study)
        if blocked or found.status in ("fail", "error"):
            fallen.add(name)
        report(found)
    return not fallen


def guarded(name: str, check: Checking, study: Study) -> Check:
    """Run one check; torch's own complaint about a hostile graph is a failure, not a crash."""
    try:
        return check(study)
    except (Refused, Problem) as refusal:
        return Check(name, "fail", message=str(refusal))
    except (MemoryError, torch.OutOfMemoryError):
        return Check(name, "error", message="this machine ran out of memory")
    except Exception as error:  # whatever torch raises where a graph makes no sense
        message = f"the network cannot run: {first_line(error, 200)}"
        return Check(name, "fail", message=message)
