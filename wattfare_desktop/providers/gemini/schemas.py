"""From Google's Schema, a part of OpenAPI 3.0, to the JSON Schema that everybody else reads."""

from collections.abc import Mapping
from typing import Any, Final

_WHOLE_NUMBERS: Final = frozenset(
    {"maxItems", "minItems", "maxLength", "minLength", "maxProperties", "minProperties"}
)
_RENAMED: Final = {"defs": "$defs", "ref": "$ref"}
_LEFT_OUT: Final = frozenset({"nullable", "propertyOrdering", "type"})


def json_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``schema`` as JSON Schema.

    ``nullable`` becomes a second type, and whole numbers that came as text become numbers.
    """
    made: dict[str, Any] = {}
    if (kind := _type(schema)) is not None:
        made["type"] = kind
    for name, value in schema.items():
        if name not in _LEFT_OUT:
            made[_RENAMED.get(name, name)] = _member(name, value)
    return made


def _type(schema: Mapping[str, Any]) -> Any:
    kind = schema.get("type")
    if not isinstance(kind, str):
        return kind
    if kind == "TYPE_UNSPECIFIED":
        return None
    return [kind.lower(), "null"] if schema.get("nullable") is True else kind.lower()


def _member(name: str, value: Any) -> Any:
    if name in {"items", "additionalProperties"} and isinstance(value, dict):
        return json_schema(value)
    if name == "anyOf" and isinstance(value, list):
        return [json_schema(each) if isinstance(each, dict) else each for each in value]
    if name in {"properties", "defs"} and isinstance(value, dict):
        return {
            key: json_schema(each) if isinstance(each, dict) else each
            for key, each in value.items()
        }
    if name in _WHOLE_NUMBERS and isinstance(value, str) and value.isdecimal():
        return int(value)
    return value
