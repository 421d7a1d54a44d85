"""What is said while the wallet is not open: locked, not there yet, or broken."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from wattfare_desktop.core.errors import UserFacingError

_NOTHING_SPENT: Final = "No app can spend and nothing is shown until you unlock it."


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


class ClosedAct(StrEnum):
    """What helps."""

    UNLOCK = "unlock"
    RESTORE = "restore"
    QUIT = "quit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedWords:
    """What the window shows then. ``acts`` are buttons, the one that helps most first."""

    icon: str
    title: str
    detail: str
    acts: tuple[tuple[ClosedAct, str], ...]
    colour: str = "quiet"


def closed_words(closed: Closed) -> ClosedWords:
    """Return what is said of ``closed``."""
    if closed.state is ClosedState.ABSENT:
        return ClosedWords(
            icon="wallet",
            title="There is no wallet yet",
            detail="Set one up in a minute, or restore one from a backup.",
            acts=((ClosedAct.UNLOCK, "Set up…"), _RESTORE),
        )
    trouble = closed.trouble
    restore = (_RESTORE,) if closed.may_restore else ()
    if closed.state is ClosedState.BROKEN:
        return ClosedWords(
            icon="triangle-alert",
            title="The wallet cannot be opened" if trouble is None else trouble.title,
            detail=_broken_detail(trouble, may_restore=closed.may_restore),
            acts=(*restore, (ClosedAct.UNLOCK, "Try again"), (ClosedAct.QUIT, "Quit")),
            colour="danger",
        )
    return ClosedWords(
        icon="lock",
        title="The wallet is locked",
        detail=_NOTHING_SPENT if trouble is None else f"{_told(trouble)}\n\n{_NOTHING_SPENT}",
        acts=((ClosedAct.UNLOCK, "Unlock…"), *restore),
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


def _told(trouble: UserFacingError) -> str:
    return f"{trouble.title}. {trouble.detail}"


_RESTORE: Final = (ClosedAct.RESTORE, "Restore from a backup…")
