"""A model.py goes through jail, worker and training, for real, and comes out as a verdict."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from autograder import Verdict, check, grade, pipeline
from autograder.assignment import SHIPPED, load
from autograder.display.terminal import show_verdict
from autograder.events import Shown, TrainingStarted
from autograder.jail.parent import Jailed, Outcome
from autograder.results.home import KEY_BYTES, home
from autograder.workers.lanes import Arrangement
from autograder.workers.process import WorkerProcess
from course.errors import UsageError
from tests.helpers.gradings import EASY, numbers, practise, rules
from tests.helpers.models import DENSE_LINE, SYSTEM_001, TINY

pytestmark = pytest.mark.usefixtures("own_home")


def statuses(verdict: Verdict) -> dict[str, str]:
    return {found.id: found.status for found in verdict.checks}


def test_a_submission_becomes_a_verdict_that_repeats_and_ignores_comments(model: Path) -> None:
    first = practise(model, seeds=2)
    assert first.passed, first.headline()
    assert list(statuses(first)) == [
        *("readable", "interface", "parameters", "no-dense", "recipe", "cost"),
        *("training", "time", "accuracy"),
    ]
    assert set(statuses(first).values()) == {"pass"}
    assert first.submission.parameters == 6 * 25 + 12 + 6 * 10 * 25 + 10
    assert [len(run.epochs) for run in first.runs] == [2, 2]
    assert first.runs[0].seed != first.runs[1].seed
    assert not first.ranked  # practice digits never are
    assert first.jail.startswith("landlock")

    model.write_text("# what a difference a comment makes\n" + TINY.replace("conv", "first_layer"))
    again = practise(model, seeds=2)
    assert numbers(again) == numbers(first)
    assert again.submission.sha256 != first.submission.sha256

    document = json.loads(first.to_json())
    assert Verdict.from_dict(document).to_dict() == first.to_dict()
    assert {"schema", "passed", "verified", "grader", "jail", "device"} <= set(document)
    assert "<table>" in first._repr_html_()


def test_a_recipe_with_two_optimizers_is_told_in_one_line_and_repeats(model: Path) -> None:
    muon = 'dict(name="Muon", lr=0.02, rest=dict(name="AdamW", lr=0.01))'
    model.write_text(f"{TINY}RECIPE['optimizer'] = {muon}\n")
    first, again = practise(model), practise(model)
    told = next(found for found in first.checks if found.id == "recipe")
    assert "Muon lr 0.02 and AdamW lr 0.01" in told.found
    assert len(first.runs[0].epochs) == 2
    assert numbers(first) == numbers(again)


def test_system_001_is_counted_and_its_dense_layer_named(model: Path) -> None:
    model.write_text(SYSTEM_001)
    verdict = check(model)
    found = {c.id: c for c in verdict.checks}
    assert verdict.submission.parameters == 13_154
    assert found["parameters"].status == "fail"
    assert found["parameters"].found == "13,154"
    assert found["no-dense"].status == "fail"
    assert found["no-dense"].line == DENSE_LINE
    assert verdict.exit_code == 1
    assert statuses(check(model, "under-15k"))["no-dense"] == "skip"


def test_an_assignment_may_refuse_a_whole_map_kernel_but_no_smaller_one(
    model: Path, tmp_path: Path
) -> None:
    strict = tmp_path / "strict.toml"
    shipped = SHIPPED / "under-8k.toml"
    strict.write_text(shipped.read_text().replace('kernels = "allowed"', 'kernels = "refused"'))
    head = TINY.replace("Conv2d(6, 10, 5)", "Conv2d(6, 10, 12)").replace(
        ".amax((2, 3))", ".flatten(1)"
    )
    for source, status in ((TINY, "pass"), (head, "fail")):
        model.write_text(source)
        assert statuses(check(model, strict))["no-dense"] == status
        assert statuses(check(model))["no-dense"] == "pass"


def test_a_layer_that_is_called_again_is_named_once(model: Path) -> None:
    once = TINY.replace("Conv2d(6, 10, 5)", "Conv2d(6, 10, 11)")
    again = "    def forward(self, x):\n        return self.look(x) + self.look(2 * x)\n\n"
    twice = once.replace("forward(", "look(").replace("RECIPE", f"{again}RECIPE")
    for source in (once, twice):
        model.write_text(source)
        [said] = [c.message for c in check(model).checks if c.id == "no-dense"]
        assert said.endswith("line 9: its 11x11 kernel covers most of its 12x12 map"), said
        assert said.count("covers") == 1


def test_a_dense_layer_that_is_called_again_is_one_and_another_is_one_more(model: Path) -> None:
    layer = "        self.head = nn.Linear(12, 10)\n"  # along the 12 columns of its map
    source = TINY.replace("        self.head = nn.Conv2d(6, 10, 5)\n", layer)
    source = source.replace("return self.head(", "x = (").replace(".amax((2, 3))", "")
    source = source.replace("\nRECIPE", "        return (HEADS).mean((1, 2))\n\nRECIPE")
    called_again = source.replace("HEADS", "self.head(x) + self.head(2 * x)")
    another = source.replace("HEADS", "self.head(x) + self.other(x)")
    another = another.replace(layer, layer + layer.replace("head", "other"))
    one = "line 9: linear multiplies features by a learned matrix of 120 numbers"
    for text, words in ((called_again, one), (another, f"{one} (and 1 more)")):
        model.write_text(text)
        assert [c.message for c in check(model).checks if c.id == "no-dense"] == [words]


def test_too_low_an_accuracy_fails_with_advice(model: Path) -> None:
    hard = rules("percent = 100\nin_each_of_last_epochs = 2")
    verdict = practise(model, hard)
    [accuracy] = [c for c in verdict.checks if c.id == "accuracy"]
    assert (accuracy.status, verdict.exit_code) == ("fail", 1)
    assert "too few" in accuracy.message
    assert accuracy.hint


def test_a_training_ends_when_its_work_is_used_up(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hasty(*, limit: float, **arrangement: object) -> Arrangement:
        assert arrangement["keep"] is False  # nobody asked for what is learned
        return Arrangement(limit=limit / 100_000, **arrangement)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "Arrangement", hasty)  # past the check of what it costs
    verdict = practise(model)
    assert [c.id for c in verdict.checks if c.status == "fail"] == ["time"]
    assert statuses(verdict)["accuracy"] == "skip"
    assert verdict.exit_code == 4
    assert not verdict.passed


def test_checks_that_work_too_long_are_the_submissions_failure(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "CHECK_SECONDS", -2.0)  # used up before they begin
    verdict = check(model, device="cpu")
    [failed] = [c for c in verdict.checks if c.status == "fail"]
    assert "take longer than" in failed.message
    assert verdict.exit_code in (1, 3)


def test_a_jail_that_never_got_a_processor_is_tried_again_and_then_a_fault_of_ours(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Outcome] = []
    wait = Jailed.wait

    def starved(child: Jailed) -> Outcome:
        tries.append(replace(wait(child), status="starved", result=b""))
        return tries[-1]

    monkeypatch.setattr(Jailed, "wait", starved)
    verdict = check(model, device="cpu")
    assert len(tries) == 2
    assert verdict.exit_code == 5
    assert "this machine is too busy" in verdict.headline()


def test_a_diverging_training_is_told_as_such(model: Path) -> None:
    model.write_text(
        TINY.replace("batch_size=500", 'batch_size=500, optimizer=dict(name="SGD", lr=100)')
    )
    model.write_text(model.read_text().replace("self.norm(self.conv(x))", "self.conv(x)"))
    verdict = practise(model)
    [training] = [c for c in verdict.checks if c.id == "training"]
    assert training.status == "fail"
    assert "loss stopped being a number" in training.message
    document = json.loads(verdict.to_json())  # without NaN, which JSON does not know
    show_verdict(Console(file=io.StringIO()), Verdict.from_dict(document))
    assert len(verdict.runs[0].epochs) == 1  # the rest would be wasted


STANDARDISED = """
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 5, stride=3)
        self.norm = nn.BatchNorm2d(10)
        self.drop = nn.Dropout(0.0)

    def forward(self, x):
        w = self.conv.weight
        x = F.conv2d(x, w - w.mean((1, 2, 3), keepdim=True), stride=3)
        return self.drop(self.norm(x)).mean((2, 3))
