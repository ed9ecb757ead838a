"""A real PostgreSQL for tests, started in a folder of its own and gone with it."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from autograder.results.store import engine_of

NEWEST_FIRST = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


@dataclass(frozen=True)
class Database:
    """Where a test keeps its rows."""

    url: str


def programs() -> Path | None:
    """Return where PostgreSQL's programs are, if it is installed."""
    found = shutil.which("postgres")
    places = [Path(found).parent] if found else NEWEST_FIRST
    return next((place for place in places if (place / "initdb").exists()), None)


@contextmanager
def postgres() -> Iterator[str]:
    """Start a PostgreSQL that listens on a socket in its own folder; yield its URL."""
    bin_folder = programs()
    assert bin_folder is not None
    # It refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    with TemporaryDirectory(prefix="pg-") as name:
        folder = Path(name)
        if user is not None:
            shutil.chown(folder, user)

        def run(*command: object) -> None:
            words = [str(word) for word in command]
            subprocess.run(
                words, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, timeout=120
            )

        data, log = folder / "data", folder / "log"
        run(bin_folder / "initdb", "-D", data, "-U", "test", "-A", "trust", "--no-sync")
        options = f"-c listen_addresses='' -k {folder} -c fsync=off"
        run(bin_folder / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")
        try:
            yield f"postgresql://test@/postgres?host={folder}"
        finally:
            run(bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def emptied(url: str) -> str:
    """Empty a PostgreSQL."""
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url


def fresh(url: str) -> str:
    """Make one more database beside a PostgreSQL's own; return its URL."""
    name = f"t{secrets.token_hex(6)}"
    engine = engine_of(url)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.replace("/postgres?", f"/{name}?")
