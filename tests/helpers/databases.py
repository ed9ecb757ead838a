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
from tests.helpers.processes import below, kill_all, wait_for_the_end

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


@dataclass
class Postgres:
    """A PostgreSQL that listens on a socket in its own folder."""

    folder: Path
    bin_folder: Path
    # It refuses to run as root.
    user: str | None = "postgres" if os.geteuid() == 0 else None

    @property
    def url(self) -> str:
        return f"postgresql://test@/postgres?host={self.folder}"

    def make(self) -> None:
        """Make an empty one."""
        if self.user is not None:
            shutil.chown(self.folder, self.user)
        self.run("initdb", "-U", "test", "-A", "trust", "--no-sync")

    def start(self) -> None:
        """Start it, also after it was killed."""
        options = f"-c listen_addresses='' -k {self.folder} -c fsync=off"
        self.run("pg_ctl", "-l", self.folder / "log", "-w", "-o", options, "start")

    def stop(self) -> None:
        """Stop it, without a farewell to who is connected."""
        self.run("pg_ctl", "-m", "immediate", "-w", "stop")

    def kill(self) -> None:
        """Kill every process of it, as a machine that loses its power does."""
        postmaster = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        everyone = [postmaster, *below(postmaster)]
        kill_all(everyone)
        wait_for_the_end(everyone)  # a number that is left is taken for a PostgreSQL that runs

    def run(self, program: str, *words: object) -> None:
        """Run one of its programs."""
        command = [str(self.bin_folder / program), "-D", str(self.folder / "data")]
        command += [str(word) for word in words]
        subprocess.run(
            command,
            check=True,
            user=self.user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
        )


@contextmanager
def started_postgres() -> Iterator[Postgres]:
    """Start a PostgreSQL in a folder of its own, and let both go."""
    bin_folder = programs()
    assert bin_folder is not None
    with TemporaryDirectory(prefix="pg-") as name:
        database = Postgres(Path(name), bin_folder)
        database.make()
        database.start()
        try:
            yield database
        finally:
            database.stop()


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the URL of a PostgreSQL of one's own."""
    with started_postgres() as database:
        yield database.url


@contextmanager
def empty(on_postgres: bool, folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database: a PostgreSQL of one's own, or a SQLite in a folder."""
    if not on_postgres:
        yield f"sqlite:///{folder}/db.sqlite"
        return
    with postgres() as url:
        yield url


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
