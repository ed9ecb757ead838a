"""What a class server bears, measured on this machine: uploads at once, open streams, long boards.

python -m tests.autograder.server.load --uploads 50 --streams 2000 --entries 100000
"""

import argparse
import asyncio
import json
import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import httpx

from autograder.results.leaderboard import Leaderboard
from autograder.server.settings import ClassSettings
from tests.helpers.boards import filled
from tests.helpers.classes import Served, served, upload
from tests.helpers.verdicts import verdict

PAGES = 20


def milliseconds(seconds: list[float]) -> dict[str, float]:
    """Sum up how long something took."""
    most = quantiles(seconds, n=100)[98] if len(seconds) > 1 else seconds[0]
    return {"median_ms": round(1_000 * median(seconds), 1), "p99_ms": round(1_000 * most, 1)}


def timed(count: int, call: Callable[[int], object], at_once: int) -> list[float]:
    """Call something so often, so many at once; return how long each took."""

    def one(number: int) -> float:
        began = time.perf_counter()
        call(number)
        return time.perf_counter() - began

    with ThreadPoolExecutor(at_once) as crowd:
        return list(crowd.map(one, range(count)))


def uploads(there: Served, count: int) -> dict[str, object]:
    """Let so many students hand in at the same moment."""
    for number in range(count):
        there.token(f"s{number}")
    clients = [there.client(f"s{number}") for number in range(count)]
    numbers: list[int] = []

    def hand_in(number: int) -> None:
        answer = upload(clients[number], f"n = {number}")
        assert answer.status_code == 201, answer.text
        numbers.append(answer.json()["number"])

    took = timed(count, hand_in, count)
    return {"acknowledged": len(set(numbers)), **milliseconds(took)}


async def listened(there: Served, count: int) -> dict[str, object]:
    """Open so many streams of a board, and move it."""
    limits = httpx.Limits(max_connections=None)
    heard: list[float] = []
    host, port = there.address.removeprefix("http://").split(":")

    async def one() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET /board/under-8k/events HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        async for line in reader:
            if b"1,234" in line:
                heard.append(time.perf_counter())
                break
        writer.close()

    async with httpx.AsyncClient(base_url=there.address, limits=limits) as client:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        listening = [asyncio.create_task(one()) for _ in range(count)]
        while there.desk.hub.listeners < count:
            await asyncio.sleep(0.1)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        answer = await client.get("/healthz")  # others are still served
        answered = time.perf_counter() - began
        assert answer.status_code == 200
        moved = time.perf_counter()
        await asyncio.to_thread(there.place, "mover", verdict((9_950,), parameters=1_234))
        await asyncio.gather(*listening)
    return {
        "streams": len(heard),
        "kilobytes_each_with_its_listener": round((after - before) / count, 1),
        "another_page_ms": round(1_000 * answered, 1),
        "all_heard_after_s": round(max(heard) - moved, 2),
    }


def boards(there: Served, url: str, entries: int) -> dict[str, object]:
    """Ask for pages of a long board."""
    with Leaderboard(url) as board:
        filled(board, entries)
    with there.client() as client:
        client.get("/")
        first = timed(PAGES, lambda number: client.get("/").raise_for_status(), 1)
        middle = f"/board/under-8k?page={entries // 200}"
        deep = timed(PAGES, lambda number: client.get(middle).raise_for_status(), 1)
        entry = timed(
            PAGES, lambda number: client.get(f"/entry/{number + 1}").raise_for_status(), 1
        )
    return {
        "entries": entries,
        "first page": milliseconds(first),
        "middle page": milliseconds(deep),
        "entry": milliseconds(entry),
    }


def main() -> None:
    """Read the command line and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--uploads", type=int, default=50)
    parser.add_argument("--streams", type=int, default=2_000)
    parser.add_argument("--entries", type=int, default=100_000)
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (3 * asked.streams + 500,) * 2)
    with TemporaryDirectory(prefix="load-") as name:
        os.environ["AUTOGRADE_HOME"] = name
        url = f"sqlite:///{Path(name, 'leaderboard.sqlite')}"
        with served(url, ClassSettings(most_streams=100_000)) as there:
            print(json.dumps({"uploads": uploads(there, asked.uploads)}), flush=True)
            print(json.dumps(asyncio.run(listened(there, asked.streams))), flush=True)
        Path(name, "leaderboard.sqlite").unlink()
        with served(url, ClassSettings()) as there:
            print(json.dumps(boards(there, url, asked.entries)), flush=True)


if __name__ == "__main__":
    main()
