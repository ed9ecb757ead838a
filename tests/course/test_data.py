"""MNIST arrives whole or not at all, and what is wrong with it is said in a sentence."""

import errno
import gc
import gzip
import hashlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.datasets import MNIST

from course import data
from course.data import DataError, Digits, load


def idx(shape: tuple[int, ...], seed: int) -> bytes:
    """A file in MNIST's format: 0, 0, 8 for bytes, the number of dimensions, each dimension."""
    header = bytes([0, 0, 8, len(shape)]) + b"".join(n.to_bytes(4, "big") for n in shape)
    return header + np.random.default_rng(seed).integers(0, 10, shape, dtype=np.uint8).tobytes()


def numbered(count: int) -> Digits:
    """Digits whose every image says which it is, and whose label follows from that."""
    n = torch.arange(count)
    images = torch.zeros(count, 28, 28, dtype=torch.uint8)
    images[:, 0, 0], images[:, 0, 1] = n % 256, n // 256
    return Digits("numbered", images, n % 10, torch.full((5, 28, 28), 255).byte(), torch.ones(5))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, named by AUTOGRADE_DATA."""
    monkeypatch.setenv("AUTOGRADE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Four files of three training and two test images, in MNIST's place."""
    counts = {"train-images-idx3-ubyte": (3, 28, 28), "train-labels-idx1-ubyte": (3,)}
    counts |= {"t10k-images-idx3-ubyte": (2, 28, 28), "t10k-labels-idx1-ubyte": (2,)}
    files = {name: idx(shape, seed) for seed, (name, shape) in enumerate(counts.items())}
    table = {n: (hashlib.sha256(files[n]).hexdigest(), shape) for n, shape in counts.items()}
    monkeypatch.setattr(data, "FILES", table)
    return files


class Mirror(ThreadingHTTPServer):
    """A download server on this machine: what it serves, how it fails, what it was asked for."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = {f"/{name}.gz": gzip.compress(raw, 1, mtime=0) for name, raw in files.items()}
        self.answer: Callable[[bytes], bytes] = lambda body: body
        self.speaks_http = True
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Answer)

    def handle_error(self, *_: object) -> None:
        """Say nothing when a client hangs up: torchvision does, on its way to the file."""


class Answer(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if not self.server.speaks_http:
            self.wfile.write(b"Please log in to the campus network.\r\n\r\n")
            return
        body = self.server.files.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(self.server.answer(body) if body else b"")

    def log_message(self, *_: object) -> None:
        pass


def serve(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    with Mirror(files) as server:
        resources = [
            (path[1:], hashlib.md5(body).hexdigest()) for path, body in server.files.items()
        ]
        monkeypatch.setattr(MNIST, "resources", resources)
        monkeypatch.setattr(MNIST, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def mirror(small: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A server of the small files, where torchvision looks for MNIST."""
    yield from serve(small, monkeypatch)


def put(folder: Path, files: dict[str, bytes]) -> Path:
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (raw / name).write_bytes(content)
    return raw


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


# Names and folders


@pytest.mark.parametrize(
    ("name", "near"), [("minst", "'mnist'"), ("MNIST", "'mnist'"), ("practise", "'practice'")]
)
def test_an_unknown_name_is_answered_with_the_names(name: str, near: str) -> None:
    with pytest.raises(DataError, match=f"mnist, practice. Did you mean {near}"):
        load(name)


def test_a_name_like_no_other_gets_no_guess() -> None:
    with pytest.raises(DataError, match=r"mnist, practice\.$"):
        load("???")


def test_the_folder_is_the_users_choice_or_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_DATA", "~/digits")
    assert data.mnist_folder() == Path.home() / "digits"
    monkeypatch.setenv("AUTOGRADE_DATA", "")
    assert "under8k" in data.mnist_folder().parts
    monkeypatch.delenv("AUTOGRADE_DATA")
    assert "under8k" in data.mnist_folder().parts


