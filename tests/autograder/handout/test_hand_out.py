"""What a student takes home: the digits that were misread, weights that load, an ONNX file."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from autograder.doctor import home_folder
from autograder.events import SURE, Learned
from autograder.handout.files import Wanted, hand_out
from autograder.handout.script import MOMENTS
from autograder.results import archive
from autograder.results.database import Entry, entry_of
from autograder.results.keeping import keep
from autograder.results.leaderboard import Leaderboard
from autograder.verdict import Verdict
from autograder.workers import exporting
from autograder.workers.exporting import export
from course.data import Digits, load
from course.errors import MachineError, UsageError
from tests.helpers.gradings import practise
from tests.helpers.models import TINY
from tests.helpers.verdicts import verdict

# As students leave their files: with what a network does not need, and what cannot be run here.
AROUND = '''"""My network."""
import matplotlib.pyplot as plt
from torchvision import datasets

digits = datasets.MNIST("data")
for image, label in digits:
    plt.imshow(image)
'''
pytestmark = pytest.mark.xdist_group("hand_out")  # one grading serves them all
Graded = tuple[Verdict, dict[int, Learned]]


@pytest.fixture
def nothing_loaded_beforehand() -> None:
    """Leave what is loaded: here the jail is a process of its own, and matplotlib stays."""


@pytest.fixture(scope="module")
def digits() -> Digits:
    return load("practice")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def graded(place: Path) -> Graded:
    """A submission of two seeds, graded and kept once for all tests."""
    model = place / "model.py"
    model.write_text(AROUND + TINY)
    learned: dict[int, Learned] = {}
    found = practise(model, seeds=2, keep=learned.__setitem__)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADE_HOME", str(place))
        with Leaderboard() as board:
            kept = keep(board, found, learned, AROUND + TINY, "ada", place / "curves.png")
    assert (kept.number, kept.failed, kept.learned) == (1, "", True)
    return found, learned


@pytest.fixture
def entry(place: Path, graded: Graded, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """The submission as it is kept."""
    monkeypatch.setenv("AUTOGRADE_HOME", str(place))
    with Leaderboard() as board:
        found = board.get(1)
    assert found is not None
    return found


def labels_and_answers(entry: Entry, digits: Digits) -> list[tuple[int, list[int]]]:
    """Return each test digit with what every seed reads."""
    read = [archive.answers(entry, run.seed).read for run in entry.verdict.runs]
    return [
        (label, [each[i] for each in read]) for i, label in enumerate(digits.test_labels.tolist())
    ]


def test_the_answers_that_are_kept_are_those_that_were_counted(
    entry: Entry, digits: Digits
) -> None:
    right = [0, 0]
    for label, read in labels_and_answers(entry, digits):
        for which, digit in enumerate(read):
            right[which] += digit == label
    assert right == [run.epochs[-1].test_correct for run in entry.verdict.runs]
    sure = archive.answers(entry, entry.verdict.runs[0].seed).sure
    assert min(sure) >= SURE // 10  # no digit of ten is likelier than the one that is read
    assert max(sure) > SURE // 2


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_what_any_seed_misread_is_drawn(entry: Entry, digits: Digits, tmp_path: Path, kind: str):
    path = tmp_path / f"misread.{kind}"
    [said] = hand_out(entry, Wanted(misread=path))
    wrong = [
        (label, read) for label, read in labels_and_answers(entry, digits) if {label} != {*read}
    ]
    all_wrong = sum(label not in read for label, read in wrong)
    total = f"{len(wrong)} of 2,000 practice digits are misread by any of 2 seeds"
    assert said == f"drew {path}: {total}, {all_wrong} of them by all"
    begins = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    assert path.read_bytes().startswith(begins[kind])


def test_the_weights_load_into_the_students_own_class_and_answer_as_was_kept(
    entry: Entry, digits: Digits, tmp_path: Path
) -> None:
    path, second = tmp_path / "tiny.safetensors", entry.verdict.runs[1]
    [said] = hand_out(entry, Wanted(weights=path, seed=2))
    script = tmp_path / "tiny.py"
    assert said == f"wrote {path}, and {script}, which loads it: python tiny.py"
    text = script.read_text()
    assert "class Net" in text
    assert "matplotlib" not in text  # nor anything else that is not the network's
    module = runpy.run_path(str(script))
    with torch.no_grad():
        read = module["trained_net"]()(module["standardised"](digits.test_images)).argmax(1)
    kept = torch.tensor(list(archive.answers(entry, second.seed).read))
    assert int((read == kept).sum()) == len(kept)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    right = f"{second.epochs[-1].test_correct:,}"
    assert done.stdout == f"{right} of 2,000 test digits read right; the grader counted {right}\n"


def test_an_onnx_file_answers_as_torch_does_to_any_number_of_images(
    entry: Entry, digits: Digits, tmp_path: Path
) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    path = tmp_path / "tiny.onnx"
    [said] = hand_out(entry, Wanted(onnx=path))
    assert said.startswith(f"wrote {path}, which answers all 2,000 test digits as torch does; ")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    mean, deviation = MOMENTS["practice"]
    images = (digits.test_images[:, None].numpy() / 255 - mean) / deviation
    kept = archive.answers(entry, entry.verdict.runs[0].seed).read
    for count in (1, 7):
        [scores] = session.run(["scores"], {"images": images[:count].astype("float32")})
        assert scores.argmax(1).tolist() == list(kept[:count])
    assert b"head.weight" in path.read_bytes()  # the student's own names


def test_no_file_is_replaced_unasked(entry: Entry, tmp_path: Path) -> None:
    theirs = tmp_path / "tiny.py"
    theirs.write_text("my own work")
    with pytest.raises(UsageError, match=r"new .*tiny\.py, found one there; name another"):
        list(hand_out(entry, Wanted(weights=tmp_path / "tiny.safetensors")))
    assert theirs.read_text() == "my own work"
    assert not (tmp_path / "tiny.safetensors").exists()
    list(hand_out(entry, Wanted(weights=tmp_path / "tiny.safetensors", force=True)))
    assert "trained_net" in theirs.read_text()


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Wanted(misread=Path("a.gif")), r"ends in \.png or \.svg or \.pdf, found a\.gif"),
        (Wanted(weights=Path("a.pt")), r"ends in \.safetensors, found a\.pt"),
        (Wanted(onnx=Path("a")), r"ends in \.onnx, found a"),
        (Wanted(weights=Path("a.safetensors"), seed=3), "a seed from 1 to 2, found --seed 3"),
    ],
)
def test_wrong_wishes_are_sentences(entry: Entry, wanted: Wanted, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        list(hand_out(entry, wanted))


def test_what_was_graded_before_weights_were_kept_says_so(entry: Entry, tmp_path: Path) -> None:
    with Leaderboard() as board:
        old = board.get(board.add(entry_of(verdict(), "bob", TINY)))
    assert old is not None
    for wanted in (Wanted(misread=tmp_path / "a.png"), Wanted(onnx=tmp_path / "a.onnx")):
        with pytest.raises(UsageError, match="was graded before they were kept"):
            list(hand_out(old, wanted))


def test_a_number_that_another_database_gave_out_brings_nobodys_weights(
    entry: Entry, graded: Graded
) -> None:
    learned = graded[1]
    first, second = learned
    archive.keep(entry.id, {first: learned[first]})  # a new submission gets an old one's number
    assert archive.weights(entry, first) == learned[first].weights
    with pytest.raises(UsageError, match="found none"):
        archive.weights(entry, second)
    archive.keep(entry.id, learned)


def test_where_there_is_no_room_the_verdict_is_kept_and_it_is_said(
    graded: Graded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADE_HOME", str(tmp_path))
    (tmp_path / "learned").write_text("in the way")
    with Leaderboard() as board:
        kept = keep(board, *graded, TINY, "ada", tmp_path / "curves.png")
        assert board.get(kept.number or 0) is not None
    assert kept.curves is not None
    assert not kept.learned
    assert kept.failed == "Not a directory"


def test_doctor_says_how_much_is_kept(entry: Entry, graded: Graded) -> None:
    taken = sum(len(each.weights) + 4_000 for each in graded[1].values())
    assert archive.taken() == (1, taken)
    assert "weights and answers of 1 submission take 0.0 MB" in home_folder().found


def test_a_missing_package_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "NEEDED", ("json", "no_such_package"))
    says = r"found no no_such_package: pip install 'under8k\[onnx\]'"
    with pytest.raises(UsageError, match=says):
        export(b"", "practice")


def test_an_exporter_that_dies_says_why() -> None:
    pytest.importorskip("onnxscript")
    with pytest.raises(MachineError, match="expected a submission, found bytes that are not one"):
        export(b"nonsense", "practice")


def test_the_pixels_moments_in_a_script_are_those_of_the_digits(digits: Digits) -> None:
    # Of the twelve thousand digits drawn, another processor may draw a pixel one grey level apart.
    assert MOMENTS["practice"] == pytest.approx((digits.mean, digits.std), rel=1e-7)


@pytest.mark.mnist
def test_the_pixels_moments_of_mnist() -> None:
    digits = load("mnist")
    assert MOMENTS["mnist"] == (digits.mean, digits.std)


def test_what_is_learned_stays_out_of_the_verdict(entry: Entry, graded: Graded) -> None:
    assert json.loads(entry.verdict_json) == json.loads(graded[0].to_json())
    assert len(entry.verdict_json) < 10_000