"""


@pytest.mark.parametrize(
    ("require", "status"), [("batch_norm", "pass"), ("global_pooling", "pass"), ("dropout", "fail")]
)
def test_what_is_required_must_do_something(
    model: Path, tmp_path: Path, require: str, status: str
) -> None:
    own = tmp_path / "own.toml"
    text = (SHIPPED / "under-8k.toml").read_text()
    own.write_text(text.replace("require = []", f'require = ["{require}"]'))
    model.write_text(STANDARDISED)
    assert statuses(check(model, own))["required"] == status


@pytest.mark.parametrize("require", ["batch_norm", "dropout", "global_pooling"])
def test_what_is_multiplied_by_nothing_is_not_there(
    model: Path, tmp_path: Path, require: str
) -> None:
    own = tmp_path / "own.toml"
    text = (SHIPPED / "under-8k.toml").read_text()
    own.write_text(text.replace("require = []", f'require = ["{require}"]'))
    forward = "x = F.relu(self.conv(x))\n        return x[:, :, 4, 4] + 0 * self.drop(self.norm(x))"
    text = STANDARDISED.replace("nn.Dropout(0.0)", "nn.Dropout(0.5)")
    begins, _, _ = text.partition("        w = self.conv.weight")
    model.write_text(f"{begins}        {forward}.mean((2, 3))\n")
    assert statuses(check(model, own))["required"] == "fail"


LATE_READ = """
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 64, 3, padding=1)
        self.again = nn.Conv2d(64, 64, 3, padding=1, groups=64)
        self.last = nn.Conv2d(64, 10, 1)

    def forward(self, x):
        x = self.first(x)
        means = []
        for _ in range(32):
            x = F.relu(self.again(x))
            means.insert(0, x.mean((2, 3), keepdim=True))  # read from the last one on
        return self.last(torch.cat(means, 2).amax(2, keepdim=True)).flatten(1)

