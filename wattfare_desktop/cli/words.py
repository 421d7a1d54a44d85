"""Finding the command among the words, before any parser: options may stand in front of it."""

from collections.abc import Sequence
from typing import Final

OPEN_URI: Final = "open-uri"
"""What ``wattfare 'wattfare://…'`` becomes; not a command to type."""

_VALUED: Final = frozenset({"--home", "--port", "--passphrase-file"})
_SCHEME: Final = "wattfare:"


def place_of_command(argv: Sequence[str]) -> int | None:
    """Return where the first word stands that is neither an option nor an option's value."""
    skip = False
    for place, word in enumerate(argv):
        if skip:
            skip = False
        elif word in _VALUED:
            skip = True
        elif not word.startswith("-"):
            return place
    return None


def is_uri(word: str) -> bool:
    """Return whether ``word`` is a request to hand over; schemes know no case (RFC 3986, 3.1)."""
    return word[: len(_SCHEME)].lower() == _SCHEME


def with_uri_command(argv: Sequence[str]) -> list[str]:
    """Return ``argv`` with a URI in the command's place made an argument of its own command."""
    place = place_of_command(argv)
    if place is None or not is_uri(argv[place]):
        return list(argv)
    return [*argv[:place], OPEN_URI, *argv[place:]]


def handed_over_uri(argv: Sequence[str]) -> tuple[str, str | None] | None:
    """Return URI and home where ``argv`` is just that: ``[--home DIR] URI``. Else None."""
    match argv:
        case [uri] if is_uri(uri):
            return uri, None
        case ["--home", home, uri] if is_uri(uri):
            return uri, home
        case _:
            return None
