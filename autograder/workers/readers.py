"""The process that reads drawings (reader.py), as its parent sees it: started when first needed.

with Reader() as reader:
reader.read(weights, "mnist", 112, drawn).scores
"""

import base64
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress

from autograder import children
from course.errors import MachineError

SECONDS = 120.0  # for one answer: on a busy machine, loading torch and digits takes most of it


class Reader:
    """One process for all; whoever asks waits for those before."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None

    def read(self, weights: bytes, data: str, side: int, drawn: bytes) -> dict[str, object]:
        """Return what a network reads in a drawing of `side` times `side` bytes."""
        asked = {"data": data, "side": side, "drawn": base64.b64encode(drawn).decode()}
        return self.ask("read", weights, **asked)[0]

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
