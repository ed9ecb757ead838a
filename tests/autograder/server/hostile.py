"""Hostile requests, drawn at random: no answer of 500 or more, nothing of another student's.

python -m tests.autograder.server.hostile --requests 10000 --seed 1 2 3
python -m tests.autograder.server.hostile --requests 10000 --seed 1 2 3 --postgres
"""

import argparse
import json
import logging
import os
import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from autograder.server.desk import COOKIE
from autograder.server.settings import ClassSettings
from tests.helpers.classes import Served, served, upload
from tests.helpers.databases import empty
from tests.helpers.verdicts import verdict

SECRET = "SECRET_OF_THE_VICTIM"  # in the victim's file, name and network
PATHS = (
    *("/", "/board/under-8k", "/board/under-8k/events", "/entry/{n}", "/entry/{n}/misread.png"),
    *("/entry/{n}/read", "/me", "/me/nickname", "/me/leave", "/me/invitation", "/join/{word}"),
    *("/class", "/class/people.csv", "/class/{word}.csv", "/class/{word}", "/class/revoke"),
    *("/class/enrol", "/class/extend", "/class/freeze", "/class/confirm", "/api/class"),
    *("/api/login", "/api/invitation", "/api/board/{word}", "/api/submissions"),
    *("/api/submissions/{n}", "/api/submissions/{n}/source", "/api/submissions/{n}/events"),
    *("/healthz", "/metrics", "/static/style.css", "/static/{word}", "/{word}"),
)
METHODS = (*("GET",) * 6, *("POST",) * 6, "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW")
WORDS = (
    *("under-8k", "..", "../../key", "%00", "%2e%2e%2f", "a" * 3_000, "é", "%ff", "0", "-1", "NaN"),
    *("' OR 1=1 --", "{{7*7}}", "<svg onload=x>", "\u202e", "${jndi:x}", "1e9", "null", "/"),
)
NUMBERS = (0, 1, 2, 3, -1, 2**31, 2**63, 2**64, 10**30)
FIELDS = ("nickname", "student", "people", "rules", "days", "first", "invitation", "page", "x")
KINDS = (
    *("application/json", "application/x-www-form-urlencoded", "text/x-python", "text/html"),
    *("multipart/form-data; boundary=x", "", "\x7f", "application/octet-stream"),
)


@dataclass
class Hostile:
    """Draws requests."""

    noise: random.Random
    token: str  # of a student with no rights but their own

    def word(self) -> str:
        return self.noise.choice(WORDS)

    def path(self) -> str:
        path = self.noise.choice(PATHS)
        path = path.replace("{n}", str(self.noise.choice(NUMBERS))).replace("{word}", self.word())
        if self.noise.random() < 0.2:
            path += "?" + "&".join(f"{self.noise.choice(FIELDS)}={self.word()}" for _ in range(3))
        if self.noise.random() < 0.1:
            at = self.noise.randrange(len(path))
            path = path[:at] + chr(self.noise.randrange(33, 127)) + path[at + 1 :]
        return path if path.startswith("/") else f"/{path}"

    def body(self) -> bytes:
        match self.noise.randrange(6):
            case 0:
                return b""
            case 1:
                return self.noise.randbytes(self.noise.randrange(4_000))
            case 2:
                return json.dumps({self.noise.choice(FIELDS): self.word()}).encode()
            case 3:
                return b"[" * 2_000 + b"{" * 10
            case 4:
                pairs = [f"{self.noise.choice(FIELDS)}={self.word()}" for _ in range(4)]
                return "&".join(pairs).encode("utf-8", "replace")
            case _:
                return b"import os\n" * self.noise.randrange(30)

    def headers(self, host: str) -> dict[str, str]:
        token = self.token
        if self.noise.random() < 0.3:
            at = self.noise.randrange(len(token))
            token = token[:at] + self.noise.choice("aZ0_-") + token[at + 1 :]
        found = {"Host": host, "Content-Type": self.noise.choice(KINDS)}
        match self.noise.randrange(5):
            case 0:
                found["Authorization"] = f"Bearer {token}"
            case 1:
                found["Cookie"] = f"{COOKIE}={token}"
                found["Origin"] = self.noise.choice([f"http://{host}", "null", "http://[", "x"])
            case 2:
                found["Cookie"] = self.noise.choice(["=;=;", f"{COOKIE}=", "a=b; \x7f=1", "$x=1"])
            case 3:
                found["Authorization"] = self.noise.choice(["Bearer", "Basic Og==", "Bearer  "])
        if self.noise.random() < 0.1:
            found["Last-Event-ID"] = self.word().encode("ascii", "replace").decode()
        if self.noise.random() < 0.05:
            found["Host"] = self.noise.choice(["evil.example", "", "[::", "127.0.0.1:x"])
        return found


def ask(client: httpx.Client, hostile: Hostile, host: str) -> tuple[int, bytes] | None:
    """Send one hostile request; None where it is not even HTTP."""
    method, path = hostile.noise.choice(METHODS), hostile.path()
    try:
        request = client.build_request(
            method, path, content=hostile.body(), headers=hostile.headers(host)
        )
        answer = client.send(request, stream=True)
    except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeEncodeError, ValueError):
        return None
    except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
        return 0, b""  # refused before its body was read
    try:
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            return answer.status_code, b""  # it would go on
        return answer.status_code, answer.read()
    finally:
        answer.close()


def victim(there: Served) -> None:
    """Let somebody have something to hide."""
    source = f"# {SECRET}\n"
    assert upload(there.client("victim"), source).status_code == 201
    there.place("victim", verdict((9_000,)), source)
    there.place("victim", verdict((9_950,)), source)
    there.token("prof", "instructor")


def attack(there: Served, requests: int, seed: int) -> tuple[Counter[int], list[str]]:
    """Send so many; return how they were answered, and what should not have been."""
    noise = random.Random(seed)
    hostile = Hostile(noise, there.token("mallory"))
    host = there.address.removeprefix("http://")
    codes: Counter[int] = Counter()
    wrong: list[str] = []
    log = logging.getLogger("uvicorn.error")
    log.addFilter(lambda record: wrong.append(record.getMessage()) or True)
    with httpx.Client(base_url=there.address, timeout=30) as client:
        for number in range(requests):
            answer = ask(client, hostile, host)
            if answer is None:
                continue
            codes[answer[0]] += 1
            if answer[0] >= 500 or SECRET.encode() in answer[1]:
                wrong.append(f"request {number} of seed {seed}: {answer[0]}")
    return codes, wrong


def main() -> None:
    """Read the command line and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=10_000, help="of each seed")
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    found: list[str] = []
    with TemporaryDirectory(prefix="hostile-") as name, empty(asked.postgres, Path(name)) as url:
        os.environ["AUTOGRADE_HOME"] = name
        with served(url, ClassSettings()) as there:
            victim(there)
            for seed in asked.seed:
                codes, wrong = attack(there, asked.requests, seed)
                found += wrong
                answers = dict(codes.most_common())
                print(
                    json.dumps({"seed": seed, "answers": answers, "wrong": wrong[:20]}), flush=True
                )
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
