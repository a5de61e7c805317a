"""Callers who hung up to be rung back."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("number", sa.String),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("age", sa.Integer),
        sa.Column("queue", sa.String, nullable=False),
        sa.Column("stages", sa.JSON, nullable=False),
        sa.Column("head_start", sa.Float, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shows", sa.String, nullable=False),
        sa.Column("recorded", sa.Boolean, nullable=False),
        sa.Column("tried", sa.Integer, nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True)),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True)),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_callbacks_number", "callbacks", ["number"])
    op.create_index("ix_callbacks_state", "callbacks", ["state"])
