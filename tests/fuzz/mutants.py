"""A mutant: a captured answer, changed some times; the same number makes the same mutant again.

mutant = make(seeds, seed=1, number=4711)
graded = judged(mutant, Grading())
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass

import torch

from autograder.assignment import Assignment
from tests.fuzz import forms, recipes, sound, unsound
from tests.fuzz.draft import Draft
from tests.fuzz.grading import RULES, Graded, Grading
from tests.fuzz.spellings import respelled

SMALL = 3  # seeds that are drawn, of which the smallest is taken: large ones are slow
MORE = 0.6  # the more, the fewer changes: of one mutant it is the chance of no other one, nearly
MOST_CHANGES = 8
UNSOUND, RECIPES, TRAINED, COMPARED = 0.1, 0.5, 0.3, 0.3  # shares of the mutants


@dataclass
class Mutant:
    """An answer as a hostile child might send it."""

    name: str  # the network it began with
    draft: Draft
    data: bytes
    sound: bool
    rules: Assignment
    train: bool
    chance: random.Random  # for whatever is still to be drawn

    def __str__(self) -> str:
        return f"{self.name}: {', '.join(self.draft.done)}"


def make(seeds: Mapping[str, Draft], seed: int, number: int) -> Mutant:
    """Make one mutant."""
    chance = random.Random(f"{seed}/{number}")
    names = chance.sample(sorted(seeds), min(SMALL, len(seeds)))
    name = min(names, key=lambda name: len(seeds[name].nodes))
    draft = seeds[name].copy()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(chance.getrandbits(32))  # for the weights of new layers
        for _ in range(min(MOST_CHANGES, 1 + int(chance.expovariate(MORE)))):
            draft = sound.changed(draft, chance, sound.CHANGES)
    if chance.random() < RECIPES:
        draft.document["recipe"] = recipes.draw(chance)
    is_sound = chance.random() >= UNSOUND
    data = draft.pack() if is_sound else unsound.spoilt(draft, chance)
    return Mutant(
        name, draft, data, is_sound, chance.choice(RULES), chance.random() < TRAINED, chance
    )


def verdicts_apart(one: Graded, two: Graded) -> list[str]:
    """Name the checks that say something else of another spelling of the same network."""
    first, second = one.checks(), two.checks()
    return [
        f"another verdict when spelled otherwise: {name}: {first[name].status}, not {check.status}"
        for name, check in second.items()
        if name in first and check.status != first[name].status
    ]


RUN = ("runs", "ready", "trained")


def judged(mutant: Mutant, grading: Grading) -> Graded:
    """Grade a mutant; where its network runs, look at its one form too."""
    graded = grading.take(mutant.data, mutant.rules, mutant.train)
    if mutant.sound and graded.stage in RUN:
        other = respelled(mutant.draft, mutant.chance)
        graded.faults += forms.faults(mutant.draft, other)
        if mutant.chance.random() < COMPARED:
            graded.faults += verdicts_apart(graded, grading.take(other.pack(), mutant.rules, False))
    return graded


def replayed(data: bytes, grading: Grading) -> Graded:
    """Grade an answer that showed a fault once, in every way."""
    graded = grading.take(data, RULES[0], train=True)
    if graded.stage in RUN:
        draft = Draft.of(data)
        graded.faults += forms.faults(draft, respelled(draft, random.Random(1)))
    return graded
