"""How often strangers may raise a window that asks nothing: faulty links, offers to unlock."""

from collections import deque

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.oauth.prompting import UNVERIFIED_PROMPTS_MAX, UNVERIFIED_SPAN_MS


class Disturbances:
    """As many as there may be questions of unverified clients: either can be made without end."""

    def __init__(self) -> None:
        self._at: deque[Instant] = deque(maxlen=UNVERIFIED_PROMPTS_MAX)

    def has_room(self, now: Instant) -> bool:
        """Note one more; False where it is one too many."""
        # What lies ahead of now is from before the clock was set back: it silences nobody.
        if len(self._at) == self._at.maxlen and 0 <= now - self._at[0] < UNVERIFIED_SPAN_MS:
            return False
        self._at.append(now)
        return True
