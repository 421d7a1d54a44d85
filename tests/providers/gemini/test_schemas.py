"""Tests of ``wattfare_desktop.providers.gemini.schemas``."""

from typing import Any

import pytest

from wattfare_desktop.providers.gemini.schemas import json_schema


@pytest.mark.parametrize(
    ("schema", "read"),
    [
        ({}, {}),
        ({"type": "STRING"}, {"type": "string"}),
        ({"type": "TYPE_UNSPECIFIED", "title": "x"}, {"title": "x"}),
        ({"type": "NUMBER", "nullable": True}, {"type": ["number", "null"]}),
        ({"type": "integer", "nullable": False}, {"type": "integer"}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        (
            {
                "type": "OBJECT",
                "properties": {"type": {"type": "STRING"}, "n": {"type": "INTEGER"}},
                "required": ["type"],
                "propertyOrdering": ["n", "type"],
            },
            {
                "type": "object",
                "properties": {"type": {"type": "string"}, "n": {"type": "integer"}},
                "required": ["type"],
            },
        ),
        (
            {"type": "ARRAY", "items": {"type": "BOOLEAN"}, "minItems": "1", "maxItems": 4},
            {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 4},
        ),
        (
            {"anyOf": [{"type": "STRING", "enum": ["A"], "format": "enum"}, {"type": "NULL"}]},
            {"anyOf": [{"type": "string", "enum": ["A"], "format": "enum"}, {"type": "null"}]},
        ),
        (
            {"defs": {"a": {"type": "STRING"}}, "items": {"ref": "#/$defs/a"}},
            {"$defs": {"a": {"type": "string"}}, "items": {"$ref": "#/$defs/a"}},
        ),
    ],
)
def test_googles_schema_becomes_json_schema(schema: dict[str, Any], read: dict[str, Any]) -> None:
    assert json_schema(schema) == read
