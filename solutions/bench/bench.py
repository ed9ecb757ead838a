"""How fast the grader trains, beside the loop of every course notebook and beside the bare step.

    make bench                          # or: python -m solutions.bench.bench --rounds 5

For each network, in turns within one run on this machine (loops.py has the loops):
- `notebook`: torchvision's dataset, a DataLoader with two workers, the same augmentation;
- `ours`: what grades, with augmentation on the device, rates planned ahead and averaging;
- `bare`: forward, backward and optimizer on one batch that already lies there: the floor, where
  no second thread helps;
- `pair`, on a processor: two seeds side by side, one thread each; half of a step's time, since
  two are done in it;
- `five`, on a GPU: five seeds side by side, in milliseconds a step of all five.
Every figure is the median over rounds of milliseconds a step of 64 images. The machine may be
shared: ratios within one run say more than milliseconds.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch

from autograder.machine import cores, pick_device
from autograder.workers.process import SETTINGS
from course.data import load
from course.errors import MachineError
from course.figures import Drawing, save
from solutions.bench.loops import BATCH

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NETWORKS = {
    "stock, 6.38M": "solutions/ladder/01_stock/model.py",
    "003, 10,066": "solutions/seeds/003_one_pool/model.py",
    "under 8k": "solutions/under_8k/model.py",
}
FEWER = {"stock, 6.38M": 10}  # a step of the stock network takes as long as so many others
WORDS = {
    "notebook": "notebook's loop",
    "ours": "ours",
    "bare": "bare step",
    "pair": "two side by side",
    "five": "five seeds",
}


def measure(steps: int, rounds: int, device: str) -> dict[str, Any]:
    """Time every loop on every network, in turns."""
    loops = ["notebook", "ours", "bare", "five" if device == "cuda" else "pair"]
    record: dict[str, Any] = {
        "machine": {"cores": cores(), "python": platform.python_version()},
        "torch": torch.__version__,
        "batch": BATCH,
        "rounds": rounds,
        "networks": {},
    }
    for name, path in NETWORKS.items():
        few = max(10, steps // FEWER.get(name, 1)) if device == "cpu" else steps
        found: dict[str, list[dict[str, Any]]] = {loop: [] for loop in loops}
        for _ in range(rounds):
            for loop in loops:
                found[loop].append(one(loop, path, few, device))
        ms = {loop: statistics.median(each["ms"] for each in found[loop]) for loop in loops}
        every = {loop: [round(each["ms"], 3) for each in found[loop]] for loop in loops}
        devices = {loop: found[loop][0]["device"] for loop in loops}
        record["networks"][name] = {"ms": ms, "every": every, "steps": few, "devices": devices}
        for extra in ("recording", "busy"):
            if extra in found["ours"][0]:
                median = statistics.median(each[extra] for each in found["ours"])
                record["networks"][name][extra] = median
        print(row(name, record["networks"][name]), flush=True)
    return record


def one(loop: str, path: str, steps: int, device: str) -> dict[str, Any]:
    """Time one loop."""
    if loop != "pair":
        return read(start(loop, path, steps, device))
    both = [start("alone", path, steps, device) for _ in range(2)]
    found = [read(process) for process in both]
    return {**found[0], "ms": statistics.fmean(each["ms"] for each in found) / 2}


def start(loop: str, path: str, steps: int, device: str) -> subprocess.Popen[str]:
    """Start one loop's process."""
    words = ["loops", loop, path, f"--steps={steps}", f"--device={device}"]
    return run(*words, as_notebook=loop == "notebook")


