"""JSON as it stands in events and bodies of providers: read leniently, written compactly."""

import json
from typing import Any


def encoded(value: Any) -> bytes:
    """Return ``value`` as compact JSON in UTF-8; a lone surrogate becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def parsed(text: bytes) -> dict[str, Any] | None:
    """Return the object that ``text`` is, or None where it is none."""
    try:
        value = json.loads(str(text, "utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
