"""What the tray's icon and menu say, decided without a tray."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.money import display_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.reports import AppRow, Overview, WindowRow
from wattfare_desktop.ui.presentation.alerts import short_text
from wattfare_desktop.ui.presentation.closed import Closed, ClosedState
from wattfare_desktop.ui.presentation.periods import spent_of_limit

APPS_SHOWN_MAX: Final = 8
_NAME_CHARS_MAX: Final = 28
_GAP: Final = "   "
_DOUBTED: Final = "Nothing is spent: the books are not as they were left"


class TrayMood(StrEnum):
    """What the icon tells from afar; the first that applies is shown."""

    NEEDS_YOU = "needs-you"
    LOCKED = "locked"
    PAUSED = "paused"
    SPENDING = "spending"
    CALM = "calm"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayApp:
    """One app's line in the menu, and whether its submenu offers to pause or to resume."""

    id: GrantId
    name: str
    text: str
    paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayFigures:
    """All that the menu shows while the wallet is open."""

    head: str
    spent: str
    apps: tuple[TrayApp, ...]
    has_more: bool
    paused: bool
    alert: str = ""
    alert_app: GrantId | None = None
    alert_page: str = "overview"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedLines:
    """The menu's head and the line that helps, while the wallet is not open."""

    head: str
    act: str
    shows_window: bool = False


def closed_lines(closed: Closed) -> ClosedLines:
    """Return what the menu says of a wallet that is not open."""
    match closed.state:
        case ClosedState.ABSENT:
            return ClosedLines(head="Wattfare is not set up", act="Set up...")
        case ClosedState.BROKEN:
            return ClosedLines(
                head="Wattfare cannot open its wallet", act="See why...", shows_window=True
            )
        case _:
            return ClosedLines(head="Wattfare is locked", act="Unlock...")


def mood(
    overview: Overview | None, *, questions: int, locked: bool, broken: bool = False
) -> TrayMood:
    """Return the icon's state: a question or an alert not looked at comes before all else."""
    if questions > 0 or broken:
        return TrayMood.NEEDS_YOU
    if locked or overview is None:
        return TrayMood.LOCKED
    if overview.alerts:
        return TrayMood.NEEDS_YOU
    if overview.paused:
        return TrayMood.PAUSED
    return TrayMood.SPENDING if overview.running else TrayMood.CALM


def figures(overview: Overview) -> TrayFigures:
    """Return the menu's texts. Apps keep the order they come in: most recent spender first."""
    warned = _warned(overview)
    unusual = [short_text(alert) for alert in overview.alerts]
    living = [app for app in overview.apps if app.state in (GrantState.ACTIVE, GrantState.PAUSED)]
    return TrayFigures(
        head=f"Wattfare - {display_usd(overview.balance)} left",
        spent=f"Today {display_usd(overview.today)} - this month {display_usd(overview.month)}",
        apps=tuple(_line(app) for app in living[:APPS_SHOWN_MAX]),
        has_more=len(living) > APPS_SHOWN_MAX,
        paused=overview.paused,
        alert=_DOUBTED if overview.doubt else _alert_text(unusual + [each for _, each in warned]),
        alert_app=warned[0][0] if len(warned) == 1 and not overview.doubt else None,
        alert_page="alerts" if unusual and not overview.doubt else "overview",
    )


def _warned(overview: Overview) -> list[tuple[GrantId | None, str]]:
    """Return whose limit is mostly gone, and how it stands; the whole wallet's first."""
    wallet = [(None, "Your whole wallet", overview.wallet_windows)]
    apps = [
        (app.id, f"“{_shortened(app.name)}”", app.windows)
        for app in overview.apps
        if app.state is GrantState.ACTIVE
    ]
    return [
        (app, f"{name} has spent {spent_of_limit(window.spent, window.limit, window.period)}")
        for app, name, windows in (*wallet, *apps)
        for window in windows
        if window.warned
    ]


def _alert_text(told: Sequence[str]) -> str:
    if not told:
        return ""
    counted = "1 alert" if len(told) == 1 else f"{len(told)} alerts"
    return f"{counted}: {told[0]}"


def menu_text(text: str) -> str:
    """Return ``text`` so that a menu shows it literally: ``&`` would mark a mnemonic."""
    return text.replace("&", "&&")


def _line(app: AppRow) -> TrayApp:
    paused = app.state is GrantState.PAUSED
    parts = [_shortened(app.name)]
    if paused:
        parts.append("paused")
    tightest = _tightest(app.windows)
    if tightest is not None:
        parts.append(spent_of_limit(tightest.spent, tightest.limit, tightest.period))
    return TrayApp(id=app.id, name=app.name, text=_GAP.join(parts), paused=paused)


def _tightest(windows: Sequence[WindowRow]) -> WindowRow | None:
    """Return the window that will refuse first: the one with the smallest part left."""
    return min(windows, key=_part_left, default=None)


def _part_left(window: WindowRow) -> float:
    return window.left / window.limit if window.limit else 0.0


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME_CHARS_MAX else name[: _NAME_CHARS_MAX - 1] + "…"
