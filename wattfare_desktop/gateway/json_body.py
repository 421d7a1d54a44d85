"""Reading a JSON body so that what was priced is what goes upstream.

A duplicate key means one thing to this parser and another to the provider's; both kinds of trick
are refused, as are NaN and nesting without end.
"""

import json
from typing import Any, Final

DEPTH_MAX: Final = 64


class BadJson(ValueError):  # noqa: N818 - it says what it is
    """The body is not JSON the wallet can vouch for; the message is fit to be shown."""


def read_json(body: bytes) -> Any:
    """Return the parsed ``body``. Raises BadJson, quoting nothing of it."""
    try:
        parsed = _DECODER.decode(body.decode("utf-8"))
    except BadJson:
        raise
    except RecursionError as error:
        raise BadJson(f"The body is nested deeper than {DEPTH_MAX} levels.") from error
    except ValueError as error:
        raise BadJson("The body is not valid JSON in UTF-8.") from error
    if _opened(body) > DEPTH_MAX and _depth_exceeds(parsed, DEPTH_MAX):
        raise BadJson(f"The body is nested deeper than {DEPTH_MAX} levels.")
    return parsed


def write_json(value: Any) -> bytes:
    """Return ``value`` as compact JSON in UTF-8."""
    try:
        return _ENCODER.encode(value).encode()
    except UnicodeEncodeError:
        # A lone surrogate has no UTF-8: it travels on as the escape it came in.
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadJson("The body names the same member twice.")
    return members


def _refuse_constant(name: str) -> None:
    raise BadJson(f"The body holds {name}, which is not JSON.")


# Made once: `json.loads` and `json.dumps` with options make theirs anew for every body.
_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant)
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _opened(body: bytes) -> int:
    """Return how many arrays and objects ``body`` can open: it is nested no deeper than that."""
    return body.count(b"[") + body.count(b"{")


def _depth_exceeds(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        layer = [
            child
            for node in layer
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not layer:
            return False
    return True
