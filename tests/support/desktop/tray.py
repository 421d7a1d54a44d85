"""Tray icons and their menus, as a panel reads and works them over the bus.

StatusNotifierItem carries the icon, com.canonical.dbusmenu its menu. Nothing is drawn: an entry is
clicked by telling the app that it was.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.support.desktop.bus import BusObject, CallFailedError, SessionBus
from tests.support.desktop.waiting import wait_for

WATCHER = BusObject(
    owner="org.kde.StatusNotifierWatcher",
    path="/StatusNotifierWatcher",
    interface="org.kde.StatusNotifierWatcher",
)
Label = str | re.Pattern[str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """One entry of a menu as it was at one moment; the root has no label."""

    number: int
    label: str
    enabled: bool
    visible: bool
    checked: bool
    separator: bool
    children: tuple["MenuEntry", ...]

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The menu as text, for people."""
        for child in self.children:
            shown = "---" if child.separator else child.label
            yield "    " * depth + shown + ("" if child.enabled else "  (disabled)")
            yield from child.lines(depth + 1)

    def child(self, label: Label) -> "MenuEntry | None":
        """Return the first visible entry right below with this label, or matching it."""
        shown = (entry for entry in self.children if entry.visible and not entry.separator)
        return next((entry for entry in shown if matches(label, entry.label)), None)


class TrayIcon:
    """The icon of one app."""

    def __init__(self, bus: SessionBus, owner: str, path: str) -> None:
        self._bus = bus
        self._item = BusObject(owner=owner, path=path, interface="org.kde.StatusNotifierItem")

    @property
    def pid(self) -> int:
        return self._bus.pid_of(self._item.owner)

    @property
    def title(self) -> str:
        return str(self._bus.get(self._item, "Title"))

    @property
    def status(self) -> str:
        """One of Passive, Active and NeedsAttention."""
        return str(self._bus.get(self._item, "Status"))

    @property
    def tooltip(self) -> str:
        """The tip's heading and its text, as far as there are such."""
        _, _, heading, text = self._bus.get(self._item, "ToolTip")
        return "\n".join(part for part in (heading, text) if part)

    @property
    def pixmaps(self) -> tuple[tuple[int, int, bytes], ...]:
        """The picture in each of its sizes: width, height, ARGB32 in network byte order."""
        drawn = self._bus.get(self._item, "IconPixmap")
        return tuple((width, height, bytes(argb)) for width, height, argb in drawn)

    def activate(self) -> None:
        """Click it with the left button."""
        self._bus.call(self._item, "Activate", "ii", (0, 0))

    def menu(self) -> MenuEntry:
        """Return the whole menu as it is now."""
        _, layout = self._bus.call(self._menu(), "GetLayout", "iias", (0, -1, []))[:2]
        return _entry(layout)

    def entry(self, *labels: Label, timeout_s: float = 10.0) -> MenuEntry:
        """Wait for the entry at this path, opening the menus on the way; a Pattern is searched."""

        def reach() -> MenuEntry | None:
            self._tell_opening(0)
            reached = self.menu()
            for depth, label in enumerate(labels):
                child = reached.child(label)
                if child is None:
                    return None
                if depth < len(labels) - 1:
                    self._tell_opening(child.number)
                reached = child
            return reached

        return wait_for(
            _patient(reach),
            what=lambda: f"the entry {_path(labels)} in\n{self._shown()}",
            timeout_s=timeout_s,
        )

    def click(self, *labels: Label, timeout_s: float = 10.0) -> None:
        """Click the entry at this path, such as `click("Notes AI", "Pause")`, once it is enabled.

        The first label may be a Pattern: figures move in it.
        """

        def enabled() -> MenuEntry | None:
            entry = self.entry(*labels, timeout_s=timeout_s)
            return entry if entry.enabled else None

        entry = wait_for(
            enabled,
            what=lambda: f"the entry {_path(labels)} is enabled in\n{self._shown()}",
            timeout_s=timeout_s,
        )
        self._tell(entry.number, "clicked")

    def wait_for_no_entry(self, *labels: Label, timeout_s: float = 10.0) -> None:
        """Wait until no entry is at this path."""

        def absent() -> bool | None:
            reached: MenuEntry | None = self.menu()
            for label in labels:
                reached = None if reached is None else reached.child(label)
            return True if reached is None else None

        wait_for(
            _patient(absent),
            what=lambda: f"no entry {_path(labels)} in\n{self._shown()}",
            timeout_s=timeout_s,
        )

    def _menu(self) -> BusObject:
        path = str(self._bus.get(self._item, "Menu"))
        return BusObject(owner=self._item.owner, path=path, interface="com.canonical.dbusmenu")

    def _tell_opening(self, number: int) -> None:
        self._bus.call(self._menu(), "AboutToShow", "i", (number,))

    def _tell(self, number: int, event: str) -> None:
        self._bus.call(self._menu(), "Event", "isvu", (number, event, ("s", ""), 0))

    def _shown(self) -> str:
        try:
            return "\n".join(self.menu().lines())
        except CallFailedError as error:
            return f"(no menu: {error})"


