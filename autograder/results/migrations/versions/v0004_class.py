"""A class server: its people, their ways in, what they handed in, their places on boards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables, and find the places of the entries that are there."""
    op.create_index("ix_entries_student", "entries", ["assignment_sha256", "handle"])
    people()
    limits()
    boards()
    from autograder.results.standings import stand_all

    with Session(op.get_bind()) as session:
        stand_all(session)
        session.flush()


def people() -> None:
    """Who is in the class, and what they handed in."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("student", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("nickname", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("joined", sa.DateTime),
    )
    op.create_index("ix_accounts_student", "accounts", ["student"], unique=True)
    op.create_index("ix_accounts_nickname", "accounts", ["nickname"], unique=True)
    op.create_table(
        "secrets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("ends", sa.DateTime, nullable=False),
    )
    op.create_index("ix_secrets_sha256", "secrets", ["sha256"], unique=True)
    op.create_index("ix_secrets_account_id", "secrets", ["account_id"])
    op.create_table(
        "hand_ins",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("job_id", sa.Integer, sa.ForeignKey("jobs.id"), nullable=False),
        sa.Column("rules", sa.String, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
    )
    op.create_index("ix_hand_ins_job_id", "hand_ins", ["job_id"], unique=True)
    op.create_index("ix_hand_ins_tries", "hand_ins", ["account_id", "rules", "created"])


def limits() -> None:
    """How long somebody may hand in, and how often."""
    op.create_table(
        "extensions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("rules", sa.String, nullable=False),
        sa.Column("until", sa.DateTime, nullable=False),
    )
    op.create_index("ix_extensions_whose", "extensions", ["account_id", "rules"], unique=True)
    op.create_table(
        "allowances",
        sa.Column("who", sa.String, primary_key=True),
        sa.Column("stretch", sa.Integer, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
    )


def boards() -> None:
    """Who stands where, in the order of an index."""
    op.create_table(
        "standings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("rules_sha256", sa.String, nullable=False),
        sa.Column("handle", sa.String, nullable=False),
        sa.Column("tier", sa.Integer, nullable=False),
        sa.Column("parameters", sa.Integer, nullable=False),
        sa.Column("missed", sa.Double, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("entry_id", sa.Integer, sa.ForeignKey("entries.id")),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("confirmed", sa.Boolean),
        sa.Column("confirmation", sa.String, nullable=False),
    )
    order = ["tier", "parameters", "missed", "created", "entry_id"]
    op.create_index("ix_standings_whose", "standings", ["rules_sha256", "handle"], unique=True)
    op.create_index("ix_standings_board", "standings", ["rules_sha256", *order])
    op.create_table(
        "frozen",
        sa.Column("rules_sha256", sa.String, primary_key=True),
        sa.Column("since", sa.DateTime, nullable=False),
    )
