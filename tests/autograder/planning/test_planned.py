"""What a plan says is so: of the course's networks, and of drawn ones when they run."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from autograder.assignment import load
from autograder.capture.entry import capture
from autograder.checks.network import interface, no_dense, parameters
from autograder.checks.places.answers import follow, kernels_of, parts_of
from autograder.checks.places.measure import STRAIGHT
from autograder.checks.places.tally import Tally
from autograder.checks.study import Study
from autograder.planning import Plan, plan
from autograder.planning.foreseen import fits, foreseen
from autograder.planning.writing import written
from course.ledger import ledger
from course.rows import Ledger
from tests.helpers.plans import drawn_plans

SOLUTIONS = Path(__file__).parents[3] / "solutions"
# The course's networks as a line, as far as there are words for them.
COURSE = {
    "ladder/01_stock": "nobn c32p1 c64p1 p c128p1 c256p1 p 512 1024 c10k3",
    "ladder/02_fewer_at_the_end": "nobn c32p1 c64p1 p c128p1 c256p1 p 128 16 c10k3",
    "ladder/03_fewer_everywhere": "nobn c8p1 c16p1 p c32p1 c64p1 p 32 16 c10k3",
    "ladder/04_padding_moved": "nobn 8 16 p c32p1 c64p1 p c32p1 c16p1 p c10k3",
    "ladder/05_whole_map_head": "nobn nobias 10 10 20 p 1x10 10 20 1x10 c10k7",
    "ladder/06_batch_norm": "nobias 10 10 20 p 1x10 10 20 1x10 c10k7",
    "ladder/07_dropout": "nobias 10 do5 10 do5 20 do5 p 1x10 do5 10 do5 20 do5 1x10 do5 c10k7",
    "ladder/08_global_pooling": "10 do5 10 do5 20 do5 p 1x10 do5 10 do5 20 do5 1x10 do5 gap",
    "ladder/09_capacity": "8 12 16 p 16 16 gap",
    "seeds/001_convolutional_head": "c8p1 do c24p1 do p 1x8 do 16 do 24 do 1x8 do 16 do 32 do gap",
    "seeds/002_squeeze_and_expand": "24 24 p do 1x10 32 32 p do 1x24 gap",
    "beside/depthwise": "silu 12 d24 a d40 d48 a d50 gap",
    "under_8k": "8 12 p 16 16 p 16 gap",
}


def network(source: str) -> nn.Module:
    """Make the network of a file."""
    module: dict[str, type[nn.Module]] = {"__name__": "model"}  # type: ignore[dict-item]
    exec(source, module)
    return module["Net"]()


def sizes(table: Ledger) -> list[tuple[object, ...]]:
    """Return what a table says beside names, of the layers that store numbers."""
    return [
        (row.operation, row.shape, row.parameters, row.receptive_field, row.multiply_adds)
        for row in table.rows
        if row.parameters
    ]


@pytest.mark.parametrize("name", COURSE)
def test_the_courses_networks_have_a_line(name: str) -> None:
    real = ledger(network((SOLUTIONS / name / "model.py").read_text()))
    found = plan(COURSE[name]).ledger
    assert sizes(found) == sizes(real)
    assert (found.parameters, found.multiply_adds) == (real.parameters, real.multiply_adds)


def test_the_shipped_solution_has_its_count() -> None:
    found = plan("8 12 p 16 16 p 16 gap")
    assert (found.parameters, found.left, fits(found)) == (7_578, 421, True)


def test_a_written_plan_is_the_planned_network_number_for_number() -> None:
    plans = drawn_plans(40)
    assert len({type(part) for plan in plans for part in plan.parts}) == 8  # every kind of layer
    for drawn in plans:
        # Names, shapes, counts, receptive fields, multiply-adds, and what a training keeps.
        assert ledger(network(written(drawn))) == drawn.ledger, drawn.line


def test_what_is_foreseen_is_what_the_checks_find() -> None:
    torch.set_num_threads(1)
    by = load("under-8k")
    lines = [
        "8 12 p 16 16 p 16 gap",
        "silu c8s2 r12 do gap",  # a stride, a residual block with a shortcut
        "nobn 8 dp1 p d10k5p2 p3s2 c10k5",  # a kernel over its whole map
        "40 40 1x10",  # too many parameters, and no ten scores
    ]
    for line in lines:
        drawn = plan(line, by)
        if not drawn.finished:
            assert not fits(drawn)
            continue
        study = Study(capture(written(drawn).encode()), by, torch.device("cpu"))
        found = [check(study) for check in (interface, parameters, no_dense)]
        told = [check for check in foreseen(drawn) if check.id != "note"]
        assert [(c.id, c.status) for c in told] == [(c.id, c.status) for c in found], line
        # The same words about kernels, behind the word instead of the line.
        said = [c.message.partition(": ")[2] for c in (told[2], found[2])]
        assert said[0] == said[1], line
        assert study.parameters == drawn.parameters


def test_where_a_number_works_is_what_is_measured_where_nothing_is_in_the_way() -> None:
    # Padded, since borders that later layers do not look at count less in the whole network.
    drawn = plan("c6s2p1 c8p1 p c8p1 c10k7")
    graph = capture(written(drawn).encode()).graph
    parts = parts_of(graph)
    answers = follow(graph, parts, STRAIGHT)
    measured = []
    for part, change, strong in zip(parts, answers.changes, answers.strong, strict=True):
        tally = Tally.of(part)
        tally.take(change, strong)
        if part.name in kernels_of(graph):
            measured.append(float(tally.tap.median()))
    slides = [slide.share for layer in drawn.layers for slide in layer.slides]
    assert measured == pytest.approx(slides, abs=0.15)
    assert [slide.covers for layer in drawn.layers for slide in layer.slides][-1]


@pytest.mark.parametrize(
    ("line", "rules", "failed", "hint"),
    [
        ("8 12", {}, "interface", "end the line with gap"),
        ("64 64 gap", {}, "parameters", "fewer channels there pay most"),
        ("8 p p c10k6", {"whole_map_allowed": False}, "no-dense", "gap"),
        ("8 gap", {"require": ("dropout", "batch_norm")}, "required", "do5"),
        ("nobn 8 do p p c10k6", {"require": ("global_pooling",)}, "required", "gap"),
    ],
)
def test_what_the_rules_refuse_is_foreseen(
    line: str, rules: dict[str, object], failed: str, hint: str
) -> None:
    found = plan(line, replace(load("under-8k"), **rules))  # type: ignore[arg-type]
    [bad] = [check for check in foreseen(found) if check.bad]
    assert bad.id == failed
    assert hint in bad.hint


def test_a_plan_reads_as_text_and_as_json() -> None:
    found: Plan = plan("8 p gap")
    assert "178 parameters: 7,821 left in under-8k" in str(found)
    document = found.to_dict()
    assert [layer["word"] for layer in document["layers"]] == ["8", "p", "gap"]  # type: ignore[attr-defined]
    assert document["parameters"] == found.parameters == found.ledger.parameters
