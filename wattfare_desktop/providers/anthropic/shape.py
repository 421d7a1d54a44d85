"""Reads single members of a request's body, and refuses by name those of the wrong shape."""

from typing import Any, Final

from wattfare_desktop.providers.dialect import RequestRefusal

UNBOUNDED: Final = "unbounded_cost"


class RefusedError(Exception):
    """Carries a refusal out of the readers of a request; never leaves them."""

    def __init__(self, message: str, param: str | None, code: str | None = None) -> None:
        super().__init__(message)
        self.refusal = RequestRefusal(message=message, param=param, code=code)


def flag(body: dict[str, Any], name: str) -> bool:
    """Return whether a member is true; absent and null are false."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise wrong_type(name, "a boolean")
    return value is True


def text(body: dict[str, Any], name: str) -> str | None:
    """Return a member that is text, None where it is absent or null."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise wrong_type(name, "a string")
    return value


def whole(
    body: dict[str, Any], name: str, least: int, most: int, where: str | None = None
) -> int | None:
    """Return a whole number from ``least`` to ``most``, None where it is absent or null."""
    value = body.get(name)
    where = name if where is None else where
    if value is None:
        return None
    # True is an int to Python, and not to anyone else.
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_type(where, "an integer")
    if not least <= value <= most:
        raise RefusedError(f"Invalid '{where}': it must be from {least} to {most}.", where)
    return value


def wrong_type(param: str, expected: str) -> RefusedError:
    """Return the refusal of a member that is not what it should be."""
    return RefusedError(f"Invalid type for '{param}': expected {expected}.", param, "invalid_type")
