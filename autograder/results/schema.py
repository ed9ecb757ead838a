"""The schema's versions: a database of any earlier version is brought up to date when it is opened.

Each version is a file in migrations/versions, run by Alembic within one transaction. Of a SQLite
file with something in it a copy is kept beside it first.
"""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from autograder.results import people
from autograder.results.home import HomeError

NEWEST = "0005"  # the last of migrations/versions; a test compares
MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 8_000  # PostgreSQL's advisory lock while the schema changes


def bring_up_to_date(engine: Engine, where: str) -> None:
    """Let the database have the tables of this version; do nothing where it has them."""
    with engine.connect() as connection:
        before = version(connection)
        if before == NEWEST:
            expect_columns(connection, where)
            return
        filled = before is None and inspect(connection).has_table("entries")
    if before is not None and before > NEWEST:
        raise another_version(where, "a newer one has written; install that")
    if filled or before is not None:
        keep_copy(engine, before or "first")
    with engine.execution_options(immediate=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        # Asked again: another process may have been quicker.
        if version(connection) != NEWEST:
            migrate(connection)
            expect_columns(connection, where)


def version(connection: Connection) -> str | None:
    """Read the version of a database; None where it has none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return str(found) if found is not None else None


def migrate(connection: Connection) -> None:
    """Run the migrations that this database lacks."""
    # Imported here: almost every start finds the newest version and needs none of it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def expect_columns(connection: Connection, where: str) -> None:
    """See that the tables have this version's columns: a strange file is left as it is."""
    inspector = inspect(connection)
    there = set(inspector.get_table_names())
    for table in people.Base.metadata.sorted_tables:
        if table.name not in there:
            raise another_version(where, f"lacks the table {table.name}")
        found = {column["name"] for column in inspector.get_columns(table.name)}
        if lacking := [column.name for column in table.columns if column.name not in found]:
            raise another_version(where, f"lacks {', '.join(lacking)}")


def another_version(where: str, how: str) -> HomeError:
    """Say that a database is not one of this version's."""
    return HomeError(
        f"expected a leaderboard of this version in {where}, found one of "
        f"another version, which {how}. "
        "It was left as it is: move it away, or set AUTOGRADE_HOME to another folder."
    )


def keep_copy(engine: Engine, before: str) -> None:
    """Copy a SQLite file beside itself before its schema changes."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        return
    copy = Path(f"{path}.before-{NEWEST}-was-{before}")
    if copy.exists():
        return
    # SQLite's own way to copy, which takes what is still in the write-ahead log along.
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
