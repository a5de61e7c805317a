"""What agents did when, for reports; and when the whole hotline was closed and opened again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "agent_states",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("agent", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reason", sa.Text),
    )
    op.create_index("ix_agent_states_at", "agent_states", ["at"])
    op.create_table(
        "closures",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("prompt", sa.Text),
        sa.Column("recording", sa.Text),
    )
