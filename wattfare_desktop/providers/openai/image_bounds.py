"""How much pictures cost at most, which their model, size and quality decide before the call."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.providers.dialect import CallRequest

# https://developers.openai.com/api/docs/guides/image-generation: square, tall, wide
_SIZES: Final = ("1024x1024", "1024x1536", "1536x1024")
_TOKENS: Final = {
    "low": (272, 408, 400),
    "medium": (1_056, 1_584, 1_568),
    "high": (4_160, 6_240, 6_208),
}
_PARTIAL_TOKENS: Final = 100
_WRITTEN_TOKENS: Final = 1_024
"""What a model may write beside its picture."""

GUESSED_TOKENS: Final = 7_024
"""A large picture of the best quality, where no bound is known."""

_BY_TOKEN: Final = ("gpt-image*", "chatgpt-image*")
_OF_THE_TABLE: Final = ("gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5", "gpt-image-1.5-20*")

_USUAL_SIZE: Final = "1024x1024"
_USUAL_QUALITY: Final = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as it is asked for; None is the provider's own choice.

    ``partials`` are sent before it, each of them billed.
    """

    size: str | None = None
    quality: str | None = None
    partials: int = 0

    @property
    def variant(self) -> str:
        """What chooses the price of one that is billed by the picture."""
        return f"{self.quality or _USUAL_QUALITY} {self.size or _USUAL_SIZE}"

    @property
    def tokens_max(self) -> int:
        """The most tokens that the models of the table bill for it."""
        rows = [_TOKENS[self.quality]] if self.quality in _TOKENS else list(_TOKENS.values())
        column = _SIZES.index(self.size) if self.size in _SIZES else None
        most = max(max(row) if column is None else row[column] for row in rows)
        return most + self.partials * _PARTIAL_TOKENS + _WRITTEN_TOKENS


def picture(size: str | None, quality: str | None, partials: int) -> Picture:
    """Return what is asked for; "auto" leaves it to the provider."""
    return Picture(
        size=None if size == "auto" else size,
        quality=None if quality == "auto" else quality,
        partials=partials,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCall(CallRequest):
    """A call for pictures. Its bounds follow its model, so an alias is bounded as what it names."""

    picture: Picture

    def __post_init__(self) -> None:
        name = self.model.rpartition("/")[2].lower()
        is_by_token = any(fnmatchcase(name, each) for each in _BY_TOKEN)
        bound: int | None = 0
        if is_by_token:
            in_table = any(fnmatchcase(name, each) for each in _OF_THE_TABLE)
            bound = self.picture.tokens_max if in_table else None
        derived = {
            "takes_bound": False,
            "output_tokens_max": bound,
            "price_variant": None if is_by_token else self.picture.variant,
            "counted_max": {} if is_by_token else {UnitKind.IMAGE: self.choices},
        }
        for field, value in derived.items():
            object.__setattr__(self, field, value)
