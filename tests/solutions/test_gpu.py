"""What `make gpu` runs is there, ends in time, and is kept; without a GPU each piece says so."""

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from solutions.bench import agree, bench, gpu
from solutions.bench.gpu import PYTHON, Piece

without_a_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


@without_a_gpu
@pytest.mark.parametrize("piece", gpu.PIECES)
def test_without_a_gpu_each_piece_is_a_sentence(piece: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        gpu.main([piece, "--to", str(tmp_path / "gpu.json")])
    assert ended.value.code == f"gpu: expected a GPU to run {piece} on, found none"
    assert not (tmp_path / "gpu.json").exists()


@without_a_gpu
@pytest.mark.parametrize("timed", [bench, agree])
def test_so_is_what_a_piece_runs(timed: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["timed", "--device", "cuda"])
    with pytest.raises(SystemExit, match="expected a GPU for --device cuda, found none"):
        timed.main()  # type: ignore[attr-defined]


def test_an_unknown_piece_is_answered_with_those_there_are() -> None:
    with pytest.raises(SystemExit, match=r"expected any of tests, bench, .*, found tets"):
        gpu.main(["bench", "tets"])


def test_the_pieces_commands_name_what_there_is() -> None:
    for piece in gpu.PIECES.values():
        for command in piece.commands:
            assert command[:2] == PYTHON
            assert find_spec(command[2]) is not None
            for word in command[3:]:
                assert "/" not in word or (gpu.ROOT / word).exists(), word


def test_a_piece_ends_with_what_goes_wrong() -> None:
    fine, wrong = python("print('well')"), python("import sys; print('ill'); sys.exit(3)")
    assert gpu.run(Piece("", (fine,)))["done"]
    found = gpu.run(Piece("", (fine, wrong, fine)))
    assert not found["done"]
    assert [(c["code"], c["said"]) for c in found["commands"]] == [(0, ["well"]), (3, ["ill"])]
    assert gpu.run(Piece("", (wrong,), fine=(0, 3)))["done"]


def test_a_seed_that_trains_otherwise_beside_others_is_found_out() -> None:
    def verdict(*counts: int) -> tuple[str, ...]:
        epochs = [{"test_correct": count, "train_loss": 0.1} for count in counts]
        runs = [{"seed": 7, "seconds": {"training": 1.0}, "epochs": epochs}]
        told = {"device": "a GPU", "grader": {"engine": "recorded steps"}, "runs": runs}
        return python(f"print({json.dumps(told)!r})")

    assert gpu.run(Piece("", (verdict(9_950, 9_951), verdict(9_950, 9_951)), alike=True))["done"]
    assert not gpu.run(Piece("", (verdict(9_950), verdict(9_949)), alike=True))["done"]
    assert not gpu.run(Piece("", (python("print('no verdict')"),), alike=True))["done"]


def test_a_piece_ends_when_its_time_is_up() -> None:
    found = gpu.run(Piece("", (python("import time; time.sleep(60)"),)), seconds=0.5)
    assert not found["done"]
    assert found["commands"][0]["code"] is None
    assert found["commands"][0]["said"] == ["stopped after 0 seconds"]


def test_of_a_verdict_its_runs_are_kept() -> None:
    record = gpu.ROOT / "solutions" / "under_8k" / "result.json"
    found = gpu.told(record.read_text("utf-8"), "")
    assert found["engine"] == "plain loop"
    assert [len(run["test_correct"]) for run in found["runs"]] == [15] * 10
    assert found["runs"][0]["test_correct"][-1] > 9_900


def test_pieces_add_up_on_one_card_and_begin_anew_on_another(tmp_path: Path) -> None:
    path = tmp_path / "gpu.json"
    for name, card in (("bench", "A"), ("demo", "A"), ("demo", "A")):
        gpu.keep(path, {"card": card}, name, {"done": True})
    assert list(json.loads(path.read_text())["pieces"]) == ["bench", "demo"]
    gpu.keep(path, {"card": "B"}, "tests", {"done": True})
    assert json.loads(path.read_text()) == {
        "machine": {"card": "B"},
        "pieces": {"tests": {"done": True}},
    }
