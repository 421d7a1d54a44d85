"""Remembering what may come once only, for as long as it could come again, in bounded memory."""

from typing import Final

from wattfare_desktop.core.identifiers import Instant

ENTRIES_MAX: Final = 65_536


class Replays:
    """Remembers each entry for ``life_ms`` at least, and twice that at most.

    Two generations: when the younger is old enough the elder is forgotten whole. A clock that is
    set back lengthens the memory, never shortens it.
    """

    def __init__(self, life_ms: int, entries_max: int = ENTRIES_MAX) -> None:
        self._life_ms = life_ms
        self._entries_max = entries_max
        self._younger: set[bytes] = set()
        self._elder: set[bytes] = set()
        self._since = Instant(0)

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be remembered for now."""
        return len(self._younger) + len(self._elder) >= self._entries_max

    def is_first(self, entry: bytes, now: Instant) -> bool | None:
        """Return whether ``entry`` never came before, and remember it; None where there is no room.

        What cannot be remembered must not be let pass.
        """
        self._age(now)
        if entry in self._younger or entry in self._elder:
            return False
        if self.is_full:
            return None
        self._younger.add(entry)
        return True

    def _age(self, now: Instant) -> None:
        if now < self._since:
            self._since = now
        elif now - self._since >= self._life_ms:
            is_long_ago = now - self._since >= 2 * self._life_ms
            self._elder = set() if is_long_ago else self._younger
            self._younger, self._since = set(), now
