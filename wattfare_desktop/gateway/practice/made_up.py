"""Values that fit a JSON schema, made up without thought but always the same."""

from collections.abc import Mapping
from typing import Any, Final

_DEPTH_MAX: Final = 12
_TEXT: Final = "practice"
_FORMATS: Final = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "email": "practice@example.com",
    "time": "12:00:00Z",
    "uri": "https://example.com/practice",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_EITHER: Final = ("anyOf", "oneOf", "allOf")


def made_up(schema: Mapping[str, Any] | None) -> Any:
    """Return a value for ``schema``, an object with its required members where it is one.

    A schema is followed into ``$defs`` and to the first of its alternatives. Patterns are not kept.
    """
    return _Making(schema or {}).value(schema or {"type": "object"}, 0)


class _Making:
    """Makes one value; ``root`` is where references are looked up."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root

    def value(self, schema: Any, depth: int) -> Any:
        if not isinstance(schema, Mapping) or depth > _DEPTH_MAX:
            return None
        if "const" in schema:
            return schema["const"]
        if isinstance(choices := schema.get("enum"), list) and choices:
            return choices[0]
        other = self._other(schema)
        if other is not None:
            return self.value(other, depth + 1)
        return self._of_type(schema, _type_of(schema), depth)

    def _other(self, schema: Mapping[str, Any]) -> Any:
        """Return the schema that this one only points to; None where it stands for itself."""
        if isinstance(reference := schema.get("$ref"), str):
            return self._found(reference)
        for name in _EITHER:
            alternatives = schema.get(name)
            if isinstance(alternatives, list) and alternatives and "properties" not in schema:
                return next((each for each in alternatives if not _is_null(each)), alternatives[0])
        return None

    def _found(self, reference: str) -> Any:
        found: Any = self._root
        for step in reference.removeprefix("#").split("/")[1:]:
            found = found.get(step) if isinstance(found, Mapping) else None
        return found if found is not None else {}

    def _of_type(self, schema: Mapping[str, Any], kind: Any, depth: int) -> Any:
        match kind:
            case "object":
                return self._object(schema, depth)
            case "array":
                count = _least(schema, "minItems", 1)
                return [self.value(schema.get("items") or {}, depth + 1)] * count
            case "integer" | "number":
                return _number(schema)
            case "boolean":
                return True
            case "null":
                return None
            case _:
                made = _FORMATS.get(str(schema.get("format")), _TEXT)
                return made.ljust(_least(schema, "minLength", 0), ".")

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        members, required = schema.get("properties"), schema.get("required")
        known = members if isinstance(members, Mapping) else {}
        names = required if isinstance(required, list) else []
        return {name: self.value(known.get(name, {}), depth + 1) for name in names}


def _type_of(schema: Mapping[str, Any]) -> Any:
    kind = schema.get("type")
    if isinstance(kind, list):
        return next((each for each in kind if each != "null"), "null")
    if kind is None and ("properties" in schema or "required" in schema):
        return "object"
    return kind


def _is_null(schema: Any) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "null"


def _least(schema: Mapping[str, Any], name: str, usual: int) -> int:
    value = schema.get(name)
    return min(max(value, usual), 1_000) if isinstance(value, int) else usual


def _number(schema: Mapping[str, Any]) -> int | float:
    least, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    if isinstance(least, int | float):
        return least
    if isinstance(above, int | float):
        return above + 1
    most = schema.get("maximum")
    return min(1, most) if isinstance(most, int | float) else 1
