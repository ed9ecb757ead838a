"""The process that reads drawings (reader.py), as its parent sees it: started when first needed.

    with Reader() as reader:
        reader.read(weights, "mnist", 112, drawn)["scores"]

While it works, others wait with their drawings. Whoever's turn comes next takes along all that wait
for the same network: they are read as one batch, and find their answers there.
"""

import base64
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass

from autograder import children
from course.errors import MachineError

SECONDS = 120.0  # for one answer: on a busy machine, loading torch and digits takes most of it


MOST_TOGETHER = 64  # drawings in a batch


@dataclass(eq=False)
class Drawing:
    """What somebody drew, and what was read in it."""

    network: tuple[bytes, str, int]  # its weights, its data, a side's pixels
    drawn: bytes
    read: dict[str, object] | None = None


class Reader:
    """One process for all; whoever asks waits for those before."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.waiting: list[Drawing] = []
        self.process: subprocess.Popen[bytes] | None = None

    def read(self, weights: bytes, data: str, side: int, drawn: bytes) -> dict[str, object]:
        """Return what a network reads in a drawing of `side` times `side` bytes."""
        mine = Drawing((weights, data, side), drawn)
        self.waiting.append(mine)
        try:
            with self.lock:
                if mine.read is None:  # nobody before has taken it along
                    others = (one for one in list(self.waiting) if one is not mine)
                    like = [one for one in others if one.network == mine.network and not one.read]
                    self.read_together([mine, *like[: MOST_TOGETHER - 1]])
        finally:
            self.waiting.remove(mine)
        assert mine.read is not None
        return mine.read

    def read_together(self, drawings: list[Drawing]) -> None:
        """Let a network read drawings as one batch."""
        weights, data, side = drawings[0].network
        drawn = [base64.b64encode(one.drawn).decode() for one in drawings]
        told, _ = self.ask("read", weights, data=data, side=side, drawn=drawn)
        found = told["read"]
        assert isinstance(found, list)
        for one, read in zip(drawings, found, strict=True):
            one.read = read

    def labels(self, data: str) -> bytes:
        """Return the labels of the test images."""
        return self.ask("labels", b"", data=data)[1]

    def picture(self, data: str, places: list[int]) -> bytes:
        """Return test images as a PNG, side by side."""
        content = b"".join(place.to_bytes(4, "big") for place in places)
        return self.ask("picture", content, data=data)[1]

    def ask(self, do: str, content: bytes, **more: object) -> tuple[dict[str, object], bytes]:
        """Send a request and wait for its answer; a process that died is started once more."""
        with self.lock:
            for _ in range(2):
                process = self.running()
                assert process.stdin is not None
                assert process.stdout is not None
                clock = threading.Timer(SECONDS, children.kill, [process])
                clock.start()
                try:
                    line = {"do": do, "size": len(content), **more}
                    process.stdin.write(json.dumps(line).encode() + b"\n" + content)
                    process.stdin.flush()
                    told = json.loads(process.stdout.readline() or b"null")
                    if told is not None:
                        return told, process.stdout.read(told.pop("size"))
                except (BrokenPipeError, json.JSONDecodeError):
                    pass  # it died on the way
                finally:
                    clock.cancel()
                self.close()
        raise MachineError("the process that reads drawings has ended")

    def running(self) -> "subprocess.Popen[bytes]":
        """Return the process, started if it is not there."""
        if self.process is None or self.process.poll() is not None:
            # -P: no folder of the user's is searched for modules.
            command = [sys.executable, "-P", "-m", "autograder.workers.reader", str(os.getpid())]
            self.process = children.start(command, stderr=subprocess.DEVNULL, env=dict(os.environ))
        return self.process

    def close(self) -> None:
        """End the process."""
        process, self.process = self.process, None
        if process is None:
            return
        children.kill(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        process.wait()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
