"""Reading what a control request sent: of the type its command expects, or refused."""

from collections.abc import Mapping
from typing import Final

from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.money import Nanos, parse_usd

_TEXT_CHARS_MAX: Final = 16 * 1024


class Arguments:
    """The arguments of one request. Errors name the argument and never quote its value."""

    def __init__(self, sent: Mapping[str, JsonValue]) -> None:
        self._sent = sent

    def has(self, name: str) -> bool:
        """Return whether anything was sent by that name."""
        return self._sent.get(name) is not None

    def text(self, name: str) -> str:
        """Return a text that must be there and not empty."""
        text = self.optional_text(name)
        if not text:
            raise _unfit(name, "is missing")
        return text

    def optional_text(self, name: str) -> str | None:
        """Return a text, or None where it was not sent."""
        value = self._sent.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > _TEXT_CHARS_MAX:
            raise _unfit(name, "is not a text of a fit length")
        return value

    def texts(self, name: str) -> list[str]:
        """Return a list of texts, none of them empty; it may be empty itself."""
        values = self._sent.get(name)
        if not isinstance(values, list):
            raise _unfit(name, "is not a list")
        if not all(isinstance(each, str) and 0 < len(each) <= _TEXT_CHARS_MAX for each in values):
            raise _unfit(name, "is not a list of texts of a fit length")
        return [str(each) for each in values]

    def flag(self, name: str) -> bool:
        """Return whether a flag was sent as true."""
        return self._sent.get(name) is True

    def seconds(self, name: str) -> int | None:
        """Return a whole number of seconds, or None where it was not sent."""
        return self._whole(name, "seconds")

    def count(self, name: str) -> int | None:
        """Return a whole number, or None where it was not sent."""
        return self._whole(name, "units")

    def _whole(self, name: str, of_what: str) -> int | None:
        value = self._sent.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise _unfit(name, f"is not a whole number of {of_what}")
        return value

    def amount(self, name: str) -> Nanos:
        """Return an amount of money written in dollars; zero where it was not sent."""
        try:
            return parse_usd(self.optional_text(name) or "0")
        except ValueError as error:
            raise _unfit(name, f"cannot be read: {error}") from None


def _unfit(name: str, why: str) -> UserFacingError:
    return UserFacingError("The request cannot be understood", f"{name} {why}.")
