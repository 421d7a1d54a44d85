"""Typed looks into a request's body, which may spell its members in two ways.

Google reads proto3 JSON: ``maxOutputTokens`` and ``max_output_tokens`` are the same member, and one
object stands for a list of one. A bound in the other spelling must not be missed, so a body is
brought into one of them first.
"""

import re
from typing import Any, Final

from wattfare_desktop.providers.dialect import AppRequest, RequestRefusal

MODEL_CHARS_MAX: Final = 256

_SNAKE: Final = re.compile(r"(?<=[a-z0-9])_([a-z0-9])")
# Below these stand the app's own names, or a JSON schema.
_AS_IT_IS: Final = frozenset(
    {
        "args",
        "labels",
        "parameters",
        "parametersJsonSchema",
        "partMetadata",
        "response",
        "responseJsonSchema",
        "responseSchema",
        "schema",
    }
)
_CREDENTIALS: Final = ("key", "$key", "access_token", "$access_token", "oauth_token")


class Refused(Exception):  # noqa: N818 - it says what happened
    """Carries a refusal out of the readers; never leaves this package."""

    def __init__(
        self, message: str, param: str | None, code: str | None = None, status: int = 400
    ) -> None:
        super().__init__(message)
        self.refusal = RequestRefusal(message=message, param=param, code=code, status=status)


def body_of(asked: AppRequest) -> dict[str, Any]:
    """Return the body in camel case. Raises Refused, also for a credential in the query."""
    if any(name in asked.query for name in _CREDENTIALS):
        raise Refused(
            "Send the access in the header 'x-goog-api-key', never in the address: addresses are"
            " kept in logs and histories.",
            "key",
            "access_in_query",
        )
    if not isinstance(asked.body, dict):
        raise Refused("The request body must be a JSON object.", None)
    body: dict[str, Any] = camelled(asked.body)
    return body


def camelled(value: Any) -> Any:
    """Return ``value`` with the members of its messages spelt in camel case."""
    if isinstance(value, dict):
        members: dict[str, Any] = {}
        for spelt, member in value.items():
            name = _SNAKE.sub(_upper, spelt) if "_" in spelt else spelt
            if name in members:
                raise Refused(f"'{name}' stands twice, in two spellings.", name)
            plain = name in _AS_IT_IS or not isinstance(member, dict | list)
            members[name] = member if plain else camelled(member)
        return members
    if isinstance(value, list):
        return [camelled(each) for each in value]
    return value


def _upper(match: re.Match[str]) -> str:
    return match[1].upper()


def model_and_verb(target: str) -> tuple[str, str]:
    """Split what the path names: ``gemini-2.5-pro:generateContent``."""
    model, _, verb = target.rpartition(":")
    if not 0 < len(model) <= MODEL_CHARS_MAX or not model.isprintable() or model != model.strip():
        raise Refused(
            f"The path must name a model of 1 to {MODEL_CHARS_MAX} printable characters and what"
            " it is to do, as in 'models/gemini-2.5-pro:generateContent'.",
            "model",
        )
    return model, verb


def objects(holder: dict[str, Any], name: str, where: str) -> list[dict[str, Any]]:
    """Return a list of objects, where one object is a list of one; empty where there is none."""
    value = holder.get(name)
    if value is None:
        return []
    rows = [value] if isinstance(value, dict) else value
    if not isinstance(rows, list):
        raise wrong_type(where, "an array of objects")
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise wrong_type(f"{where}[{index}]", "an object")
    return rows


def an_object(holder: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    """Return an object; an empty one where there is none."""
    value = holder.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong_type(where, "an object")
    return value


def a_text(holder: dict[str, Any], name: str, where: str) -> str | None:
    """Return a text, or None where there is none."""
    value = holder.get(name)
    if value is not None and not isinstance(value, str):
        raise wrong_type(where, "a string")
    return value


def a_whole(holder: dict[str, Any], name: str, where: str, least: int, most: int) -> int | None:
    """Return a whole number within its bounds, or None where there is none."""
    value = holder.get(name)
    if value is None:
        return None
    # True is an int to Python, and not to anyone else.
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_type(where, "an integer")
    if not least <= value <= most:
        raise Refused(
            f"Invalid '{where}': it must be from {least} to {most}.", where, "integer_out_of_range"
        )
    return value


def wrong_type(param: str, expected: str) -> Refused:
    """Return the refusal of a member of the wrong type."""
    return Refused(f"Invalid type for '{param}': expected {expected}.", param, "invalid_type")
