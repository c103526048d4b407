"""How alembic runs here: as the owner role, in one transaction a migration, with a bound on waiting for locks."""

from alembic import context
from sqlalchemy import Connection, text

from app.wiring import metadata

# Migrations must not queue behind a long transaction and block everybody who comes after.
LOCK_SECONDS_MAX = 5


def include_name(name: str | None, kind: str, _parents: dict[str, str | None]) -> bool:
    """The job queue's own tables live in a schema of their own and are not ours to compare."""
    return kind != "schema" or name in (None, "public")


def run(connection: Connection) -> None:
    """Run the migrations over a connection that the caller opened."""
    connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS_MAX}s'"))
    connection.execute(text("SET statement_timeout = 0"))
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        include_name=include_name,
        compare_server_default=False,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
