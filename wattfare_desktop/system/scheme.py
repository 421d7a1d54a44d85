"""Who opens ``wattfare://`` links for this user."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

SCHEME: Final = "wattfare"


class SchemeOwner(StrEnum):
    """Whose program the links go to."""

    OURS = "ours"
    OTHER = "other"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeStatus:
    """Where links go now; ``who`` names the program where it is another's."""

    owner: SchemeOwner
    who: str = ""


class SchemeHandler(Protocol):
    """The registration of this program for this user."""

    def status(self) -> SchemeStatus:
        """Return where links go now."""

    def register(self) -> None:
        """Have links go to this program. Raises UserFacingError where that fails."""

    def remove(self) -> None:
        """Take our registration back; another program's stays."""
