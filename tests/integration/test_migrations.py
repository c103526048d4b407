"""Migrations say the same as the tables, and go down and up again on a filled database."""

from sqlalchemy import text

from app.migrating import check


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