RECIPE = dict(epochs=1)
"""


def test_what_a_test_keeps_is_asked_of_what_is_trained(model: Path) -> None:
    model.write_text(LATE_READ)
    [cost] = [found for found in check(model).checks if found.id == "cost"]
    assert cost.status == "fail"
    assert cost.message.startswith("a test of 1,000 images at a time needs about 12.")


def test_a_rotation_by_no_degrees_is_no_augmentation(model: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    text = (SHIPPED / "under-8k.toml").read_text()
    own.write_text(text.replace("require_augmentation = false", "require_augmentation = true"))
    for degrees, status in ((0, "fail"), (5, "pass")):
        turn = f'augment=[dict(name="RandomRotation", degrees={degrees})]'
        model.write_text(STANDARDISED + f"RECIPE = dict({turn})")
        assert statuses(check(model, own))["recipe"] == status


def test_what_cannot_be_trained_is_the_students_failure_not_the_graders(model: Path) -> None:
    # One value a channel: BatchNorm has nothing to normalise over.
    model.write_text(
        TINY.replace(
            "self.norm(self.conv(x))", "self.norm(self.conv(x).amax((2, 3), keepdim=True))"
        )
        .replace("Conv2d(6, 10, 5)", "Conv2d(6, 10, 1)")
        .replace("batch_size=500", "batch_size=1")
    )
    verdict = practise(model)
    assert verdict.exit_code == 1
    assert "Expected more than 1 value per channel" in verdict.headline()


def test_wrong_use_is_a_sentence(tmp_path: Path, model: Path) -> None:
    for wrong, says in (
        (tmp_path, "found the folder"),
        (tmp_path / "none.py", "no such file"),
        (tmp_path / "work.ipynb", "no such file"),
    ):
        with pytest.raises(UsageError, match=says):
            check(wrong)
    (tmp_path / "large.py").write_bytes(b"#" * 100_000_000)
    with pytest.raises(UsageError, match="at most 1024 KB"):
        check(tmp_path / "large.py")
    with pytest.raises(UsageError, match="auto, cpu or cuda, found 'gpu'"):
        check(model, device="gpu")
    with pytest.raises(UsageError, match="1 to 100 seeds"):
        grade(model, seeds=0)
    with pytest.raises(UsageError, match="seeds to be a whole number from 0 to 100, found 101"):
        grade(model, seeds=101)
    with pytest.raises(UsageError, match=r"expected any of net, seeds.*, found speed"):
        check(model, speed=9)


def test_missing_mnist_is_a_fault_of_the_machine(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AUTOGRADE_DATA", str(tmp_path / "file"))
    verdict = grade(model, EASY)
    assert statuses(verdict)["training"] == "error"
    assert verdict.exit_code == 5
    assert "--data practice" in verdict.headline()


def test_a_worker_that_dies_takes_nobody_along(model: Path, workers: list[WorkerProcess]) -> None:
    def kill_in_training(event: Shown) -> None:
        if isinstance(event, TrainingStarted):
            os.kill(workers[0].process.pid, signal.SIGSEGV)

    verdict = practise(model, watch=kill_in_training)
    [training] = [c for c in verdict.checks if c.id == "training"]
    assert training.status == "error"
    assert f"signal {signal.SIGSEGV.value}" in training.message
    assert verdict.exit_code == 5


def test_two_gradings_at_once_agree(model: Path) -> None:
    verdicts: list[Verdict] = []

    def one() -> None:
        verdicts.append(practise(model))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(verdicts[0]) == numbers(verdicts[1])


def test_the_grading_process_itself_loads_no_torch(model: Path) -> None:
    code = f"import sys; from autograder import check; check({str(model)!r}); "
    code += "print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.mnist
@pytest.mark.slow
def test_the_shipped_solution_passes_for_real() -> None:
    (home() / "key").write_bytes(bytes(KEY_BYTES))  # one seed for all who test: no luck in CI
    solution = Path(__file__).parents[2] / "solutions" / "under_8k" / "model.py"
    verdict = grade(solution)
    assert verdict.passed, verdict.headline()
    assert verdict.ranked
    assert verdict.submission.parameters < load("under-8k").fewer_parameters_than
    assert all(epoch.test_correct >= 9_940 for epoch in verdict.runs[0].epochs[-3:])
