"""What the window is told about the machine and the program around the wallet."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.system.autostart import Autostart
from wattfare_desktop.system.health import Finding
from wattfare_desktop.system.scheme import SchemeHandler
from wattfare_desktop.system.settings import Appearance
from wattfare_desktop.ui.presentation.funding import ProviderChoice
from wattfare_desktop.ui.update_acts import UpdateActs


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Given by the composition root.

    ``providers`` are those that can be added with a key; ``practice`` is the one with play money.
    ``choose_appearance`` wears it and keeps it. ``examine`` looks for what is wrong here, on the
    wallet's loop. ``price_version`` is "" until the prices are loaded. ``updates`` knows of newer
    versions of this program.
    """

    now: Callable[[], Instant]
    zone: Callable[[], tzinfo]
    providers: Sequence[ProviderChoice]
    practice: str
    autostart: Autostart
    scheme: SchemeHandler
    appearance: Appearance
    choose_appearance: Callable[[Appearance], None]
    examine: Callable[[], Coroutine[Any, Any, Sequence[Finding]]]
    port: int
    home: str
    price_version: Callable[[], str]
    version: str
    updates: UpdateActs
