"""What callers said to be heard later, and who listened to it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("number", sa.String),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("queue", sa.String),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("heard_by", sa.Text),
        sa.Column("heard_at", sa.DateTime(timezone=True)),
        sa.Column("done_by", sa.Text),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_messages_number", "messages", ["number"])
    op.create_table(
        "message_accesses",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("message", sa.Integer, sa.ForeignKey("messages.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.String, nullable=False),
    )
    op.create_index("ix_message_accesses_message", "message_accesses", ["message"])
