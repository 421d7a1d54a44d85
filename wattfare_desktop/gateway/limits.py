"""How much, how many and how long the public port puts up with, of clients and of providers."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one client may take before it is sent away, and a provider before it is hung up on.

    ``body_bytes_max``: images travel inside JSON as base64, so a body may be large. ``body_s``: the
    whole of it has come by then. ``idle_s``: without a complete request head, new or kept alive.
    ``stall_s``: with an answer that the client does not take. ``aftermath_s``: how long a provider
    is read on after the app left, to learn what was used.

    ``call_s``: a provider's whole answer, from when it is asked; the longest honest ones run for
    most of an hour. ``progress_s``: a stream that says nothing new, whatever else it sends; models
    think unseen for many minutes. ``ending_s``: a stream that has said its end, and does not close.
    ``answer_bytes_max``: an answer that is no stream.
    """

    connections_max: int = 400
    body_bytes_max: int = 64 * 1024 * 1024
    body_s: float = 30.0
    idle_s: float = 75.0
    stall_s: float = 60.0
    aftermath_s: float = 60.0
    call_s: float = 3_600.0
    progress_s: float = 1_800.0
    ending_s: float = 5.0
    answer_bytes_max: int = 128 * 1024 * 1024


USUAL: Final = Limits()