def test_importing_course_data_does_not_wait_for_torchvision() -> None:
    code = "import sys, course.data; sys.exit('torchvision' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


# Reading


def test_the_four_files_become_four_tensors(folder: Path, small: dict[str, bytes]) -> None:
    raw = put(folder, small)
    digits = load()
    assert digits.name == "mnist"
    for part, name in zip(("train", "test"), ("train", "t10k"), strict=True):
        # torchvision's own reader is the reference.
        reference = MNIST(str(folder), train=part == "train")
        assert torch.equal(getattr(digits, f"{part}_images"), reference.data), raw / name
        assert torch.equal(getattr(digits, f"{part}_labels"), reference.targets)
        assert getattr(digits, f"{part}_images").dtype == torch.uint8
        assert getattr(digits, f"{part}_labels").dtype == torch.int64
    digits.train_images[0] = 7  # the tensors can be written to, and no warning says otherwise


@pytest.mark.parametrize("name", list(data.FILES))
@pytest.mark.parametrize(
    "damage",
    [lambda b: b[:-1] + bytes([b[-1] ^ 1]), lambda b: b[:-1], lambda b: b + b"\0", lambda b: b""],
    ids=["altered", "truncated", "longer", "empty"],
)
def test_a_file_that_is_not_as_published_is_named(
    folder: Path, small: dict[str, bytes], name: str, damage: Callable[[bytes], bytes]
) -> None:
    raw = put(folder, small | {name: damage(small[name])})
    with pytest.raises(DataError, match=f"{name} is not the file.*Delete it"):
        load()
    assert len(files_in(raw)) == 4  # deleting it is the user's decision


def test_what_cannot_be_read_is_named(folder: Path, small: dict[str, bytes]) -> None:
    name = "t10k-labels-idx1-ubyte"
    raw = put(folder, {n: content for n, content in small.items() if n != name})
    (raw / name).mkdir()
    with pytest.raises(DataError, match=f"{name} cannot be read: Is a directory"):
        load()


@pytest.mark.usefixtures("small")
def test_without_download_missing_files_are_named(folder: Path) -> None:
    with pytest.raises(DataError, match=r"lacks train-images-idx3-ubyte.*AUTOGRADE_DATA.*--data"):
        load(download=False)
    assert not folder.exists()


# Downloading


