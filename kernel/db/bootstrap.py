"""Before the first migration: the roles of the house exist, the login may take them, and the owner may create tables."""

from sqlalchemy import Connection, text

from kernel.db.roles import DatabaseRole

# Roles belong to the whole server: two databases may be set up at once, so "already there" is success.
_CREATE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$"""
# From version 16 on, who makes a role may administer it, but not take it: the grant must be said also to its maker. Nothing
# is granted that is there already, for two databases of one server may be prepared at once. A login that may not grant has
# been granted the roles by an administrator, or learns at the first SET ROLE that it was not.
_GRANT_TO_LOGIN = """
DO $$
DECLARE may_take boolean;
BEGIN
  IF current_setting('server_version_num')::int >= 160000 THEN may_take := pg_has_role(session_user, '{role}', 'SET');
  ELSE may_take := pg_has_role(session_user, '{role}', 'MEMBER'); END IF;
  IF NOT may_take THEN EXECUTE format('GRANT {role} TO %I', session_user); END IF;
EXCEPTION WHEN insufficient_privilege OR unique_violation THEN NULL;
END $$"""


class NotPostgres15(RuntimeError):
    """The database server is older than PostgreSQL 15."""


def prepare(connection: Connection) -> None:
    """Make roles and grants as the login role. Safe to repeat and to run twice at once. Raises NotPostgres15."""
    version = connection.execute(text("SHOW server_version_num")).scalar_one()
    if int(version) < 150000:
        raise NotPostgres15(f"PostgreSQL 15 or newer is needed, the server says {version}")
    for role in DatabaseRole:
        connection.execute(text(_CREATE.format(role=role.value)))
        connection.execute(text(_GRANT_TO_LOGIN.format(role=role.value)))
    database = connection.dialect.identifier_preparer.quote(
        connection.execute(text("SELECT current_database()")).scalar_one()
    )
    connection.execute(text(f"GRANT CREATE, CONNECT ON DATABASE {database} TO market_owner"))
    connection.execute(text("GRANT USAGE, CREATE ON SCHEMA public TO market_owner"))
