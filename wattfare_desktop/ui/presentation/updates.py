"""What is said of newer versions of this program."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.updates import Release
from wattfare_desktop.ui.presentation.moments import ago_text, day_text


class UpdateState(Protocol):
    """What is known of them; see ``wallet.updates``."""

    @property
    def running(self) -> str: ...  # noqa: D102 - the wallet's own words
    @property
    def has_channel(self) -> bool: ...  # noqa: D102
    @property
    def daily(self) -> bool: ...  # noqa: D102
    @property
    def looked_at(self) -> Instant | None: ...  # noqa: D102
    @property
    def newer(self) -> Release | None: ...  # noqa: D102
    @property
    def trouble(self) -> UserFacingError | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateText:
    """What was found, when it was looked for (""), and what went wrong ("")."""

    found: str
    looked: str = ""
    trouble: str = ""


def update_text(state: UpdateState, now: Instant, zone: tzinfo) -> UpdateText:
    """Return ``state`` as of ``now``."""
    if not state.has_channel:
        return UpdateText(
            found="This copy of Wattfare looks for no updates: it came without a channel. Newer "
            "versions are to be had where you got this one."
        )
    at, trouble = state.looked_at, state.trouble
    return UpdateText(
        found=_found(state),
        looked="" if at is None else f"Last looked {ago_text(at, now, zone)}.",
        trouble="" if trouble is None else f"{trouble.title}. {trouble.detail}",
    )


def release_title(release: Release) -> str:
    """Return in a few words what is out."""
    return f"Wattfare {release.version} is out"


def release_notice(release: Release) -> tuple[str, str]:
    """Return title and words of a notification."""
    return release_title(release), f"{release.summary} Settings and this icon's menu lead to it."


def release_entry(release: Release | None) -> str:
    """Return the line of the tray's menu that opens the page of ``release``; "" for none."""
    return "" if release is None else f"Get Wattfare {release.version}..."


def _found(state: UpdateState) -> str:
    release = state.newer
    if release is not None:
        day = release.published
        return (
            f"{release_title(release)}, since {day_text(day)} {day.year}: {release.summary} "
            f"You have {state.running}."
        )
    if state.looked_at is None:
        return f"This is Wattfare {state.running}. It was not looked for a newer one yet."
    return f"Wattfare {state.running} is the newest there is."
