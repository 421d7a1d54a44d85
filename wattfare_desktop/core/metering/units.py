"""What providers price on its own: kinds of tokens, and things that are counted one by one."""

from enum import StrEnum
from typing import Final


class UnitKind(StrEnum):
    """One kind of unit on a bill.

    The first two groups are tokens of the input and of the output. ``CACHE_WRITE`` is kept for
    minutes, ``CACHE_WRITE_LONG`` for an hour. ``STATED`` is a whole bill whose sum the provider
    told and whose parts it did not.
    """

    INPUT = "input"
    CACHED_READ = "cached_read"
    CACHED_AUDIO = "cached_audio"
    CACHED_IMAGE = "cached_image"
    CACHE_WRITE = "cache_write"
    CACHE_WRITE_LONG = "cache_write_long"
    INPUT_AUDIO = "input_audio"
    INPUT_IMAGE = "input_image"

    OUTPUT = "output"
    REASONING = "reasoning"
    OUTPUT_AUDIO = "output_audio"
    OUTPUT_IMAGE = "output_image"

    REQUEST = "request"
    WEB_SEARCH = "web_search"
    FILE_SEARCH = "file_search"
    CODE_EXECUTION = "code_execution"
    IMAGE = "image"
    CHARACTER = "character"
    AUDIO_MILLISECOND = "audio_millisecond"
    PAGE = "page"
    RUN = "run"
    STATED = "stated"


INPUT_KINDS: Final = (
    UnitKind.INPUT,
    UnitKind.CACHED_READ,
    UnitKind.CACHED_AUDIO,
    UnitKind.CACHED_IMAGE,
    UnitKind.CACHE_WRITE,
    UnitKind.CACHE_WRITE_LONG,
    UnitKind.INPUT_AUDIO,
    UnitKind.INPUT_IMAGE,
)
OUTPUT_KINDS: Final = (
    UnitKind.OUTPUT,
    UnitKind.REASONING,
    UnitKind.OUTPUT_AUDIO,
    UnitKind.OUTPUT_IMAGE,
)
TOKEN_KINDS: Final = (*INPUT_KINDS, *OUTPUT_KINDS)

_TOKENS_PER_PRICE: Final = 1_000_000
_CHARACTERS_PER_PRICE: Final = 1_000_000
_MILLISECONDS_PER_PRICE: Final = 1_000


def units_per_price(kind: UnitKind) -> int:
    """Return how many units a price is for: a million tokens, a second of sound, one search."""
    match kind:
        case UnitKind.CHARACTER:
            return _CHARACTERS_PER_PRICE
        case UnitKind.AUDIO_MILLISECOND:
            return _MILLISECONDS_PER_PRICE
        case _ if kind in TOKEN_KINDS:
            return _TOKENS_PER_PRICE
        case _:
            return 1
