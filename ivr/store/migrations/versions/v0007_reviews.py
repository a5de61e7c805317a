"""What is to be done with recordings, and what was found in them: measures, words, findings."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables, and have every recording that is kept already looked at."""
    op.create_table(
        "work",
        sa.Column("recording", sa.String, primary_key=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index("ix_work_due", "work", ["due"])
    op.create_table(
        "reviews",
        sa.Column("recording", sa.String, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("measures", sa.JSON, nullable=False),
        sa.Column("caller_rate", sa.Float),
        sa.Column("agent_rate", sa.Float),
    )
    op.create_table(
        "turns",
        sa.Column("recording", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("speaker", sa.String, nullable=False),
        sa.Column("words", sa.JSON, nullable=False),
        sa.Column("letters", sa.Text, nullable=False),
    )
    op.create_table(
        "findings",
        sa.Column("recording", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("second", sa.Float, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ix_findings_rule", "findings", ["rule"])
    op.execute(
        "INSERT INTO work (recording, due, attempts, holder, note) "
        "SELECT name, at, 0, '', '' FROM recordings WHERE state = 'kept'"
    )
