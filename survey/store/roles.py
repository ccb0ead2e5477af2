"""The role that serves: a PostgreSQL database and a role's name in, what it needs there granted, no more.

It owns nothing. It reads and writes rows, appends to the record of acts, and has respondents' tables written
anew by one function that does nothing else; it cannot change a table, a rule, or what was recorded.
"""

from sqlalchemy import Connection, text

from survey.refusal import Reason, Refused
from survey.store.engine import Database, rewriting_statements
from survey.store.models import Act, Base
from survey.store.rewriting import REWRITTEN

REWRITE = "tolqyn_rewrite(text)"
KEPT = "alembic_version"
"""Tables that are read alone."""
APPENDED = (Act.__tablename__,)
"""Tables to which rows are added, and never changed or deleted."""


def grant(database: Database, role: str) -> None:
    """Make it the role that serves: what it had before is taken away first. Raises Refused.

    To be typed as the owner of the tables.
    """
    _refuse_other(database)
    with database.transaction() as connection:
        _refuse_role(connection, role)
        quoted = connection.dialect.identifier_preparer.quote(role)
        for statement in (*_function(connection), *_statements(quoted)):
            connection.exec_driver_sql(statement)


def granted(database: Database) -> list[str]:
    """Roles that were made so; they have to be granted what comes with a migration."""
    if database.engine.dialect.name != "postgresql":
        return []
    query = text(
        "SELECT grantee FROM information_schema.role_table_grants WHERE table_schema = 'public' "
        "AND table_name = :kept AND privilege_type = 'SELECT' AND grantee NOT IN (current_user, 'PUBLIC') "
        "AND grantee IN (SELECT rolname FROM pg_roles WHERE NOT rolsuper) ORDER BY grantee"
    )
    with database.engine.connect() as connection:
        return list(connection.scalars(query, {"kept": KEPT}))


def owning(database: Database) -> tuple[Reason, ...]:
    """Why the role of this address is not one that serves alone. SQLite knows no roles."""
    if database.engine.dialect.name != "postgresql":
        return ()
    query = text(
        "SELECT current_user FROM pg_class WHERE oid = to_regclass('public.act') "
        "AND pg_has_role(current_user, relowner, 'USAGE')"
    )
    with database.engine.connect() as connection:
        role = connection.scalar(query)
    if role is None:
        return ()
    hint = "docs/guide/debian.md, 3: another role owns the tables and types tolqyn db grant ROLE"
    return (Reason("a role that owns no table", f"{role}, which owns them", hint, rule="role"),)


def refuse_serving(database: Database) -> None:
    """Raises Refused for a role that may make no table: a migration and a restoration are the owner's."""
    if database.engine.dialect.name != "postgresql":
        return
    query = text("SELECT current_user, has_schema_privilege(to_regnamespace('public'), 'CREATE')")
    with database.engine.connect() as connection:
        role, may = connection.execute(query).one()
    if may is None:
        place = "TOLQYN_DATABASE_URL"
        raise Refused(Reason("a schema public", "none", "psql -c 'CREATE SCHEMA public'", path=place))
    if not may:
        hint = (
            "type it as the owner of the tables (docs/guide/debian.md: `owner`), then tolqyn db grant " + role
        )
        raise Refused(
            Reason("a role that may change tables", role, hint, path="TOLQYN_DATABASE_URL", rule="role")
        )


def _refuse_other(database: Database) -> None:
    if database.engine.dialect.name != "postgresql":
        hint = "SQLite knows no roles: who may read the file may change it"
        raise Refused(Reason("PostgreSQL", database.engine.dialect.name, hint, path="TOLQYN_DATABASE_URL"))


def _refuse_role(connection: Connection, role: str) -> None:
    found = connection.execute(
        text(
            "SELECT rolsuper, pg_has_role(:role, (SELECT relowner FROM pg_class WHERE oid = "
            "to_regclass('public.act')), 'MEMBER') FROM pg_roles WHERE rolname = :role"
        ),
        {"role": role},
    ).first()
    if found is None:
        raise Refused(Reason("a role of PostgreSQL", role, f"createuser {role}", path="ROLE", rule="role"))
    if found[0] or found[1]:
        hint = "createuser tolqyn   (and let another role own the database)"
        kind = "a superuser" if found[0] else "the owner of the tables, or a member of that role"
        raise Refused(
            Reason("a role without rights of its own", f"{role}, {kind}", hint, path="ROLE", rule="role")
        )


def _function(connection: Connection) -> tuple[str, ...]:
    """Runs with its owner's rights, on the tables it names and on no other."""
    branches = " ELSIF ".join(
        f"which = '{table}' THEN {'; '.join(rewriting_statements(table, connection.dialect))};"
        for table in (Base.metadata.tables[model.__tablename__] for model in REWRITTEN)
    )
    body = f"BEGIN IF {branches} ELSE RAISE EXCEPTION 'no table that is rewritten'; END IF; END"
    return (
        "CREATE OR REPLACE FUNCTION public.tolqyn_rewrite(which text) RETURNS void LANGUAGE plpgsql "
        f"SECURITY DEFINER SET search_path = public, pg_temp AS $rewrite${body}$rewrite$",
        f"REVOKE ALL ON FUNCTION public.{REWRITE} FROM PUBLIC",
    )


def _statements(role: str) -> tuple[str, ...]:
    written = sorted(set(Base.metadata.tables) - set(APPENDED))
    return (
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {role}",
        f"REVOKE ALL ON SCHEMA public FROM {role}",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT ON {KEPT} TO {role}",
        f"GRANT SELECT, INSERT ON {', '.join(APPENDED)} TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(written)} TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"GRANT EXECUTE ON FUNCTION public.{REWRITE} TO {role}",
    )
