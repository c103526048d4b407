"""Grants and row policies, in the few forms that the migrations use."""

from alembic.operations import Operations

ROLES = ("web", "desk", "worker", "read")


def grant(op: Operations, table: str, **rights: str) -> None:
    """Give roles their rights on a table: `grant(op, "lot", web="SELECT, INSERT", worker="SELECT")`."""
    for role, right in rights.items():
        if role not in ROLES:
            raise ValueError(f"no database role market_{role}")
        op.execute(f'GRANT {right} ON TABLE "{table}" TO market_{role}')


def append_only(op: Operations, table: str, *roles: str) -> None:
    """Rows may be read and added, never changed or taken out: no UPDATE and no DELETE right for anybody but the owner."""
    for role in roles or ("web", "worker"):
        op.execute(f'GRANT SELECT, INSERT ON TABLE "{table}" TO market_{role}')


def enable_row_policies(op: Operations, table: str, *, full: tuple[str, ...] = ("worker",)) -> None:
    """Switch row policies on; the roles in `full` see every row (they act for the market, not for a party)."""
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    for role in full:
        op.execute(f'CREATE POLICY "{table}_{role}_all" ON "{table}" TO market_{role} USING (true) WITH CHECK (true)')


def row_policy(
    op: Operations,
    table: str,
    *,
    using: str,
    name: str = "own",
    role: str = "web",
    command: str = "ALL",
    check: str = "",
) -> None:
    """One policy for a role; `using` may call market_actor_organisation() and market_actor_person()."""
    parts = [f'CREATE POLICY "{table}_{role}_{name}" ON "{table}" FOR {command} TO market_{role}']
    if command != "INSERT":
        parts.append(f"USING ({using})")
    if command in ("ALL", "INSERT", "UPDATE"):
        parts.append(f"WITH CHECK ({check or using})")
    op.execute(" ".join(parts))
