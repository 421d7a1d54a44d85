"""Tests of ``wattfare_desktop.gateway.practice.made_up``."""

from typing import Any

import pytest

from wattfare_desktop.gateway.practice.made_up import made_up


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (None, {}),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, {}),
        ({"properties": {"a": {"type": "string"}}, "required": ["a"]}, {"a": "practice"}),
        ({"type": "object", "required": ["unknown"]}, {"unknown": "practice"}),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "integer", "exclusiveMinimum": 5}, 6),
        ({"type": "number", "maximum": 0.5}, 0.5),
        ({"type": "boolean"}, True),
        ({"type": ["null", "integer"]}, 1),
        ({"type": "null"}, None),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1]),
        ({"type": "string", "enum": ["celsius", "kelvin"]}, "celsius"),
        ({"const": "x"}, "x"),
        ({"type": "string", "format": "date"}, "2026-01-31"),
        ({"type": "string", "minLength": 10}, "practice.."),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, 1),
        ({"anyOf": [{"type": "null"}]}, None),
        ({"$ref": "#/$defs/Side", "$defs": {"Side": {"const": "left"}}}, "left"),
        ({"$ref": "#/nowhere"}, "practice"),
    ],
)
def test_a_value_fits_its_schema(schema: dict[str, Any] | None, value: Any) -> None:
    assert made_up(schema) == value


def test_a_schema_that_holds_itself_comes_to_an_end() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}
    assert set(made_up(node)) == {"next"}
