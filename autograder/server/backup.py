"""Everything that a class has, as one file: every row of every table, the key, what was learned.

    back_up(store, Path("class.backup"))     # while the server runs
    restore(store, Path("class.backup"))     # into an empty database, of either kind, and home

A backup is a gzipped tar of JSON lines, so that it can be read in ten years and moved from SQLite
to PostgreSQL. It holds the key that seeds come from: whoever has it can try out seeds.
"""

import base64
import io
import json
import os
import re
import tarfile
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, LargeBinary, Table, func, insert, select, text
from sqlalchemy.types import DateTime

from autograder.results import archive
from autograder.results.home import home, key, private, share
from autograder.results.people import Base
from autograder.results.schema import NEWEST
from autograder.results.store import Store, slices
from course.errors import UsageError
from course.files import write_whole

LEARNED = re.compile(r"learned/[0-9a-z-]{1,100}/[0-9]{1,20}\.(safetensors|answers)")
MOST = 4_000  # rows at a time


def back_up(store: Store, path: Path) -> int:
    """Write a backup, whole or not at all; return its number of rows."""
    draft = path.with_name(f".{path.name}.part")
    rows = 0
    try:
        with (
            open(draft, "wb", opener=private) as file,
            tarfile.open(fileobj=file, mode="w:gz") as tar,
        ):
            add(tar, "version.json", json.dumps({"schema": NEWEST}).encode())
            add(tar, "key", key())
            with store.in_a_sentence(), store.engine.connect() as connection:
                # One moment for all tables, however long it takes.
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
                for table in Base.metadata.sorted_tables:
                    lines = [line(row._mapping, table) for row in connection.execute(select(table))]
                    rows += len(lines)
                    add(tar, f"{table.name}.jsonl", "".join(lines).encode())
            for file_ in sorted(archive.folder().glob("*/*")):
                if LEARNED.fullmatch(name := f"learned/{file_.parent.name}/{file_.name}"):
                    add(tar, name, file_.read_bytes())
        os.replace(draft, path)  # noqa: PTH105
    finally:
        draft.unlink(missing_ok=True)
    return rows


def add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add a file of this content."""
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def line(row: "object", table: Table) -> str:
    """Write a row as a line of JSON."""
    values = {name: plain(value) for name, value in dict(row).items()}  # type: ignore[call-overload]
    return json.dumps(values) + "\n"


def plain(value: object) -> object:
    """Write a value as JSON has it."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else value


def restore(store: Store, path: Path) -> int:
    """Fill an empty database from a backup; return its number of rows."""
    try:
        with tarfile.open(path, "r:gz") as tar:
            return fill(store, tar)
    except FileNotFoundError:
        raise UsageError(f"expected a backup, found no file {path}") from None
    except (tarfile.TarError, EOFError, OSError, KeyError, ValueError) as error:
        raise UsageError(f"expected a backup of autograde's in {path}, found: {error}") from None


def fill(store: Store, tar: tarfile.TarFile) -> int:
    """Read the files of a backup in the order in which they were written."""
    version = json.loads(content_of(tar, "version.json"))["schema"]
    if version != NEWEST:
        raise UsageError(
            f"expected a backup of version {NEWEST}, found {version}; install that one"
        )
    secret = content_of(tar, "key")
    expect_no_other_key(secret)
    rows = 0
    with store.in_a_sentence(), store.engine.execution_options(immediate=True).begin() as there:
        for table in Base.metadata.sorted_tables:
            if there.scalar(select(func.count()).select_from(table)):
                raise UsageError(
                    f"expected an empty database, found rows of {table.name} in {store.where}; "
                    "move it away, or name another in AUTOGRADE_DATABASE"
                )
        for table in Base.metadata.sorted_tables:
            rows += insert_all(there, table, content_of(tar, f"{table.name}.jsonl"))
    share(write_whole(home() / "key", secret, mode=0o600))
    for member in tar.getmembers():
        if member.isfile() and LEARNED.fullmatch(member.name):
            archive.put(home() / member.name, content_of(tar, member.name))
    return rows


def expect_no_other_key(secret: bytes) -> None:
    """Refuse to write over another key: nothing that was graded by it could be repeated."""
    path = home() / "key"
    if path.exists() and path.read_bytes() != secret:
        raise UsageError(
            f"expected no key but the backup's, found another one in {path}; "
            "move it away, or name another folder in AUTOGRADE_HOME"
        )


def content_of(tar: tarfile.TarFile, name: str) -> bytes:
    """Read one file of a backup."""
    file = tar.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file.read()


def insert_all(connection: Connection, table: Table, content: bytes) -> int:
    """Insert a table's rows, and let new ones be numbered after them."""
    rows = [typed(json.loads(one), table) for one in content.splitlines()]
    for some in slices(rows, MOST):
        connection.execute(insert(table), some)
    if rows and "id" in table.c and connection.dialect.name == "postgresql":
        last = select(func.max(table.c.id)).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table.name, "id")
        connection.execute(select(func.setval(sequence, last)))
    return len(rows)


def typed(row: dict[str, object], table: Table) -> dict[str, object]:
    """Read a row's values as the table has them."""
    for column in table.columns:
        value = row[column.name]
        if value is not None and isinstance(column.type, LargeBinary):
            row[column.name] = base64.b64decode(str(value))
        elif value is not None and isinstance(column.type, DateTime):
            row[column.name] = datetime.fromisoformat(str(value))
    return row
