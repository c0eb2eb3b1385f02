"""Alembic's entry: runs the migrations on the connection that the exchange hands over, in its one transaction."""

from alembic import context

from doorstart.exchange.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite can do this as well as PostgreSQL, since the transaction is begun by us and not by its driver.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
