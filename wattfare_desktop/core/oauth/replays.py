"""Remembering what may come once only, for as long as it could come again, in bounded memory."""

from typing import Final

from wattfare_desktop.core.identifiers import Instant

ENTRIES_MAX: Final = 65_536


class Replays:
    """Remembers each entry for ``life_ms`` at least, and twice that at most.

    A clock that is set back lengthens the memory, never shortens it.
    """

    def __init__(self, life_ms: int, entries_max: int = ENTRIES_MAX) -> None:
        self._life_ms = life_ms
        self._entries_max = entries_max
        self._seen_at: dict[bytes, Instant] = {}
        self._swept_at = Instant(0)

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be remembered for now."""
        return len(self._seen_at) >= self._entries_max

    def is_first(self, entry: bytes, now: Instant) -> bool | None:
        """Return whether ``entry`` never came before, and remember it; None where there is no room.

        What cannot be remembered must not be let pass.
        """
        self._sweep(now)
        if entry in self._seen_at:
            return False
        if self.is_full:
            return None
        self._seen_at[entry] = now
        return True

    def _sweep(self, now: Instant) -> None:
        # Not at each call, which would look through all of them.
        if not 0 <= now - self._swept_at < self._life_ms:
            kept = self._seen_at.items()
            self._seen_at = {entry: at for entry, at in kept if now < at + self._life_ms}
            self._swept_at = now
