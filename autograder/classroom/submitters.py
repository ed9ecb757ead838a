"""Who handed in what on Gradescope: the list that lies beside its downloaded submissions.

    submission_12345:
      :submitters:
      - :name: Ada Lovelace
        :sid: '4711'
        :email: ada@uni.example
      :created_at: 2026-12-01 22:58:01.123456000 Z

It is YAML, of which these few lines are read and nothing else. A group has several submitters, and
what it handed in is each one's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from autograder.classroom.owners import Owner
from autograder.classroom.places import Names, Place
from course.ordinary import NotReadable

LIST = "submission_metadata.yml"
MOST_BYTES = 64 << 20
LINE = re.compile(r"(?P<indent> *(?:- )?):?(?P<key>\w+):(?: (?P<value>.*))?")


@dataclass
class Submission:
    """One folder of the download."""

    folder: str
    owners: list[Owner]
    handed_in: datetime | None = None


def submissions(place: Place, above: Names) -> dict[str, Submission]:
    """Read the list, by folder; nothing where there is none."""
    try:
        text = place.read((*above, LIST), MOST_BYTES).decode("utf-8", "replace")
    except (FileNotFoundError, NotReadable):
        return {}
    return {one.folder: one for one in read_list(text)}


def read_list(text: str) -> Iterator[Submission]:
    """Read each submission's lines."""
    section = ""
    for block in re.split(r"^(?=\w)", text, flags=re.M):
        lines = [found for line in block.splitlines() if (found := LINE.fullmatch(line))]
        if not lines or lines[0]["indent"]:
            continue
        people: list[dict[str, str]] = []
        about: dict[str, str] = {}  # what the lines say of the submission, each key once
        for line in lines[1:]:
            key, value = line["key"], unquoted(line["value"] or "")
            if line["indent"] == "  ":
                section = key if key not in about else ""
                about.setdefault(key, value)
            elif section == "submitters" and key in ("name", "sid", "email"):
                if line["indent"].endswith("- ") or not people:
                    people.append({})
                people[-1].setdefault(key, value)
        owners = [owner(person) for person in people]
        yield Submission(lines[0]["key"], owners, moment(about.get("created_at", "")))


def owner(person: dict[str, str]) -> Owner:
    """Return whom a submitter's lines mean."""
    words = tuple(person[key] for key in ("sid", "email") if person.get(key))
    return Owner(person.get("name") or " ".join(words), words=words)


def unquoted(value: str) -> str:
    """Take off YAML's quotes."""
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def moment(value: str) -> datetime | None:
    """Read Ruby's `2026-12-01 22:58:01.123456000 Z`."""
    try:
        found = datetime.fromisoformat(value.replace(" Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
