"""The first tables: callers, agents, calls and their events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "callers",
        sa.Column("number", sa.String, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("birth", sa.Date),
        sa.Column("languages", sa.Text, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("preferred_agent", sa.String),
    )
    op.create_table(
        "agents",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("display", sa.Text, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("skills", sa.JSON, nullable=False),
        sa.Column("phone_secret", sa.Text, nullable=False),
        sa.Column("logged_in", sa.Boolean, nullable=False),
        sa.Column("paused", sa.Text),
    )
    op.create_table(
        "calls",
        sa.Column("call_id", sa.String, primary_key=True),
        sa.Column("number", sa.String),
        sa.Column("masked", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("age", sa.Integer),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("agent", sa.String),
        sa.Column("queue", sa.String),
        sa.Column("waited_s", sa.Float),
        sa.Column("talked_s", sa.Float),
        sa.Column("hung_up_by", sa.String),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("forgotten", sa.Boolean, nullable=False),
    )
    op.create_index("ix_calls_number", "calls", ["number"])
    op.create_index("ix_calls_started", "calls", ["started"])
    op.create_table(
        "call_events",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "call_id",
            sa.String,
            sa.ForeignKey("calls.call_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.UniqueConstraint("call_id", "seq", name="one_event_a_place"),
        sqlite_autoincrement=True,
    )
