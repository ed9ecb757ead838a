"""What a GPU shows that no processor can, in pieces of at most ten minutes.

    make gpu                              # all of them
    make gpu PIECES="bench seeds"         # these; each can be run alone
    python -m solutions.bench.gpu bench --to FILE

What each piece found goes into gpu.json, under the card's name and the versions it was found with:
for each command its exit code, its seconds and what it wrote. Pieces that are run later are added;
on another card, or with other versions, the file begins anew.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from autograder.machine import DeviceError, pick_device

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOUND = HERE / "gpu.json"
SECONDS = 600.0  # for all commands of a piece
LINES = 12  # kept of what a command said
SOLUTION = "solutions/under_8k/model.py"

Command = tuple[str, ...]
PYTHON: Command = (sys.executable, "-m")
AUTOGRADE: Command = (*PYTHON, "autograder.cli")
SUBMIT: Command = (*AUTOGRADE, "submit", "--device", "cuda", "--json")
RULES: Command = ("--assignment", "solutions/rules.toml")


@dataclass(frozen=True)
class Piece:
    """Some commands that belong together."""

    shows: str
    commands: tuple[Command, ...]
    writes: str = ""  # a file of this folder, kept with what the commands said
    fine: tuple[int, ...] = (0,)  # exit codes
    alike: bool = False  # the first seed is to give each command the same numbers


PIECES = {
    "tests": Piece(
        "both loops train alike, seeds share the device, gradings end as they should",
        (
            (
                *(*PYTHON, "pytest", "--numprocesses", "4", "tests/course/training"),
                *("tests/autograder/graph/test_pretended_gpu.py", "tests/autograder/workers"),
            ),
        ),
    ),
    "bench": Piece(
        "a step beside a notebook's, the bare one, and one of five seeds",
        ((*PYTHON, "solutions.bench.bench", "--device", "cuda"),),
        writes="cuda.json",
    ),
    "agreement": Piece(
        "recorded steps and bfloat16 read as many digits as the plain loop",
        (
            (
                *(*PYTHON, "solutions.bench.agree", "--device", "cuda"),
                *("--seeds", "5", "--epochs", "5"),
            ),
        ),
        writes="agree_cuda.json",
    ),
    "seeds": Piece(
        "whole gradings: one seed, and five beside each other, of which the first is the same",
        tuple((*SUBMIT, SOLUTION, "--seeds", seeds) for seeds in ("1", "5")),
        fine=(0, 1),
        alike=True,
    ),
    "demo": Piece(
        "what `make demo` does",
        (
            (*AUTOGRADE, "submit", SOLUTION, "--data", "auto", "--handle", "demo"),
            (*AUTOGRADE, "leaderboard"),
        ),
    ),
    "records": Piece(
        "the two largest systems, as their records were made",
        tuple(
            (*SUBMIT, f"solutions/ladder/{system}/model.py", *RULES)
            for system in ("01_stock", "02_fewer_at_the_end")
        ),
        fine=(0, 1),  # they do not hold 99.40%
    ),
    "search": Piece(
        "what mattered at the frontier, on several splits; its log keeps what ended in time",
        ((*PYTHON, "solutions.frontier.search", "mattered"),),
    ),
}


def run(piece: Piece, seconds: float = SECONDS) -> dict[str, Any]:
    """Run a piece's commands one after the other, until one goes wrong or time is up."""
    found: dict[str, Any] = {"shows": piece.shows, "done": True, "commands": []}
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as home:
        for command in piece.commands:
            told = ended(command, {"AUTOGRADE_HOME": home}, end - time.monotonic())
            found["commands"].append(told)
            if told["code"] not in piece.fine:
                return {**found, "done": False}
    if piece.alike:
        firsts = [t["runs"][0]["test_correct"] for t in found["commands"] if t.get("runs")]
        found["done"] = len(firsts) == len(piece.commands) and firsts == firsts[:1] * len(firsts)
    if piece.writes:
        found["wrote"] = json.loads((HERE / piece.writes).read_text("utf-8"))
    return found


def ended(command: Command, settings: dict[str, str], seconds: float) -> dict[str, Any]:
    """Run a command; return its exit code, None where time was up, and what it came to."""
    begun = time.monotonic()
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            timeout=max(0.0, seconds),
            check=False,
        )
        code, said, complained = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        code, said, complained = None, "", f"stopped after {seconds:.0f} seconds"
    return {
        "command": " ".join(command[2:] if command[:2] == PYTHON else command),
        "code": code,
        "seconds": round(time.monotonic() - begun, 1),
        **told(said, complained),
    }


def told(said: str, complained: str) -> dict[str, Any]:
    """Return what a verdict says of its runs, or the last lines of anything else."""
    try:
        verdict = json.loads(said)
        runs = [
            {
                "seed": run["seed"],
                "seconds": {name: round(value, 2) for name, value in run["seconds"].items()},
                "test_correct": [epoch["test_correct"] for epoch in run["epochs"]],
                "last_train_loss": run["epochs"][-1]["train_loss"],
            }
            for run in verdict["runs"]
        ]
        return {"device": verdict["device"], "engine": verdict["grader"]["engine"], "runs": runs}
    except (ValueError, KeyError, TypeError, IndexError):
        return {"said": [line for line in (said + complained).splitlines() if line][-LINES:]}


def machine(device: torch.device) -> dict[str, Any]:
    """Name the card, and the versions that numbers depend on."""
    card = torch.cuda.get_device_properties(device)
    return {
        "card": card.name,
        "gigabytes": round(card.total_memory / 2**30, 1),
        "capability": f"{card.major}.{card.minor}",
        "torch": str(torch.__version__),
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),  # type: ignore[no-untyped-call]
        "python": platform.python_version(),
    }


def keep(path: Path, where: dict[str, Any], name: str, found: dict[str, Any]) -> None:
    """Add what a piece found to what others found on the same machine."""
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    pieces = known["pieces"] if known.get("machine") == where else {}
    content = {"machine": where, "pieces": {**pieces, name: found}}
    path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the pieces that were asked for; return 0 if all of them did what they should."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pieces", nargs="*", metavar="PIECE", help=", ".join(PIECES))
    parser.add_argument("--to", type=Path, default=FOUND, help="the file of what is found")
    chosen = parser.parse_args(arguments)
    names = chosen.pieces or list(PIECES)
    if wrong := [name for name in names if name not in PIECES]:
        raise SystemExit(f"gpu: expected any of {', '.join(PIECES)}, found {', '.join(wrong)}")
    try:
        where = machine(pick_device("cuda"))
    except DeviceError:
        raise SystemExit(f"gpu: expected a GPU to run {', '.join(names)} on, found none") from None
    print(f"{where['card']}, torch {where['torch']}, CUDA {where['cuda']}", flush=True)
    found = {}
    for name in names:
        found[name] = run(PIECES[name])
        keep(chosen.to, where, name, found[name])
        seconds = sum(command["seconds"] for command in found[name]["commands"])
        ending = "done" if found[name]["done"] else "went wrong"
        print(f"{name:<10}{ending:<11}{seconds:>6.0f} s  {PIECES[name].shows}", flush=True)
    print(f"kept in {chosen.to}")
    return 0 if all(piece["done"] for piece in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
