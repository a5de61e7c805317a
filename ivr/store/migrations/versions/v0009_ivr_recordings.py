"""Recordings of what is said in the flow, beside those of talks."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column; all there are by now are talks."""
    kind = sa.Column("kind", sa.String, nullable=False, server_default="talk")
    op.add_column("recordings", kind)
