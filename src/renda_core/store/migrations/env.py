"""What Alembic runs: the connection comes from ``renda_core.store.migrate``, never from a file of settings."""

from alembic import context

from renda_core.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # on SQLite too: a broken migration leaves the file as it was
)
with context.begin_transaction():
    context.run_migrations()
