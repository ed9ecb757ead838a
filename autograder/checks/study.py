"""A submission under study: what each check finds out is kept here for the checks after it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import torch

from autograder.assignment import Assignment
from autograder.checks.bounds import Work
from autograder.checks.labels import Findings
from autograder.checks.places.measure import Places, measure
from autograder.graph.canonical import canonical
from autograder.graph.network import Network
from autograder.graph.nodes import Graph
from autograder.graph.submission import Submission
from autograder.machine import side_by_side
from course.ledger import ledger
from course.recipe import Recipe
from course.rows import Ledger


@dataclass
class Study:
    """One submission, the rules it is checked by, and what is known of it so far."""

    submission: Submission
    assignment: Assignment
    device: torch.device
    threads: int = 0  # for each training; 0: by its size (machine.py)
    seeds: int = 1  # to be trained
    images: int = 60_000  # to train on
    measured: Callable[[Graph], Places] = measure
    bounded: Work | None = None  # by the check `interface`; None: it may be too much to run
    findings: Findings = field(default_factory=Findings)  # by the check `interface`
    recipe: Recipe | None = None  # by the check `recipe`; None: not read yet, or refused
    parameters: int | None = None  # by the check `parameters`; None: not counted yet

    @property
    def graph(self) -> Graph:
        """The network."""
        return self.submission.graph

    @cached_property
    def form(self) -> Graph:
        """The network as it is trained: without what does nothing, in the one order."""
        return canonical(self.graph)

    @property
    def work(self) -> int:
        """A training step's multiply-adds in the forward direction."""
        return self.table.multiply_adds * (self.recipe or Recipe()).batch_size

    @property
    def lanes(self) -> int:
        """How many seeds are trained side by side, each in a worker of its own."""
        if self.device.type == "cuda":
            return 1  # one worker, which trains all seeds together
        return side_by_side(self.work, self.seeds, self.threads)

    @cached_property
    def places(self) -> Places:
        """Where its learned numbers work."""
        return self.measured(self.graph)

    @cached_property
    def table(self) -> Ledger:
        """Where the network's parameters go, by the student's own names."""
        network = Network(self.graph)
        return ledger(network, names={number: name for name, number in network.names.items()})
