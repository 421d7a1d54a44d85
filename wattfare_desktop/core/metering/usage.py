"""Tokens by kind, and on whose word they are known.

Convention, whatever a provider's own: ``input_tokens`` and ``output_tokens`` are totals, the other
token counts are parts of them, and the parts of one total never overlap. So every token is priced
exactly once: as its own kind where it has one, else as plain input or output.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


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

    ``cached_read_tokens``, ``cache_write_tokens`` and ``input_audio_tokens`` are parts of
    ``input_tokens``; ``reasoning_tokens`` and ``output_audio_tokens`` are parts of
    ``output_tokens``. Counts are never negative and parts never exceed their total; a reader of
    foreign figures goes through ``reconciled``.
    """

    input_tokens: int = 0
    cached_read_tokens: int = 0
    cache_write_tokens: int = 0
    input_audio_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    output_audio_tokens: int = 0

    def __post_init__(self) -> None:
        smallest = min(
            self.cached_read_tokens,
            self.cache_write_tokens,
            self.input_audio_tokens,
            self.reasoning_tokens,
            self.output_audio_tokens,
        )
        if smallest < 0 or self.plain_input_tokens < 0 or self.plain_output_tokens < 0:
            raise ValueError("token counts are not negative, and parts do not exceed their total")

    @property
    def plain_input_tokens(self) -> int:
        """Input tokens that have no kind of their own."""
        return (
            self.input_tokens
            - self.cached_read_tokens
            - self.cache_write_tokens
            - self.input_audio_tokens
        )

    @property
    def plain_output_tokens(self) -> int:
        """Output tokens that have no kind of their own."""
        return self.output_tokens - self.reasoning_tokens - self.output_audio_tokens

    @classmethod
    def reconciled(
        cls,
        *,
        input_tokens: int = 0,
        cached_read_tokens: int = 0,
        cache_write_tokens: int = 0,
        input_audio_tokens: int = 0,
        output_tokens: int = 0,
        reasoning_tokens: int = 0,
        output_audio_tokens: int = 0,
    ) -> Self:
        """Return the consistent usage nearest to figures that may contradict each other.

        Negative counts are zero. A part larger than its total raises the total. Where parts
        overlap (cached audio is both cached and audio) the discounted kind gives way, so that an
        overlap never makes a call cheaper.
        """
        write = max(0, cache_write_tokens)
        audio_in = max(0, input_audio_tokens)
        read = max(0, cached_read_tokens)
        total_in = max(input_tokens, read, write + audio_in)
        audio_out = max(0, output_audio_tokens)
        reasoning = max(0, reasoning_tokens)
        total_out = max(output_tokens, reasoning, audio_out)
        return cls(
            input_tokens=total_in,
            cached_read_tokens=min(read, total_in - write - audio_in),
            cache_write_tokens=write,
            input_audio_tokens=audio_in,
            output_tokens=total_out,
            reasoning_tokens=min(reasoning, total_out - audio_out),
            output_audio_tokens=audio_out,
        )
