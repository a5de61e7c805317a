"""How Alembic reaches the database: through the connection that `ivr.store.database` hands over.

The caller holds the transaction, so a migration that fails leaves nothing behind.
"""

from alembic import context

from ivr.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a column by copying its table
)
with context.begin_transaction():
    context.run_migrations()
