"""What is said while the wallet is not open: locked, not there yet, or broken."""

from dataclasses import dataclass
from enum import StrEnum

from wattfare_desktop.core.errors import UserFacingError

_NOTHING_SPENT = "No app can spend, and nothing can be shown, until you unlock it."


class ClosedState(StrEnum):
    """Why the wallet is not open."""

    ABSENT = "absent"
    LOCKED = "locked"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """How a wallet stands that is not open. ``trouble`` is what keeps it from being opened.

    ``may_restore`` says whether a backup would help.
    """

    state: ClosedState = ClosedState.LOCKED
    trouble: UserFacingError | None = None
    may_restore: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedWords:
    """What the window shows then. ``unlock`` is what the button says that opens it."""

    icon: str
    title: str
    detail: str
    unlock: str
    offers_restore: bool
    offers_quit: bool


def closed_words(closed: Closed) -> ClosedWords:
    """Return what is said of ``closed``."""
    if closed.state is ClosedState.ABSENT:
        return ClosedWords(
            icon="wallet",
            title="There is no wallet yet",
            detail="Set one up in a minute, or restore one from a backup.",
            unlock="Set up…",
            offers_restore=True,
            offers_quit=False,
        )
    trouble = closed.trouble
    if closed.state is ClosedState.BROKEN:
        return ClosedWords(
            icon="triangle-alert",
            title="The wallet cannot be opened" if trouble is None else trouble.title,
            detail=_broken_detail(trouble, may_restore=closed.may_restore),
            unlock="Try again",
            offers_restore=closed.may_restore,
            offers_quit=True,
        )
    return ClosedWords(
        icon="lock",
        title="The wallet is locked",
        detail=_NOTHING_SPENT if trouble is None else f"{trouble}\n\n{_NOTHING_SPENT}",
        unlock="Unlock…",
        offers_restore=closed.may_restore,
        offers_quit=False,
    )


def _broken_detail(trouble: UserFacingError | None, *, may_restore: bool) -> str:
    parts = ["" if trouble is None else trouble.detail]
    parts.append("No app can spend meanwhile.")
    if may_restore:
        parts.append(
            "Restoring a backup puts this wallet aside and does not delete it. What apps spent "
            "since that backup is not in it."
        )
    return "\n\n".join(part for part in parts if part)
