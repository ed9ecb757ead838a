"""What fresh seeds said of an entry. This too may be there already."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table of confirmations."""
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entry_id", sa.Integer, sa.ForeignKey("entries.id"), nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("seeds", sa.Integer, nullable=False),
        sa.Column("passed_seeds", sa.Integer, nullable=False),
        sa.Column("confirmed", sa.Boolean, nullable=False),
        sa.Column("verdict_json", sa.String, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_confirmations_entry_id", "confirmations", ["entry_id"], if_not_exists=True)
