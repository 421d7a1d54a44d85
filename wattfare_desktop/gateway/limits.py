"""How much, how many and how long the public port puts up with."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one client may take before it is sent away.

    ``body_bytes_max``: images travel inside JSON as base64, so a body may be large. ``body_s``: the
    whole of it has come by then. ``idle_s``: without a complete request head, new or kept alive.
    ``stall_s``: with an answer that the client does not take. ``aftermath_s``: how long a provider
    is read on after the app left, to learn what was used.
    """

    connections_max: int = 400
    body_bytes_max: int = 64 * 1024 * 1024
    body_s: float = 30.0
    idle_s: float = 75.0
    stall_s: float = 60.0
    aftermath_s: float = 60.0


USUAL: Final = Limits()
