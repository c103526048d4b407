"""Seed rows for migrations: trading rules with their source and how sure we are of them."""

import json
from dataclasses import dataclass
from typing import Any

from alembic.operations import Operations
from sqlalchemy import text

_INSERT = text(
    """INSERT INTO trading_rule (name, regime, version, value, unit, source, confidence, valid_from, valid_to)
       VALUES (:name, :regime, 1, cast(:value AS jsonb), :unit, :source, :confidence, cast(:valid_from AS date), NULL)"""
)


@dataclass(frozen=True, slots=True)
class SeedRule:
    """A first version of a rule. `confidence`: verified (the text was read), memory (to be confirmed), design (ours)."""

    name: str
    value: Any
    unit: str
    source: str
    confidence: str = "verified"
    regime: str = "ANY"
    valid_from: str = "2000-01-01"


def seed_rules(op: Operations, rules: list[SeedRule]) -> None:
    """Insert the first versions."""
    for rule in rules:
        values = {field: getattr(rule, field) for field in SeedRule.__slots__}
        op.get_bind().execute(_INSERT, values | {"value": json.dumps(rule.value, ensure_ascii=False)})


def unseed_rules(op: Operations, rules: list[SeedRule]) -> None:
    """Take the rules out again, with every later version."""
    for rule in rules:
        op.get_bind().execute(text("DELETE FROM trading_rule WHERE name = :name"), {"name": rule.name})