def test_a_download_is_complete_quiet_and_not_repeated(
    folder: Path,
    small: dict[str, bytes],
    mirror: Mirror,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = MNIST.download

    def talkative(self: MNIST) -> None:
        print("older torchvisions print what they download")
        original(self)
        assert files_in(folder / "MNIST") == []  # nobody can read half a data set meanwhile

    monkeypatch.setattr(MNIST, "download", talkative)
    monkeypatch.setattr(socket, "getdefaulttimeout", lambda: 12.5)  # what it must restore
    digits = load()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Downloading MNIST" in captured.err
    monkeypatch.undo()
    assert socket.getdefaulttimeout() == 12.5
    socket.setdefaulttimeout(None)

    raw = folder / "MNIST" / "raw"
    assert {path.name: path.read_bytes() for path in raw.iterdir()} == small
    assert [path.name for path in folder.iterdir()] == ["MNIST"]
    assert digits.train_images.shape == (3, 28, 28)
    assert set(mirror.asked) == set(mirror.files)


def test_a_second_load_asks_no_server(folder: Path, mirror: Mirror) -> None:
    first = load()
    mirror.asked.clear()
    assert torch.equal(load().train_images, first.train_images)
    assert mirror.asked == []


def test_a_server_that_does_not_answer_is_not_waited_for(
    folder: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silence = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        monkeypatch.setattr(MNIST, "mirrors", [silence, *MNIST.mirrors])
        began = time.monotonic()
        assert load().train_images.shape == (3, 28, 28)
        assert time.monotonic() - began < data.PATIENCE / 2
        assert set(mirror.asked) == set(mirror.files)


@pytest.mark.usefixtures("small")
def test_without_a_network_one_sentence_says_so_in_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(data, "PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silence = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        monkeypatch.setattr(MNIST, "mirrors", [silence, "http://no-such-host.invalid/"])
        began = time.monotonic()
        with pytest.raises(DataError) as failed:
            load()
        assert time.monotonic() - began < 15
    message = str(failed.value)
    assert "127.0.0.1: no answer within 0.5 s; no-such-host.invalid: " in message
    assert "AUTOGRADE_DATA" in message
    assert len(message) < 400 + len(str(folder))
    assert capsys.readouterr().err == ""  # nothing is said twice
    assert files_in(folder) == []


def cut(body: bytes) -> bytes:
    return body[: len(body) // 2]


def alter(body: bytes) -> bytes:
    return body[:-1] + bytes([body[-1] ^ 1])


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def stall(body: bytes) -> bytes:
    time.sleep(0.5)
    return body


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # torchvision's, at a 404
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("refused", "refused"),
        ("404", "HTTP Error 404"),
        ("portal", "log in"),
        ("full", "No space left on device"),
        (cut, "corrupted"),
        (alter, "corrupted"),
        (stall, "timed out"),
    ],
    ids=["refused", "404", "portal", "full", "cut", "altered", "stalled"],
)
def test_a_failed_download_is_a_sentence_and_leaves_nothing(
    folder: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch, answer: object, reason: str
) -> None:
    monkeypatch.setattr(data, "SILENCE", 0.1)
    if callable(answer):
        monkeypatch.setattr(mirror, "answer", answer)
    elif answer == "404":
        del mirror.files["/t10k-labels-idx1-ubyte.gz"]  # after three that arrive
    elif answer == "portal":
        mirror.speaks_http = False
    elif answer == "full":
        monkeypatch.setattr("torchvision.datasets.mnist.download_and_extract_archive", full)
    else:
        with socket.create_server(("127.0.0.1", 0)) as gone:
            port = gone.getsockname()[1]  # free a moment ago
        monkeypatch.setattr(MNIST, "mirrors", [f"http://127.0.0.1:{port}/"])
    with pytest.raises(DataError) as failed:
        load()
    message = str(failed.value)
    assert reason in message
    assert "could not be downloaded" in message
    assert "--data practice" in message
    assert "AUTOGRADE_DATA" in message
    assert "\n" not in message
    assert files_in(folder) == []
    del failed
    gc.collect()  # while that warning is ignored


@pytest.mark.usefixtures("mirror")
def test_a_mirror_that_torchvision_trusts_is_still_checked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "t10k-labels-idx1-ubyte"
    monkeypatch.setitem(data.FILES, name, ("0" * 64, (2,)))
    with pytest.raises(DataError, match=f"could not be downloaded.*{name} is not the file"):
        load()
    assert files_in(folder) == []


@pytest.mark.usefixtures("mirror")
def test_an_interrupted_download_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: MNIST) -> None:
        put(Path(self.root), {"train-images-idx3-ubyte": b"half"})
        raise KeyboardInterrupt

    monkeypatch.setattr(MNIST, "download", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load()
    assert files_in(folder) == []
    assert [path.name for path in folder.iterdir()] == ["MNIST"]


@pytest.mark.usefixtures("mirror")
def test_two_downloads_at_once_both_succeed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = MNIST.download

    def overtaken(self: MNIST) -> None:
        original(self)
        monkeypatch.setattr(MNIST, "download", original)
        others.append(load())  # another process finishes before this one moves its files

    others: list[Digits] = []
    monkeypatch.setattr(MNIST, "download", overtaken)
    digits = load()
    assert torch.equal(digits.train_images, others[0].train_images)
    assert len(files_in(folder)) == 4


def test_files_that_are_there_stay_when_others_are_downloaded(
    folder: Path, small: dict[str, bytes], mirror: Mirror
) -> None:
    name = "train-images-idx3-ubyte"
    raw = put(folder, {name: small[name]})
    before = (raw / name).stat().st_ino
    load()
    assert (raw / name).stat().st_ino == before
    assert len(files_in(raw)) == 4


@pytest.mark.usefixtures("small")
def test_archives_that_are_there_spare_the_network(folder: Path, mirror: Mirror) -> None:
    put(folder, {path[1:]: body for path, body in mirror.files.items()})
    assert load().test_images.shape == (2, 28, 28)
    assert mirror.asked == []


@pytest.mark.usefixtures("mirror")
def test_a_folder_that_cannot_be_made_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("AUTOGRADE_DATA", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"Not a directory.*--data practice"):
        load()


# Digits


def test_mean_and_deviation_are_exact_and_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    images = torch.randint(0, 256, (50, 28, 28), dtype=torch.uint8)
    digits = Digits("some", images, torch.zeros(50), images[:1] * 0, torch.zeros(1))
    scaled = images.double() / 255
    assert digits.mean == pytest.approx(scaled.mean().item(), rel=1e-12)
    assert digits.std == pytest.approx(scaled.std(correction=0).item(), rel=1e-12)
    monkeypatch.setattr(torch, "bincount", None)
    assert digits.mean < digits.mean + digits.std


def test_digits_move_together() -> None:
    moved = numbered(20).to("meta")  # the one other device that every machine has
    parts = (moved.train_images, moved.train_labels, moved.test_images, moved.test_labels)
    assert [part.device.type for part in parts] == ["meta"] * 4
    assert moved.name == "numbered"


@pytest.mark.parametrize("device", ["gpu", "cuda:77", "xpu:77", "hpu"])
def test_a_device_that_is_not_there_is_a_sentence(device: str) -> None:
    with pytest.raises(DataError, match=f"'{device}'.*\"cpu\" always works") as failed:
        numbered(20).to(device)
    assert "\n" not in str(failed.value)


def test_held_out_images_are_training_images_that_are_no_longer_trained_on() -> None:
    digits = numbered(1000)
    split = digits.hold_out(300, seed=1)
    kept, held = (
        x[:, 0, 0].long() + 256 * x[:, 0, 1].long() for x in (split.train_images, split.test_images)
    )
    assert (len(kept), len(held)) == (700, 300)
    assert sorted([*kept.tolist(), *held.tolist()]) == list(range(1000))  # and no test image
    assert torch.equal(split.train_labels, kept % 10)
    assert torch.equal(split.test_labels, held % 10)
    assert split.name == "numbered-held-out"

    assert torch.equal(split.test_images, digits.hold_out(300, seed=1).test_images)
    assert not torch.equal(split.test_images, digits.hold_out(300, seed=2).test_images)
    assert held.float().std() > 200  # from everywhere, not from one end


@pytest.mark.parametrize("count", [-1, 0, 20, 21])
def test_a_split_leaves_images_on_both_sides(count: int) -> None:
    with pytest.raises(DataError, match=rf"1 to 19 of 20 images, not {count}\."):
        numbered(20).hold_out(count)


# The real MNIST


@pytest.mark.mnist
def test_mnist_is_mnist() -> None:
    digits = load(download=False)
    assert digits.train_images.shape == (60_000, 28, 28)
    assert digits.test_images.shape == (10_000, 28, 28)
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]  # as published
    assert digits.train_labels.bincount().tolist() == counts
    assert digits.test_labels.bincount().tolist()[:2] == [980, 1135]
    assert (round(digits.mean, 4), round(digits.std, 4)) == (0.1307, 0.3081)


@pytest.mark.mnist
def test_mnist_downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = data.mnist_folder() / "MNIST" / "raw"
    monkeypatch.setenv("AUTOGRADE_DATA", str(tmp_path))
    mirrors = serve({name: (raw / name).read_bytes() for name in data.FILES}, monkeypatch)
    with contextmanager(lambda: mirrors)():
        assert load().test_images.shape == (10_000, 28, 28)
    assert files_in(tmp_path) == sorted(data.FILES)
