"""How schemas, parameters and responses are spelled in an OpenAPI document."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

JSON_TYPE = "application/json"
HTML_TYPE = "text/html"


def members(
    required: Mapping[str, Json],
    optional: Mapping[str, Json] | None = None,
    *,
    closed: bool = True,
    about: str = "",
) -> Json:
    """Return the schema of an object; one that is not ``closed`` may have further members."""
    shape: Json = {"type": "object"}
    if about:
        shape["description"] = about
    if required:
        shape["required"] = list(required)
    shape["properties"] = {**required, **(optional or {})}
    if closed:
        shape["additionalProperties"] = False
    return shape


def form(required: Mapping[str, Json], optional: Mapping[str, Json] | None = None) -> Json:
    """Return the schema of a form, whose parameters are texts and are there once.

    One that is empty is as good as none (RFC 6749 sections 3.1 and 3.2).
    """
    shape = members(required, optional, closed=False)
    for name in required:
        shape["properties"][name] = {"minLength": 1, **required[name]}
    return {**shape, "additionalProperties": {"type": "string"}}


def text(about: str = "", **keywords: Any) -> Json:
    """Return the schema of a string."""
    return {"type": "string", **_described(about), **keywords}


def whole(about: str = "", **keywords: Any) -> Json:
    """Return the schema of a whole number."""
    return {"type": "integer", **_described(about), **keywords}


def flag(about: str = "") -> Json:
    """Return the schema of true or false."""
    return {"type": "boolean", **_described(about)}


def listed(items: Json, **keywords: Any) -> Json:
    """Return the schema of an array."""
    return {"type": "array", "items": items, **keywords}


def or_null(shape: Json) -> Json:
    """Return ``shape``, which has one type, with null beside it."""
    told = {**shape, "type": [shape["type"], "null"]}
    if "enum" in told:
        told["enum"] = [*told["enum"], None]
    return told


def one_of(values: Sequence[str], about: str = "") -> Json:
    """Return the schema of one word of a few."""
    return text(about, enum=list(values))


def ref(kind: str, name: str) -> Json:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def schema(name: str) -> Json:
    """Return a reference to a schema."""
    return ref("schemas", name)


def answer(
    about: str, content: Mapping[str, Json] | None = None, headers: Mapping[str, Json] | None = None
) -> Json:
    """Return a response; ``content`` is schemas by media type."""
    told: Json = {"description": about}
    if headers:
        told["headers"] = dict(headers)
    if content is not None:
        told["content"] = {kind: {"schema": shape} for kind, shape in content.items()}
    return told


def header(about: str, shape: Json, *, required: bool = False) -> Json:
    """Return a response's header."""
    return {"description": about, "schema": shape, **({"required": True} if required else {})}


def linked(told: Json, name: str, operation: str, **further: Json) -> Json:
    """Return a response with a link to the operation that goes on from it."""
    return {**told, "links": {name: {"operationId": operation, **further}}}


def sent_header(name: str, about: str, shape: Json) -> Json:
    """Return a header that a request may have."""
    return {"name": name, "in": "header", "description": about, "schema": shape}


def query(name: str, shape: Json, *, required: bool = False) -> Json:
    """Return a parameter of the query."""
    return {"name": name, "in": "query", "required": required, "schema": shape}


def in_path(name: str, about: str, pattern: str) -> Json:
    """Return a gap of the path."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": about,
        "schema": text(pattern=pattern),
    }


def body(content: Mapping[str, Json]) -> Json:
    """Return a request's body."""
    return {
        "required": True,
        "content": {kind: {"schema": shape} for kind, shape in content.items()},
    }


def _described(about: str) -> Json:
    return {"description": about} if about else {}
