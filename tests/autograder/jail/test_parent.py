"""The parent's half: a child starts, is waited for, and ends with its parent."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from jail_runs import HERE, wait_until

from autograder.jail.parent import Jailed, JailError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux's locks")


def ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_close_kills_and_reaps(full: None) -> None:
    pids = []

    def interrupted() -> None:
        with Jailed("jail_probes") as child:
            pids.append(child._process.pid)
            assert not ended(pids[0])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not Path(f"/proc/{pids[0]}").exists()


def test_a_large_request_arrives_and_send_does_not_wait(full: None) -> None:
    padding = " " * (8 << 20)
    with Jailed("jail_probes") as child:
        os.kill(child._process.pid, signal.SIGSTOP)  # it reads nothing until it goes on
        child.send((padding + json.dumps({"names": []})).encode())
        os.kill(child._process.pid, signal.SIGCONT)
        assert child.wait().status == "ok"
        with pytest.raises(ValueError, match="one request"):
            child.send(b"again")


def test_many_at_once_from_threads_that_end_early(full: None) -> None:
    children: list[Jailed] = []
    threads = [
        threading.Thread(target=lambda: children.append(Jailed("jail_probes"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(0.2)  # PR_SET_PDEATHSIG would have struck by now
    for child in children:
        with child:
            child.send(b'{"names": []}')
            assert child.wait().status == "ok"


def test_the_child_does_not_outlive_the_parent(full: None) -> None:
    code = (
        "from autograder.jail.parent import Jailed\n"
        "child = Jailed('jail_bombs'); child.send(b'sleep')\n"
        "print(child._process.pid, flush=True); child.wait()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])},
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert not ended(pid)
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: ended(pid))


def test_a_half_request_is_never_run(full: None) -> None:
    with Jailed("jail_bombs") as child:
        child._sent = time.monotonic()
        child._write((100).to_bytes(8, "little") + b"leave")
        outcome = child.wait()
    assert "before its request was complete" in outcome.output
    assert outcome.code == 72


def test_unknown_module_is_a_sentence() -> None:
    with pytest.raises(JailError, match="cannot find the module no_such_module"):
        Jailed("no_such_module")


def test_the_parent_is_not_locked() -> None:
    assert ctypes.CDLL(None).prctl(39, 0, 0, 0, 0) == 0  # PR_GET_NO_NEW_PRIVS
    assert list(Path("/").iterdir())
