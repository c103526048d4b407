"""The wire is strict everywhere: every route keeps the unit of work, every text is bounded, every number ranged."""

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from kernel.http.routing import MarketRoute

METHODS_WITH_BODY = {"POST", "PUT", "PATCH"}


@pytest.fixture(scope="module")
def routes(built_house):
    return [route for route in _flat(built_house.app.routes) if isinstance(route, APIRoute)]


def _flat(routes):
    for route in routes:
        inside = getattr(route, "original_router", None)
        yield from _flat(inside.routes) if inside is not None else [route]


def _schema(built_house):
    return built_house.client.get("/openapi.json").json()


def test_every_route_commits_before_it_answers(routes):
    loose = [route.path for route in routes if not isinstance(route, MarketRoute)]

    assert routes
    assert loose == []


def test_operation_ids_are_unique_and_named_by_hand(routes):
    ids = [route.operation_id for route in routes if route.include_in_schema]

    assert None not in ids
    assert len(ids) == len(set(ids))


def test_every_json_body_refuses_unknown_fields(built_house):
    schema = _schema(built_house)
    parts = schema["components"]["schemas"]
    open_bodies = []
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            reference = content.get("application/json", {}).get("schema", {}).get("$ref")
            if reference and parts[reference.rpartition("/")[2]].get("additionalProperties") is not False:
                open_bodies.append(f"{method} {path}")

    assert open_bodies == []


def _unbounded(name: str, schema: dict, where: str = "") -> list[str]:
    kind = schema.get("type")
    bounded_text = any(word in schema for word in ("maxLength", "enum", "const", "format", "pattern"))
    found = []
    if kind == "string" and not bounded_text:
        found.append(f"{name}{where}: text without a limit")
    if kind == "integer" and not {"minimum", "maximum"} <= schema.keys() | (
        {"enum"} & schema.keys() and {"minimum", "maximum"}
    ):
        found.append(f"{name}{where}: whole number without a range")
    if kind == "number":
        found.append(f"{name}{where}: a float on the wire")
    if kind == "array" and "maxItems" not in schema:
        found.append(f"{name}{where}: list without a limit")
    for word in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(word, []):
            found += _unbounded(name, one, where)
    for key, one in schema.get("properties", {}).items():
        found += _unbounded(name, one, f"{where}/{key}")
    if isinstance(schema.get("items"), dict):
        found += _unbounded(name, schema["items"], f"{where}[]")
    return found


def test_every_text_number_and_list_that_comes_in_is_bounded(routes):
    bodies: dict[str, type[BaseModel]] = {}
    for route in routes:
        if route.body_field is not None and route.methods & METHODS_WITH_BODY:
            kind = route.body_field.field_info.annotation
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                bodies[kind.__name__] = kind
    found = []
    for name, kind in bodies.items():
        schema = kind.model_json_schema()
        found += _unbounded(name, schema)
        for part, inner in schema.get("$defs", {}).items():
            found += _unbounded(part, inner)

    assert bodies
    assert found == []
