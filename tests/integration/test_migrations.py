"""Migrations say the same as the tables, and go down and up again on a filled database."""

import csv
import os
from threading import Thread

from sqlalchemy import text

from app.migrating import check, downgrade, is_current, upgrade
from kernel.db import Database
from kernel.db.roles import DatabaseRole
from tests.support.contracting import sale
from tests.support.database import fresh_database
from tests.support.house import House
from valuation.starting.importing import import_lots, template_rows


def test_the_database_is_what_the_tables_say(migrated):
    check(migrated)


def test_every_table_of_the_house_is_closed_to_those_without_a_grant(migrated):
    ungranted = text(
        """SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
           AND (has_table_privilege('public', oid, 'SELECT') OR has_table_privilege('public', oid, 'INSERT'))"""
    )
    superusers = text("SELECT rolname FROM pg_roles WHERE rolname LIKE 'market\\_%' AND (rolsuper OR rolbypassrls)")

    with migrated.session("owner") as session:
        assert session.execute(ungranted).all() == []
        assert session.execute(superusers).all() == []


def test_no_role_of_the_application_may_change_what_is_append_only(migrated):
    changeable = text(
        """SELECT t.name || ' by ' || r.rolname FROM unnest(cast(:tables AS text[])) AS t(name), pg_roles r
           WHERE r.rolname IN ('market_web', 'market_desk', 'market_worker', 'market_read')
           AND (has_table_privilege(r.oid, t.name, 'UPDATE') OR has_table_privilege(r.oid, t.name, 'DELETE')
                OR has_table_privilege(r.oid, t.name, 'TRUNCATE'))"""
    )
    tables = ["event", "event_handled", "audit_entry", "audit_leaf", "audit_seal"]

    with migrated.session("owner") as session:
        assert session.execute(changeable, {"tables": tables}).all() == []


def test_a_filled_database_goes_down_and_up_again(server, tmp_path):
    with fresh_database(server) as database:
        house = House(database)
        sale(house).signed().registered().paid()
        house.drain()
        with database.session("worker") as session:
            import_lots(session, _list_of_lots(tmp_path), now=house.now())
        with database.session("owner") as session:
            assert session.execute(text("SELECT count(*) FROM contract")).scalar_one() == 1

        downgrade(database)
        with database.engine_of_login().connect() as connection:
            left = connection.execute(text(TABLES_LEFT)).scalars().all()
        upgrade(database, environment="test")

        check(database)
        assert left == ["alembic_version"]


def _list_of_lots(folder):
    path = folder / "lots.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(template_rows())
    return path


def test_two_processes_that_migrate_at_once_do_it_once(server):
    with fresh_database(server) as database:
        downgrade(database)
        faults = []

        def work():
            mine = Database(database.url.render_as_string(hide_password=False))
            try:
                upgrade(mine)
            except Exception as fault:
                faults.append(fault)
            finally:
                mine.dispose()

        threads = [Thread(target=work) for _ in range(3)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]

        assert faults == []
        assert is_current(database)


def test_a_login_that_is_no_superuser_can_set_the_market_up(server):
    name = f"market_owned_{os.getpid()}"
    server.execute(f"CREATE ROLE {name} LOGIN CREATEROLE PASSWORD 'pw'")
    server.execute(f'CREATE DATABASE "{name}" OWNER {name}')
    url = server.address(name).set(username=name, password="pw").render_as_string(hide_password=False)
    for role in DatabaseRole:
        # As an administrator would who made the roles beforehand for another market on the same server.
        server.execute(f"GRANT {role.value} TO {name} WITH ADMIN OPTION")
    database = Database(url)
    try:
        upgrade(database, environment="test")

        check(database)
    finally:
        database.dispose()
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        server.execute(f"DROP ROLE {name}")


TABLES_LEFT = """
SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE relkind = 'r' AND n.nspname IN ('public', 'jobs') ORDER BY 1"""
