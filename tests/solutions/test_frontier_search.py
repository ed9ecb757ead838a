"""The frontier is searched on held-out digits, its log is what is told, and its files run alone."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from autograder.assignment import Assignment
from autograder.capture.entry import capture
from autograder.checks.flow import follow_labels
from autograder.checks.places.measure import measure
from autograder.graph.network import Network
from autograder.graph.size import Size, size_of
from course.data import FILES, load
from course.epoch import Epoch
from course.errors import UsageError
from course.lesson import few
from course.recipe import Recipe
from course.training.captured import train_captured
from solutions.frontier import pieces, search, told
from solutions.frontier.design import Design, source
from solutions.systems import passes, passes_on_average
from solutions.trainings import fresh, trained
from tests.helpers.recording import record_without_a_gpu

SHORT = Design(widths=(3, 4, 5), pools=(2, 3), epochs=1, batch=256, average=0.0)
KINDS = [
    *(Design(layer=layer, widths=(6, 6, 6, 6)) for layer in pieces.LAYERS),
    *(Design(pool=pool) for pool in pieces.POOLS),
    *(Design(head=head) for head in pieces.HEADS),
    *(Design(schedule=schedule) for schedule in pieces.SCHEDULES),
    *(Design(optimizer=optimizer, lr=0.01) for optimizer in pieces.OPTIMIZERS),
    Design(slide=True),
    Design(both=True),
    Design(turned="maps"),
    Design(turned="maps", widen=1.0),
    Design(turned="maps", layer="grouped", widths=(6, 8, 8, 8)),
    Design(turned="looks", activation="ReLU"),
    Design(turned="looks", widen=0.5),
    Design(turned="looks", between=True),
    Design(turned="four looks"),
    Design(turned="four looks", between=True, optimizer="Muon", lr=0.05),
    Design(widths=(8, 12, 14, 16, 18), pools=(3, 5)),
    Design(upright=False, strength=0.0, average=0.0),
    Design(widths=(8, 12, 16, 16), twice=True, stem=5, label_smoothing=0.1),
    Design(activation="ReLU"),
    Design(between=True),
    Design(slants=(-0.1, 0.1)),
    Design(widen=0.5),
    Design(heighten=0.5),
    Design(widen=0.5, heighten=1.0),
]


@pytest.mark.parametrize("design", KINDS, ids=[str(design.changes()) for design in KINDS])
def test_every_choice_makes_a_file_that_the_grader_reads(design: Design) -> None:
    text = source(design)
    captured = capture(text.encode())
    assert size_of(captured.graph) == Size(stored=search.parameters(design), written=0)
    assert captured.recipe["batch_size"] == design.batch
    if design.turned == "four looks":  # rows become columns, which labels cannot follow
        places = measure(captured.graph)
        assert (places.clear, places.dense, places.kernels) == (True, [], [])
    else:
        kinds = {found.kind for found in follow_labels(captured.graph).dense}
        assert not kinds & {"dense", "whole map"}
    assert ("straighten" in text) == design.upright
    assert ("(width / 16)" in text) == bool(design.widen)
    assert ("(height / 30)" in text) == bool(design.heighten)
    assert ("+ slant" in text) == bool(design.slants)
    assert ("import torch\n" in text) == ("torch." in text.replace("import torch.", ""))


@pytest.mark.parametrize("design", [*KINDS, *search.CHANGES.values()])
def test_its_comments_say_how_large_its_maps_are(design: Design) -> None:
    text = source(design)
    assert "solutions" not in text
    assert not [line for line in text.splitlines() if len(line) > 100]
    made: dict[str, Any] = {}
    exec(text, made)
    network, found = made["Net"]().eval(), []
    for layer in network.layers:
        layer.register_forward_hook(lambda _module, _given, maps: found.append(maps.shape[1:]))
    network(torch.rand(2, 1, 28, 28))
    told = re.findall(r"#.* (\d+) x (\d+) x (\d+)", text.split("nn.Sequential(", 2)[-1])
    shapes = [tuple(map(int, shape)) for shape in told]
    assert len(shapes) >= 4
    left = iter(found)  # what is told comes in the layers' order
    assert all(shape in left for shape in shapes)


def test_a_map_that_is_turned_shows_what_turned_kernels_see() -> None:
    made: dict[str, Any] = {}
    exec(source(Design(turned="maps")), made)
    layers = made["Net"]().layers
    kernels = layers[0].weight.detach()  # the first layer's: (10, 1, 3, 3)
    digit = torch.rand(1, 1, 28, 28)
    both = torch.cat([digit, digit.flip((2, 3))], 2)  # as forward lays them: (1, 1, 56, 28)
    maps = layers[:3].eval()(both)  # (1, 20, 54, 26)
    turned = F.silu(F.conv2d(digit, kernels.flip((2, 3))))  # (1, 10, 26, 26)
    # A norm that has seen nothing yet divides by the root of 1 + eps.
    torch.testing.assert_close(maps[:, 10:, :26], turned, atol=1e-4, rtol=1e-4)


def test_what_a_kernel_saw_is_turned_to_what_it_sees_when_it_is_turned() -> None:
    made: dict[str, Any] = {}
    exec(source(Design(turned="looks")), made)
    look, turn = made["block"](3, 5)[:2]
    digit = torch.rand(1, 3, 28, 28)
    looks = turn(look(torch.cat([digit, digit.flip((2, 3))], 2)))  # (1, 6, 54, 26)
    kernels = look.weight  # (3, 1, 3, 3)
    turned = F.conv2d(digit, kernels.flip((2, 3)), groups=3)  # (1, 3, 26, 26)
    torch.testing.assert_close(looks[:, 3:, :26], turned)


def test_a_kernel_that_looks_from_four_sides_sees_what_it_would_if_it_were_turned() -> None:
    made: dict[str, Any] = {}
    exec(source(Design(turned="four looks")), made)
    digit = torch.rand(1, 1, 28, 28)
    network = made["Net"]().eval()
    laid: list[torch.Tensor] = []
    made["straighten"] = lambda x: x
    network.layers.register_forward_pre_hook(lambda _layers, given: laid.append(given[0]))
    network(digit)
    assert laid[0].shape == (1, 1, 48, 48)
    kernels = network.layers[0].weight  # (10, 1, 3, 3)
    looks = made["Turned"]()(F.conv2d(laid[0], kernels))[:, :, :22, :22]  # (1, 40, 22, 22)
    for turns, seen in enumerate(looks.split(len(kernels), 1)):
        turned = F.conv2d(digit[:, :, 2:-2, 2:-2], kernels.rot90(turns, (2, 3)))
        torch.testing.assert_close(seen, turned)


@pytest.mark.parametrize(
    "choices",
    [
        {"stem": 7},
        {"upright": False, "slants": (0.1,)},
        {"upright": False, "widen": 1.0},
        {"upright": False, "heighten": 1.0},
        {"widen": 0.5, "slants": (0.1,)},
        {"twice": True},
        {"twice": True, "both": True, "widths": (6, 6, 6, 6)},
        {"twice": True, "layer": "full", "widths": (6, 6, 6, 6)},
        {"both": True, "activation": "ReLU"},
        {"between": True, "layer": "full"},
        {"turned": "maps", "both": True},
        {"turned": "maps", "slants": (0.1,)},
        {"turned": "maps", "widen": 0.5, "heighten": 0.5},
        {"turned": "maps", "activation": "ReLU"},
        {"turned": "maps", "upright": False},
        {"turned": "maps", "head": "average"},
        {"turned": "maps", "slide": True},
        {"turned": "looks", "layer": "full"},
        {"turned": "four looks", "layer": "full"},
        {"turned": "four looks", "widen": 0.5},
        {"turned": "maps", "between": True},
        {"layer": "grouped"},
        {"layer": "low rank", "widths": (2, 3, 4, 5)},
        {"slide": True, "pool": "max"},
        {"slide": True, "head": "average"},
        {"optimizer": "AdamW", "weight_decay": 0.1},
    ],
    ids=str,
)
def test_choices_that_do_not_go_together_get_a_sentence(choices: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^expected .*, found \{"):
        Design(**choices)


def test_every_trial_of_the_log_is_of_the_file_that_its_design_writes() -> None:
    lines = search.LOG.read_text("utf-8").splitlines()
    assert len(search.read()) == len(lines)


def test_a_design_is_read_as_it_was_written() -> None:
    for design in (*KINDS, *search.CHANGES.values()):
        assert Design.read(json.loads(json.dumps(design.changes()))) == design


@pytest.mark.parametrize(
    "design",
    [
        Design(epochs=2, batch=16),
        Design(epochs=2, batch=16, both=True, widen=0.5, heighten=0.5),
        Design(epochs=2, batch=16, turned="maps"),
        Design(epochs=2, batch=16, turned="looks"),
        Design(epochs=2, batch=16, turned="four looks"),
        Design(epochs=2, batch=16, optimizer="NAdam", lr=0.01, slants=(-0.1, 0.1)),
    ],
    ids=["usual", "both", "turned", "turned looks", "four looks", "slants"],
)
def test_a_gpu_would_give_a_trial_the_same_numbers(
    design: Design, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "model.py"
    model.write_text(source(design))
    digits = few(load("practice"), 48, 40)  # three steps an epoch

    def counts(trainer: Callable[[Network, Recipe], Iterable[Epoch]]) -> list[tuple[float, int]]:
        network, recipe = fresh(model, 1)
        return [(epoch.train_loss, epoch.test_correct) for epoch in trainer(network, recipe)]

    plain = counts(lambda network, recipe: trained(network, digits, recipe, 1))
    record_without_a_gpu(monkeypatch)
    recorded = counts(
        lambda network, recipe: (
            epoch for _, epoch in train_captured([network], digits, recipe, [1])
        )
    )
    assert [count for _, count in recorded] == [count for _, count in plain]
    assert [loss for loss, _ in recorded] == pytest.approx([loss for loss, _ in plain], rel=1e-5)


def test_a_search_goes_on_where_it_stood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.jsonl"
    first, second = [(SHORT, 0)], [(SHORT, 0), (replace(SHORT, lr=0.1), 0)]
    [ended] = search.run(first, log, "practice", 500)
    assert ended.parameters == search.parameters(SHORT)
    assert len(ended.correct) == 1
    assert capsys.readouterr().out
    again = list(search.run(second, log, "practice", 500))
    assert again[0] == ended
    assert len(log.read_text().splitlines()) == 2
    assert capsys.readouterr().out.count("\n") == 1  # only the second was trained
    assert search.read(log, 500)[SHORT, 0] == ended
    log.write_text(log.read_text()[:-9])  # as where the disk was full
    assert len(search.read(log, 500)) == 1
    search.append(ended, log)
    assert search.read(log, 500) == {(SHORT, 0): ended}
    assert not search.read(log, 400)  # other digits were held out
    search.append(replace(ended, code="another"), log)  # as an earlier version wrote this design
    assert search.read(log, 500) == {(SHORT, 0): ended}


def test_digits_that_cannot_be_read_end_a_search_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in FILES:
        (raw / name).write_bytes(b"half a file")
    monkeypatch.setenv("AUTOGRADE_DATA", str(tmp_path))
    jobs = [(SHORT, split) for split in range(9)]
    log = tmp_path / "log.jsonl"
    monkeypatch.setattr(search, "mattered", lambda splits: list(search.run(jobs, log)))
    monkeypatch.setattr("sys.argv", ["search", "mattered"])
    with pytest.raises(SystemExit, match=r"search: .* is not the file that MNIST's authors"):
        search.main()


@pytest.mark.parametrize("most", [500, 1_000, 2_000, 5_000])
@pytest.mark.parametrize("profile", search.PROFILES)
def test_a_size_is_used_and_not_passed(profile: tuple[int, ...], most: int) -> None:
    found = search.parameters(search.sized(profile, most, search.USUAL))
    assert 0.9 * most < found <= most


def test_too_few_parameters_get_a_sentence() -> None:
    with pytest.raises(UsageError, match="expected at least 148 parameters, found 20"):
        search.sized(search.PROFILES[0], 20, search.USUAL)


def test_the_best_of_a_round_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def run(jobs: object) -> list[search.Trial]:
        asked.append(list(jobs))  # type: ignore[call-overload]
        wide = [(sum(design.widths), design, split) for design, split in asked[-1]]
        return [
            search.Trial(design, split, 0, 10_000, (width,), 0.0, "")
            for width, design, split in wide
        ]

    monkeypatch.setattr(search, "run", run)
    best = search.search(2_000)
    assert sum(best[0].design.widths) == max(sum(design.widths) for design, _ in asked[0])
    assert [trial.split for trial in best] == [0, 1, 2]
    assert [{design.epochs for design, _ in jobs} for jobs in asked] == [{5}, {15}, {15}]
    assert [len(jobs) for jobs in asked] == [12, 4, 2 * 3]  # the last splits choose between two


def test_gains_are_told_with_their_errors_from_the_same_splits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = {}
    changed = search.CHANGES["ReLU"]
    for design, counts in ((search.USUAL, (9_900, 9_910, 9_905)), (changed, (9_880, 9_900))):
        for split, count in enumerate((9_999, *counts)):  # split 0 chose, and is not told
            log[design, split] = search.Trial(design, split, 1_852, 10_000, (count,), 0.0, "")
    monkeypatch.setattr(told, "read", lambda: log)
    _, *rows = told.changes()
    assert rows == [("ReLU", "1,852", "-0.150 ± 0.050", "2")]


def test_there_is_a_line_for_every_game() -> None:
    _, *rows = told.fewest()
    assert [row[0] for row in rows] == ["98.00%", "99.00%", "99.40%", "99.50%"]
    counts = [int(row[1].replace(",", "")) for row in rows]
    assert counts == sorted(counts)  # who holds more holds less


def test_whatever_no_smaller_network_equals_is_named_in_the_figure() -> None:
    """Even where it stands in a crowd: these are what the figure is about."""
    small = sorted(told.small(), key=lambda one: one[1].submission.parameters or 0)
    best: list[str] = []
    most = 0.0
    for system, found in small:
        if (found.mean_accuracy or 0.0) > most:
            most = found.mean_accuracy or 0.0
            best.append(system.title)
    names = {text.get_text() for text in told.figure().axes[0].texts}
    assert len(best) >= 5
    assert set(best) <= names


@pytest.mark.parametrize("rules", told.GAMES, ids=lambda rules: rules.name)
def test_every_game_names_the_smallest_that_holds_it(rules: Assignment) -> None:
    head, *rows = told.fewest()
    assert len({len(row) for row in (head, *rows)}) == 1
    [row] = [row for row in rows if row[0] == f"{rules.percent}%"]
    every, average = (int(row[at].replace(",", "")) for at in (1, 5))
    assert average <= every  # a mean may hold where a seed does not, never the other way round
    assert int(row[4].replace(",", "")) >= rules.needed(10_000)
    assert float(row[7].partition(" ")[0]) >= float(rules.percent)
    for _, record in told.small():
        count = record.submission.parameters or 0
        assert count >= every or not passes(record, rules)
        assert count >= average or not passes_on_average(record, rules)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["some"], "a number of parameters, found 'some'"),
        (["9000"], "at most 8,000 parameters, found 9,000"),
        (["20"], "at least 148 parameters, found 20"),
        (["1000", "--splits", "0"], "at least one split, found 0"),
        (["mattered", "--write"], "a number of parameters with --write"),
        (["2000", "--write"], "a size without a record, found under_2000/result.json"),
    ],
    ids=str,
)
def test_bad_words_get_a_sentence(
    words: list[str],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["search", *words])
    with pytest.raises(SystemExit) as ended:
        search.main()
    assert sentence in f"{capsys.readouterr().err}{ended.value}"
