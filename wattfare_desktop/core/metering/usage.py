"""What a call used, by kind, and on whose word it is known.

Convention, whatever a provider's own: ``input_tokens`` and ``output_tokens`` are totals, the other
token counts are parts of them, and the parts of one total never overlap. So every token is priced
exactly once: as its own kind where it has one, else as plain input or output.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self

from wattfare_desktop.core.metering.units import UnitKind

NOTHING_COUNTED: Final[Mapping[UnitKind, int]] = MappingProxyType({})


class Basis(StrEnum):
    """On whose word a charge rests.

    ``REPORTED`` is the provider's own usage, ``COMPUTED`` our exact count of what can be counted,
    ``ESTIMATED`` our best guess where no usage came, ``TOLD`` what the user says was billed for a
    call that a crash left unsettled. An explicit zero is a zero, not a gap.
    """

    REPORTED = "reported"
    COMPUTED = "computed"
    ESTIMATED = "estimated"
    TOLD = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one call used.

    The cached, cache-write, audio and image counts of the input are parts of ``input_tokens``;
    reasoning, audio and image output are parts of ``output_tokens``. ``counted`` are units beside
    the tokens, such as searches or seconds, by kinds of ``units`` that are no tokens. Counts are
    never negative and parts never exceed their total; a reader of foreign figures goes through
    ``reconciled``.
    """

    input_tokens: int = 0
    cached_read_tokens: int = 0
    cached_audio_tokens: int = 0
    cached_image_tokens: int = 0
    cache_write_tokens: int = 0
    cache_write_long_tokens: int = 0
    input_audio_tokens: int = 0
    input_image_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    output_audio_tokens: int = 0
    output_image_tokens: int = 0
    counted: Mapping[UnitKind, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if min(self.by_kind) < 0 or (self.counted and min(self.counted.values()) < 0):
            raise ValueError("token counts are not negative, and parts do not exceed their total")

    @property
    def plain_input_tokens(self) -> int:
        """Input tokens that have no kind of their own."""
        return (
            self.input_tokens
            - self.cached_read_tokens
            - self.cached_audio_tokens
            - self.cached_image_tokens
            - self.cache_write_tokens
            - self.cache_write_long_tokens
            - self.input_audio_tokens
            - self.input_image_tokens
        )

    @property
    def plain_output_tokens(self) -> int:
        """Output tokens that have no kind of their own."""
        return (
            self.output_tokens
            - self.reasoning_tokens
            - self.output_audio_tokens
            - self.output_image_tokens
        )

    @property
    def cached_tokens(self) -> int:
        """All input that was read from a cache."""
        return self.cached_read_tokens + self.cached_audio_tokens + self.cached_image_tokens

    @property
    def by_kind(self) -> tuple[int, ...]:
        """The tokens of each kind, in the order of ``units.TOKEN_KINDS``."""
        return (
            self.plain_input_tokens,
            self.cached_read_tokens,
            self.cached_audio_tokens,
            self.cached_image_tokens,
            self.cache_write_tokens,
            self.cache_write_long_tokens,
            self.input_audio_tokens,
            self.input_image_tokens,
            self.plain_output_tokens,
            self.reasoning_tokens,
            self.output_audio_tokens,
            self.output_image_tokens,
        )

    @classmethod
    def reconciled(
        cls,
        *,
        input_tokens: int = 0,
        cached_read_tokens: int = 0,
        cached_audio_tokens: int = 0,
        cached_image_tokens: int = 0,
        cache_write_tokens: int = 0,
        cache_write_long_tokens: int = 0,
        input_audio_tokens: int = 0,
        input_image_tokens: int = 0,
        output_tokens: int = 0,
        reasoning_tokens: int = 0,
        output_audio_tokens: int = 0,
        output_image_tokens: int = 0,
        counted: Mapping[UnitKind, int] = NOTHING_COUNTED,
    ) -> Self:
        """Return the consistent usage nearest to figures that may contradict each other.

        Negative counts are zero. A part larger than its total raises the total. Where parts
        overlap (cached audio is both cached and audio) the discounted kind gives way, so that an
        overlap never makes a call cheaper.
        """
        paid_in = _Parts(
            cache_write_tokens, cache_write_long_tokens, input_audio_tokens, input_image_tokens
        )
        cached = _Parts(cached_read_tokens, cached_audio_tokens, cached_image_tokens)
        total_in = max(input_tokens, cached.total, paid_in.total)
        cached = cached.within(total_in - paid_in.total)
        paid_out = _Parts(output_audio_tokens, output_image_tokens)
        thought = _Parts(reasoning_tokens)
        total_out = max(output_tokens, thought.total, paid_out.total)
        thought = thought.within(total_out - paid_out.total)
        return cls(
            input_tokens=total_in,
            cached_read_tokens=cached.counts[0],
            cached_audio_tokens=cached.counts[1],
            cached_image_tokens=cached.counts[2],
            cache_write_tokens=paid_in.counts[0],
            cache_write_long_tokens=paid_in.counts[1],
            input_audio_tokens=paid_in.counts[2],
            input_image_tokens=paid_in.counts[3],
            output_tokens=total_out,
            reasoning_tokens=thought.counts[0],
            output_audio_tokens=paid_out.counts[0],
            output_image_tokens=paid_out.counts[1],
            counted={kind: count for kind, count in counted.items() if count > 0},
        )


class _Parts:
    """Counts that are parts of one total, none of them negative."""

    def __init__(self, *counts: int) -> None:
        self.counts = tuple(max(0, count) for count in counts)
        self.total = sum(self.counts)

    def within(self, room: int) -> "_Parts":
        """Return as much of each as ``room`` has place for, the first ones first."""
        kept = []
        for count in self.counts:
            kept.append(min(count, room))
            room -= kept[-1]
        return _Parts(*kept)
