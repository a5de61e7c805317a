"""The published versions of the flows, and which one served a call."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NEVER = "A published version never changes."


def upgrade() -> None:
    """Make the tables, and have the database itself refuse to change what is in them."""
    op.add_column("calls", sa.Column("version", sa.Integer))
    op.create_table(
        "versions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("restores", sa.Integer),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("diff", sa.Text, nullable=False),
    )
    op.create_table(
        "version_files",
        sa.Column("number", sa.Integer, sa.ForeignKey("versions.number"), primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION careline_never() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{NEVER}'; END $$"
        )
    for table in ("versions", "version_files"):
        _keep(table)


def _keep(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_never BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION careline_never()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_never_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{NEVER}'); END"
        )
