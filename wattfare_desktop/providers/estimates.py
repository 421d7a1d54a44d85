"""A best guess at what a call used, for where its provider does not say."""

from typing import Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import CallRequest, VisibleOutput

# Estimates only: English text runs at about four bytes a token, other scripts at fewer.
ESTIMATED_BYTES_PER_TOKEN: Final = 4
ESTIMATED_TOKENS_PER_MEDIA_PART: Final = 1_200


def estimated(call: CallRequest, visible: VisibleOutput) -> Usage:
    """Return a guess from the length of the request and of what was seen of the answer.

    A streamed piece is a token or more, so the count of pieces is a floor. What was thought and not
    shown cannot be guessed. The app's own bound is never exceeded.
    """
    seen = max(visible.pieces, _tokens(visible.text_bytes))
    limit = call.output_tokens_max
    return Usage(
        input_tokens=estimated_input(call),
        output_tokens=seen if limit is None else min(seen, limit * call.choices),
    )


def estimated_input(call: CallRequest) -> int:
    """Return a guess at the tokens of what is sent, from its length alone."""
    return _tokens(call.text_bytes) + call.media_parts * ESTIMATED_TOKENS_PER_MEDIA_PART


def _tokens(text_bytes: int) -> int:
    return -(-text_bytes // ESTIMATED_BYTES_PER_TOKEN)
