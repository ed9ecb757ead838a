"""The queue: gradings that are to be done, and each training that is done."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of jobs and of recorded runs."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("like", sa.String, nullable=False),
        sa.Column("queue", sa.String, nullable=False),
        sa.Column("student", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("source", sa.LargeBinary, nullable=False),
        sa.Column("rules_json", sa.String, nullable=False),
        sa.Column("options_json", sa.String, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("faults", sa.Integer, nullable=False),
        sa.Column("worker", sa.String, nullable=False),
        sa.Column("leased_until", sa.Double, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("finished", sa.DateTime),
        sa.Column("seconds", sa.Double),
        sa.Column("fault", sa.String, nullable=False),
        sa.Column("verdict_json", sa.String),
        sa.Column("entry_id", sa.Integer, sa.ForeignKey("entries.id")),
    )
    op.create_index("ix_jobs_key", "jobs", ["key"], unique=True)
    op.create_index("ix_jobs_like", "jobs", ["like"])
    op.create_index("ix_jobs_turn", "jobs", ["queue", "state", "attempt", "id"])
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("data", sa.String, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("run_json", sa.String, nullable=False),
    )
    op.create_index("ix_runs_training", "runs", ["fingerprint", "data", "seed"], unique=True)
