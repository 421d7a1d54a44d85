"""Typed members of a request's body, or the refusal that names the one at fault."""

from typing import Any, Final

from wattfare_desktop.providers.dialect import RequestRefusal

UNBOUNDED: Final = "unbounded_cost"
"""The code of what is refused because no bound of its cost is known."""

MODEL_CHARS_MAX: Final = 256
OUTPUT_TOKENS_LIMIT: Final = 100_000_000


class RefusedError(Exception):
    """Carries a refusal out of the readers of a request, to whoever began reading."""

    def __init__(self, message: str, param: str | None, code: str | None = None) -> None:
        super().__init__(message)
        self.refusal = RequestRefusal(message=message, param=param, code=code)


def object_of(body: Any) -> dict[str, Any]:
    """Return a body that is an object."""
    if not isinstance(body, dict):
        raise RefusedError("The request body must be a JSON object.", None)
    return body


def model_of(body: dict[str, Any]) -> str:
    """Return the name of the model."""
    model = body.get("model")
    if model is None:
        raise RefusedError("You must provide a model parameter.", "model")
    if not isinstance(model, str):
        raise wrong_type("model", "a string")
    if not 0 < len(model) <= MODEL_CHARS_MAX or not model.isprintable() or model != model.strip():
        raise RefusedError(
            f"'model' must be a name of 1 to {MODEL_CHARS_MAX} printable characters.", "model"
        )
    return model


def flag(values: dict[str, Any], name: str, where: str | None = None) -> bool:
    """Return a yes or no, no where it is left out."""
    value = values.get(name)
    if value is not None and not isinstance(value, bool):
        raise wrong_type(where or name, "a boolean")
    return value is True


def text(body: dict[str, Any], name: str, where: str | None = None) -> str | None:
    """Return a text; None where it is left out."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise wrong_type(where or name, "a string")
    return value


def whole(
    body: dict[str, Any], name: str, least: int, most: int, where: str | None = None
) -> int | None:
    """Return a whole number within its bounds; None where it is left out."""
    value, where = body.get(name), where or name
    if value is None:
        return None
    # True is an int to Python, and not to anyone else.
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_type(where, "an integer")
    if not least <= value <= most:
        raise RefusedError(
            f"Invalid '{where}': it must be from {least} to {most}.", where, "integer_out_of_range"
        )
    return value


def wrong_type(param: str, expected: str) -> RefusedError:
    """Return the refusal of a member of another type."""
    return RefusedError(f"Invalid type for '{param}': expected {expected}.", param, "invalid_type")