class Tray:
    """All icons that the desktop's panel shows."""

    def __init__(self, bus: SessionBus) -> None:
        self._bus = bus

    def icons(self) -> list[TrayIcon]:
        """Return the icons that are registered now."""
        if not self._bus.has(WATCHER.owner):
            return []
        names = self._bus.get(WATCHER, "RegisteredStatusNotifierItems")
        return [TrayIcon(self._bus, *_owner_and_path(str(name))) for name in names]

    def icon(self, *, pid: int | None = None, timeout_s: float = 10.0) -> TrayIcon:
        """Wait for an icon: of this process, or the only one there is."""

        def find() -> TrayIcon | None:
            icons = [icon for icon in self.icons() if pid is None or icon.pid == pid]
            assert len(icons) <= 1, f"{len(icons)} icons: say which by its pid"
            return icons[0] if icons else None

        return wait_for(
            _patient(find),
            what=lambda: f"a tray icon of {'anyone' if pid is None else pid}",
            timeout_s=timeout_s,
        )

    def wait_for_no_icon(self, timeout_s: float = 10.0) -> None:
        """Wait until the tray is empty."""
        wait_for(
            _patient(lambda: None if self.icons() else True),
            what="an empty tray",
            timeout_s=timeout_s,
        )


def matches(label: Label, text: str) -> bool:
    """Tell whether a text is this one, or has this pattern in it."""
    return label == text if isinstance(label, str) else label.search(text) is not None


def plain_label(label: str) -> str:
    """Return a menu's label as people read it, without its mnemonic.

    In a dbusmenu `_x` underlines x and `__` is one underscore. Qt writes its own first `&` as the
    `_` and leaves later ones, so `&&` may remain.
    """
    plain = re.sub(r"_(.?)", r"\1", label)
    plain = plain.replace("&&", "\0")
    if plain == label:  # no underscore was there: an app that leaves Qt's own mark
        plain = re.sub(r"&(?=\w)", "", plain, count=1)
    return plain.replace("\0", "&")


def _entry(layout: Sequence[Any]) -> MenuEntry:
    number, variants, children = layout
    properties = {name: value for name, (_, value) in variants.items()}
    return MenuEntry(
        number=number,
        label=plain_label(str(properties.get("label", ""))),
        enabled=bool(properties.get("enabled", True)),
        visible=bool(properties.get("visible", True)),
        checked=properties.get("toggle-state", 0) == 1,
        separator=properties.get("type") == "separator",
        children=tuple(_entry(child) for _, child in children),
    )


def _owner_and_path(name: str) -> tuple[str, str]:
    owner, slash, path = name.partition("/")
    return owner, f"/{path}" if slash else "/StatusNotifierItem"


def _path(labels: Sequence[Label]) -> str:
    return " > ".join(label if isinstance(label, str) else f"/{label.pattern}/" for label in labels)


def _patient(probe: Callable[[], T | None]) -> Callable[[], T | None]:
    """An app that is starting or ending refuses calls: that is "not yet", not a failure."""

    def ask() -> T | None:
        try:
            return probe()
        except CallFailedError:
            return None

    return ask
