"""Starting at log-in: off until the user turns it on, and gone with one switch."""

from typing import Protocol


class Autostart(Protocol):
    """This user's choice, kept where the desktop keeps it, since it may be changed there too."""

    def is_on(self) -> bool:
        """Return whether this program starts at log-in."""

    def turn_on(self) -> None:
        """Start at log-in from now on. Raises UserFacingError where that cannot be kept."""

    def turn_off(self) -> None:
        """Start at log-in no more."""
