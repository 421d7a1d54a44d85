"""Write resources/prices/genai.json: the table of the installed genai-prices, as far as it is used.

The program reads this file in place of the library, whose import would cost it 15 MiB.
A model has a line of its own, so that a newer version shows which prices it changes. The licence of
the table is put beside it.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from datetime import date, time
from decimal import Decimal
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

from genai_prices import types
from genai_prices.data import providers

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "prices" / "genai.json"
LICENCE = TARGET.with_suffix(".LICENSE")
_MODEL = ("id", "match", "context_window", "prices", "price_variants")


def written() -> str:
    """Return the table as the file has it."""
    rows = ",\n".join(_provider(provider) for provider in providers)
    return f'{{"version":{_json(version("genai-prices"))},"providers":[\n{rows}\n]}}\n'


def licence() -> str:
    """Return the text that goes with every copy of the table."""
    found = next(
        path for path in distribution("genai-prices").files or () if path.name == "LICENSE"
    )
    return found.read_text()


def _provider(provider: types.Provider) -> str:
    head = {"id": provider.id, "fallback_model_providers": provider.fallback_model_providers or []}
    models = ",\n".join(_json(_model(model)) for model in provider.models)
    return f'{_json(head)[:-1]},"models":[\n{models}\n]}}'


def _model(model: types.ModelInfo) -> dict[str, Any]:
    row: dict[str, Any] = _plain({name: getattr(model, name) for name in _MODEL})
    return row


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """Return ``value`` as JSON has it; a price as the text of its digits, so that none is lost."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list):
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
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def main() -> int:
    """Write the file; return the exit status."""
    TARGET.write_text(written(), encoding="utf-8")
    LICENCE.write_text(licence(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
