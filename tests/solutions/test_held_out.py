"""A choice is made on digits held out of the training set, and what it was made by is kept."""

import json
from pathlib import Path

import pytest

from solutions import held_out

RECORD = json.loads(held_out.RECORD.read_text())


def test_a_file_is_scored_on_what_was_held_out(tmp_path: Path) -> None:
    model = tmp_path / "model.py"
    model.write_text(
        "import torch.nn as nn\n"
        "class Net(nn.Sequential):\n"
        "    def __init__(self):\n"
        "        super().__init__(nn.Conv2d(1, 10, 28), nn.Flatten())\n"
        "RECIPE = dict(epochs=1, augment=[])\n"
    )
    first, again, other = (held_out.one(model, split, "practice", 200) for split in (0, 0, 1))
    assert first == again != other
    assert first > 50  # of ten digits, with one layer


def test_a_gain_comes_with_its_error() -> None:
    more, error = held_out.gain([99.5, 99.4, 99.6], [99.6, 99.4, 99.8])
    assert more == pytest.approx(0.1)
    assert error == pytest.approx(0.1 / 3**0.5)
    scores = {"before": [99.5, 99.4, 99.6], "after": [99.6, 99.4, 99.8]}
    assert "after over before: +0.100 ± 0.058" in held_out.table(scores)


def test_what_is_told_of_the_splits_is_recorded() -> None:
    before, after = (RECORD["scores"][name] for name in ("under_8k", "depthwise"))
    more, error = held_out.gain(before, after)
    assert len(before) == 6
    assert all(b < a for b, a in zip(before, after, strict=True))
    solutions = held_out.RECORD.parent
    for text in ("beside/depthwise/model.py", "../lessons/11_luck_and_skill.py"):
        told = (solutions / text).read_text()
        assert f"by {more:.3f} ± {error:.3f} percentage points" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["{}"], "expected a model.py in each folder"),
        ([str(held_out.RECORD.with_name("under_8k")), "--splits=1"], "luck"),
        ([str(held_out.RECORD.with_name("under_8k"))] * 2, "expected folders of different names"),
    ],
)
def test_bad_words_get_a_sentence(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["held_out", *(word.format(tmp_path) for word in words)])
    with pytest.raises(SystemExit):
        held_out.main()
    assert said in capsys.readouterr().err
