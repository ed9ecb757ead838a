"""The bench runs every loop for real, and its record and figure say what it found."""

import json
import shutil
import statistics
from pathlib import Path
from typing import Any

import pytest

from solutions.bench import agree, bench, zoo

RECORD: dict[str, Any] = json.loads((bench.HERE / "cpu.json").read_text())
AGREED: dict[str, Any] = json.loads((bench.HERE / "agree_cpu.json").read_text())


@pytest.mark.mnist
@pytest.mark.slow
@pytest.mark.parametrize("loop", ["notebook", "ours", "bare", "compiled", "pair"])
def test_every_loop_can_be_timed(loop: str) -> None:
    if loop == "compiled" and not shutil.which("g++"):
        pytest.skip("torch.compile asks for a compiler of C++")
    found = bench.one(loop, bench.NETWORKS["under 8k"], steps=12, device="cpu")
    assert 0.5 < found["ms"] < 5_000


def test_a_loop_that_fails_ends_the_bench_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"ended early: .*nowhere\.py"):
        bench.one("bare", str(tmp_path / "nowhere.py"), steps=12, device="cpu")


def test_the_record_holds_every_network_and_its_medians() -> None:
    assert set(RECORD["networks"]) == set(bench.NETWORKS)
    for found in RECORD["networks"].values():
        assert {"notebook", "ours", "bare", "pair"} == set(found["ms"]) == set(found["every"])
        for loop, every in found["every"].items():
            assert len(every) == RECORD["rounds"]
            assert found["ms"][loop] == pytest.approx(statistics.median(every), abs=1e-3)


def test_the_figure_says_its_numbers_in_words() -> None:
    drawing = bench.figure(RECORD)
    for name, found in RECORD["networks"].items():
        assert f"{name}: notebook's loop {found['ms']['notebook']:.1f}" in drawing.alt


def test_the_readme_tells_the_record() -> None:
    assert bench.markdown(RECORD) in (bench.ROOT / "README.md").read_text()


def test_no_network_of_the_zoo_trains_slower_than_in_a_notebook() -> None:
    record = json.loads(zoo.RECORD.read_text())
    assert set(record["ms"]) <= {path.stem for path in zoo.MODELS}
    assert len(record["ms"]) >= 50
    gains = {name: zoo.gain(ms, "notebook") for name, ms in record["ms"].items()}
    least = min(gains, key=lambda name: gains[name])
    assert gains[least] > 1, least
    assert zoo.table(record).splitlines()[1].startswith(least)
    text = (bench.ROOT / "README.md").read_text()
    assert f"the least gain is {gains[least]:.2f}x" in text


def test_fast_paths_read_as_many_digits_as_the_plain_loop() -> None:
    runs = AGREED["runs"]
    assert set(runs) == set(agree.PATHS)
    assert all(len(values) == 10 for values in runs.values())
    assert len(set(runs["plain"])) > 5  # ten trainings, not one
    summary = agree.compare(runs)
    for path, row in summary.items():
        assert row == pytest.approx(AGREED["summary"][path])
    assert all(abs(row["from_plain"]) < 1 for row in summary.values())
    assert f"--epochs {AGREED['epochs']}`" in (bench.ROOT / "README.md").read_text()


def test_a_path_that_reads_fewer_is_found_out() -> None:
    plain = [99.0, 99.1, 99.2, 99.1]
    summary = agree.compare({"plain": plain, "worse": [value - 0.5 for value in plain]})
    assert summary["worse"]["from_plain"] < -3
