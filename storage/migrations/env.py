"""Run by Alembic. `storage.migrate` provides the connection and its transaction."""

from alembic import context

from storage.tables import SQLModel

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
