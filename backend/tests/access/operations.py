"""What the application offers, read from the application itself: its routes, and the operations of its OpenAPI."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

Json = dict[str, Any]


def declared_routes(app: FastAPI) -> set[tuple[str, str]]:
    """(method, path template) of every route, however deep its router lies."""
    return {(method, path) for route in app.routes for method, path in _flat(route)}


def _flat(route: Any) -> Iterator[tuple[str, str]]:
    if hasattr(route, "effective_candidates"):
        for inner in (*route.effective_candidates(), *route.effective_low_priority_routes()):
            yield from _flat(inner)
        return
    real = getattr(route, "starlette_route", None) or route
    # Starlette's own routes answer HEAD wherever they answer GET: the door treats it as GET.
    implied = {"HEAD"} if "GET" in real.methods and not hasattr(real, "dependant") else set()
    for method in set(real.methods) - implied:
        yield method, real.path


@dataclass(frozen=True)
class Operation:
    """One operation of the OpenAPI document."""

    method: str
    path: str
    query: tuple[str, ...]
    body: Json | None
    """The JSON schema of the body with its references resolved; None where there is none, or it is no JSON."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def fields(self) -> frozenset[str]:
        """Every name under which the operation takes an id or another value."""
        in_path = {part[1:-1] for part in self.path.split("/") if part.startswith("{")}
        return frozenset(in_path | set(self.query) | set((self.body or {}).get("properties", {})))


def operations(app: FastAPI) -> list[Operation]:
    """Every operation of the document."""
    document = app.openapi()
    return [
        Operation(
            method.upper(),
            path,
            tuple(item["name"] for item in operation.get("parameters", []) if item["in"] == "query"),
            _body(operation, document),
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _body(operation: Json, document: Json) -> Json | None:
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return None
    if "anyOf" in schema:
        schema = next(item for item in schema["anyOf"] if "$ref" in item)
    resolved: Json = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return resolved


def sample(schema: Json, known: Mapping[str, Any]) -> Json:
    """A small valid object: `known` values where the name fits, else whatever the schema allows."""
    properties: Json = schema["properties"]
    wanted = set(schema.get("required", [])) or set(list(properties)[:1])
    return {name: known[name] if name in known else _value(properties[name]) for name in properties if name in wanted}


def _value(schema: Json) -> Any:
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][-1]
    if "anyOf" in schema:
        return _value(schema["anyOf"][0])
    match schema["type"]:
        case "string":
            return "x" * max(1, schema.get("minLength", 1))
        case "boolean":
            return True
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "array":
            return [_value(schema["items"])]
    raise AssertionError(f"no sample for {schema}")