def run(module: str, *words: str, as_notebook: bool) -> subprocess.Popen[str]:
    """Start a module of this folder: with a notebook's settings, or those of a worker."""
    return subprocess.Popen(
        [sys.executable, "-m", f"solutions.bench.{module}", *words],
        cwd=ROOT,
        env={**({} if as_notebook else SETTINGS), **os.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a process and read its last line: a student's file may have printed before."""
    answer, said = process.communicate()
    if process.returncode:
        last = (said.strip().splitlines() or ["nothing"])[-1]
        raise SystemExit(f"bench: {process.args!r} ended early: {last}")
    found: dict[str, Any] = json.loads(answer.splitlines()[-1])
    return found


HEAD = f"{'network':<14}{'notebook':>9}{'ours':>8}{'bare':>8}{'speed-up':>10}{'overhead':>10}"


def row(name: str, found: dict[str, Any]) -> str:
    """Write one network's line of the table."""
    ms = found["ms"]
    line = f"{name:<14}{ms['notebook']:>9.2f}{ms['ours']:>8.2f}{ms['bare']:>8.2f}"
    line += f"{ms['notebook'] / ms['ours']:>9.2f}x{ms['ours'] / ms['bare']:>9.2f}x"
    if "five" in ms:
        return f"{line}   five seeds {ms['five'] / ms['ours']:.2f}x, busy {found['busy']:.0%}"
    return f"{line}   side by side {ms['notebook'] / ms['pair']:.2f}x"


def markdown(record: dict[str, Any]) -> str:
    """Write a record as the README's table."""
    networks = record["networks"]
    loops = list(next(iter(networks.values()))["ms"])
    head = " | ".join(WORDS[loop] for loop in loops)
    rows = [
        f"| milliseconds a step of {record['batch']} | {head} |",
        "|---" * (1 + len(loops)) + "|",
    ]
    for name, found in networks.items():
        times = (f"{ms:.1f} ({found['ms']['notebook'] / ms:.1f}x)" for ms in found["ms"].values())
        rows.append(f"| {name} | {' | '.join(times)} |")
    return "\n".join(rows)


def figure(record: dict[str, Any]) -> Drawing:
    """Draw every loop's step, one panel a network."""
    drawing = Drawing((8.5, 2.6), f"A training step of {record['batch']} images, milliseconds")
    networks = record["networks"]
    for axes, (name, found) in zip(
        drawing.subplots(1, len(networks)), networks.items(), strict=True
    ):
        names, ms = list(found["ms"]), list(found["ms"].values())
        bars = axes.barh(
            range(len(ms)), ms, color=["white", "#0072B2", "#b9c7d3", "white"][: len(ms)]
        )
        for bar, hatch in zip(bars, ("///", "", "", "..."), strict=False):
            bar.set(hatch=hatch, edgecolor="#222222", linewidth=0.7)
        axes.bar_label(bars, fmt="%.1f", padding=3, fontsize=8)
        axes.set_yticks(
            range(len(ms)), [WORDS[loop] for loop in names] if axes is drawing.axes[0] else []
        )
        axes.set_xlim(0, 1.25 * max(ms))
        axes.invert_yaxis()
        axes.set_title(name, fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
    said = "; ".join(
        f"{name}: " + ", ".join(f"{WORDS[loop]} {ms:.1f}" for loop, ms in found["ms"].items())
        for name, found in networks.items()
    )
    drawing.alt = f"Milliseconds a training step. {said}."
    return drawing


def main() -> None:
    """Measure, print the table, write record and figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    # With 200 steps a small network is timed for a second, and two such times differ by a quarter.
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    chosen = parser.parse_args()
    try:
        device = pick_device(chosen.device).type
        load("mnist")
    except MachineError as error:
        raise SystemExit(f"bench: {error}") from None
    print(HEAD)
    record = measure(chosen.steps, chosen.rounds, device)
    path = HERE / f"{device}.json"
    path.write_text(json.dumps(record, indent=1) + "\n")
    save(figure(record), path.with_suffix(".png"))
    print(f"milliseconds a step of {BATCH}, medians of {chosen.rounds} rounds")
    print(f"kept in {path.name} and {path.stem}.png")


if __name__ == "__main__":
    main()
