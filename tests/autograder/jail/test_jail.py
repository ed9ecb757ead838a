"""The jail holds: every hostile probe is denied in it, and the same probe works without it.

The probes are in jail_probes.py. The control matters as much as the denial: a probe that fails
everywhere would prove nothing. Run with: pytest tests/autograder/jail/test_jail.py
"""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jail_probes
import pytest
from jail_runs import FULL, unlocked, wait_until

import autograder
from autograder import jail
from autograder.jail import cell
from autograder.jail.parent import Jailed, Limits, strength

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux's locks")

PROJECT = Path(autograder.__file__).resolve().parents[1]

# Landlock answers EACCES, seccomp EPERM, and ENOSYS for calls newer than Linux 5.0. A probe that
# is not named here must be answered with EPERM.
EACCES = {
    "read_passwd",
    "read_a_secret_at_home",
    "list_a_home",
    "list_the_root",
    "list_the_project",
    "read_a_file_beside_the_packages",
    "read_the_tests_beside_this_file",
    "read_through_an_o_path_descriptor",
    "read_through_own_root",
    "read_the_victims_environment",
    "read_the_victims_command",
    "open_the_victims_memory",
    "read_the_parents_environment",
    "open_the_parents_memory",
    "follow_the_victims_folder",
    "open_the_victims_pipes",
}
ENOSYS = {"io_uring", "raw_clone3", "pidfd_open", "pidfd_send_signal"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Set up what the probes attack: a victim of the same user with a secret, and a home."""
    folder = tmp_path_factory.mktemp("home")
    for name in ("secret", "truncated", "unlinked", "renamed", "mode", "plain"):
        (folder / name).write_text("the marks")
    (folder / "plain").chmod(0o755)
    (folder / "mounted").mkdir()
    code = "import ctypes; b = ctypes.create_string_buffer(8); print(ctypes.addressof(b)); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"SECRET": "key"},
    ) as victim:
        assert victim.stdout
        yield {
            "victim": victim.pid,
            "address": int(victim.stdout.readline()),
            "folder": str(folder),
            "plain": str(folder / "plain"),
            "project": str(PROJECT),
            "control": False,
        }
        assert victim.poll() is None, "a probe killed the victim"
        victim.kill()


@pytest.fixture(scope="module")
def jailed(full: None, told: dict[str, Any]) -> dict[str, Any]:
    """Run every probe in one jail, in its first thread and then in a second."""
    with Jailed("jail_probes", Limits(seconds=30), minimum=FULL) as child:
        child.send(json.dumps(told | {"names": list(jail_probes.PROBES), "thread": True}).encode())
        outcome = child.wait()
    assert outcome.status == "ok", outcome
    answer: dict[str, Any] = json.loads(outcome.result)
    return answer


@pytest.fixture(scope="module")
def free(jailed: dict[str, Any], told: dict[str, Any]) -> dict[str, str]:
    """Run every probe with no jail; after the jail, because here they change things."""
    # The user namespace comes last: in a new one, other things are forbidden.
    names = sorted(jail_probes.PROBES, key=lambda name: name == "user_namespace")
    ran = unlocked("jail_probes.py", json.dumps(told | {"control": True, "names": names}))
    assert ran.returncode == 0, ran.stderr
    answer: dict[str, str] = json.loads(ran.stdout)
    return answer


# --- Denials -----------------------------------------------------------------------------------


def test_there_are_enough_probes() -> None:
    assert len(jail_probes.PROBES) >= 27


@pytest.mark.parametrize("thread", ["first", "second"])
@pytest.mark.parametrize("name", jail_probes.PROBES)
def test_probe_is_denied(jailed: dict[str, Any], name: str, thread: str) -> None:
    expected = "EACCES" if name in EACCES else "ENOSYS" if name in ENOSYS else "EPERM"
    assert jailed[thread][name] == expected


@pytest.mark.parametrize("name", jail_probes.PROBES)
def test_probe_works_without_the_jail(free: dict[str, str], name: str) -> None:
    if free[name] in ("EPERM", "EACCES", "ENOSYS"):
        pytest.skip(f"this machine denies it to everybody: {free[name]}")
    assert free[name] == "done"


def test_the_child_sees_nothing_of_the_parents(jailed: dict[str, Any]) -> None:
    assert jailed["environment"].items() >= cell.ENVIRONMENT.items()
    assert set(jailed["environment"]) <= {*cell.ENVIRONMENT, "LD_LIBRARY_PATH", "LC_CTYPE"}
    assert jailed["descriptors"] == [0, 1, 2, 3]


def test_nothing_heavy_is_imported_before_the_locks(jailed: dict[str, Any]) -> None:
    ours = {name for name in jailed["modules"] if name.startswith(("autograder", "course"))}
    used = {f"autograder.jail.{name}" for name in ("kernel", "landlock", "seccomp")}
    assert ours == {"autograder", "autograder.jail", *used}
    assert not {"torch", "numpy"} & set(jailed["modules"])


def test_the_packages_first_file_stays_empty() -> None:
    assert not ast.parse(Path(jail.__file__).read_text()).body


def test_the_kernel_agrees(full: None) -> None:
    with Jailed("jail_probes") as child:
        wait_until(lambda: b"ready" in child._kept["result"])
        status = Path(f"/proc/{child._process.pid}/status").read_text()
        score = Path(f"/proc/{child._process.pid}/oom_score_adj").read_text()
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
    assert re.search(r"^Seccomp:\s+2$", status, re.MULTILINE)
    for capabilities in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        found = re.search(rf"^{capabilities}:\s+(\w+)$", status, re.MULTILINE)
        assert found
        if capabilities != "CapBnd" or os.getuid() == 0:  # an ordinary user has none to use
            assert int(found[1], 16) == 0
    assert score == "1000\n"


# --- Honest work ---------------------------------------------------------------------------------

HONEST = """
import gc, tempfile
import numpy, torch, safetensors.torch
import torch.nn.functional as F
from torch import nn

assert not gc.isenabled()

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 16, 3), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.1),
            nn.Conv2d(16, 10, 3), nn.AdaptiveAvgPool2d(1))

    def forward(self, x):
        return F.log_softmax(self.body(x).flatten(1), 1)

net = Net()
x = torch.randn(8, 1, 28, 28)
sizes = ({0: torch.export.Dim.DYNAMIC},)
for mode in (True, False):
    program = torch.export.export(net.train(mode), (x,), dynamic_shapes=sizes, strict=False)
    assert program.module()(x).shape == (8, 10)
torch.set_num_threads(4)  # a second thread of OpenMP must start
net.train()
F.nll_loss(net(torch.randn(256, 1, 28, 28)), torch.zeros(256, dtype=torch.long)).backward()
assert numpy.linalg.svd(numpy.random.rand(50, 50))[0].shape == (50, 50)
import course, signal
signal.setitimer(signal.ITIMER_REAL, 100)
answer = safetensors.torch.save(net.state_dict())
print("done")
"""


def test_honest_torch_works(full: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "honest.py").write_text(
        "def main(request):\n    g = {'__name__': 'model'}\n    exec(request, g)\n"
        "    return g['answer']\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with Jailed("honest", minimum=FULL) as child:
        child.send(HONEST.encode())
        outcome = child.wait()
    assert (outcome.status, outcome.output) == ("ok", "done\n"), outcome.output
    assert b"body.0.weight" in outcome.result
    assert outcome.ready
    assert outcome.jail == strength().name
