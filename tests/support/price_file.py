"""The installed price table written as the file that genai-prices publishes."""

import dataclasses
import json
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any

from genai_prices import types
from genai_prices.data import providers


def price_file(change: Callable[[list[dict[str, Any]]], None] = lambda _: None) -> bytes:
    """Return the file's bytes, once ``change`` has had its way with the rows."""
    rows = [_plain(provider) for provider in providers]
    change(rows)
    return json.dumps(rows).encode()


def provider_row(rows: list[dict[str, Any]], provider: str) -> dict[str, Any]:
    """Return one provider of the file."""
    return next(row for row in rows if row["id"] == provider)


def model_row(rows: list[dict[str, Any]], provider: str, model: str) -> dict[str, Any]:
    """Return one model of the file."""
    models = provider_row(rows, provider)["models"]
    found: dict[str, Any] = next(row for row in models if row["id"] == model)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    members = _members(value)
    if members is None:
        return value
    return {name.rstrip("_"): _plain(each) for name, each in members.items() if each is not None}


def _members(value: Any) -> dict[str, Any] | None:
    """Return what stands in an object; None where ``value`` is none."""
    if isinstance(value, dict):
        return value
    if isinstance(value, types.ModelPrice):
        return vars(value)
    if not dataclasses.is_dataclass(value):
        return None
    names = {field.name for field in dataclasses.fields(value)} - {"extractors"}
    return {name: getattr(value, name) for name in names}
