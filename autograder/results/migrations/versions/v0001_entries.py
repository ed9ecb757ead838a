"""The first edition's table. It was made without Alembic, so it may be there already."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table of trained submissions."""
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("handle", sa.String, nullable=False),
        sa.Column("assignment", sa.String, nullable=False),
        sa.Column("assignment_sha256", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("network", sa.String, nullable=False),
        sa.Column("parameters", sa.Integer, nullable=False),
        sa.Column("passed", sa.Boolean, nullable=False),
        sa.Column("verified", sa.Boolean, nullable=False),
        sa.Column("ranked", sa.Boolean, nullable=False),
        sa.Column("mean_accuracy", sa.Double),
        sa.Column("spread", sa.Double),
        sa.Column("seeds", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("device", sa.String, nullable=False),
        sa.Column("data", sa.String, nullable=False),
        sa.Column("finished", sa.Boolean, nullable=False),
        sa.Column("verdict_json", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        if_not_exists=True,
    )
    op.create_index(
        "ix_entries_assignment_sha256", "entries", ["assignment_sha256"], if_not_exists=True
    )
