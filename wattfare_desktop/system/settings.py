"""What must be known before the wallet is unlocked: appearance, port, notifications.

Nothing here is secret or about money; that is in the encrypted database.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.private_file import PRIVATE_FOLDER, write_private

USUAL_PORT: Final = 8402
PORT_MIN: Final = 1_024
PORT_MAX: Final = 65_535
_BYTES_MAX: Final = 64 * 1024


class Appearance(StrEnum):
    """Light, dark, or as the desktop is."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The user's choices. ``start_at_login_offered``: whether that question was ever asked.

    ``updates_daily``: whether it is looked for a newer Wattfare once a day.
    """

    appearance: Appearance = Appearance.SYSTEM
    port: int = USUAL_PORT
    notifications: bool = True
    start_at_login_offered: bool = False
    updates_daily: bool = False

    def __post_init__(self) -> None:
        """Refuse a port that a user's program cannot have."""
        if not PORT_MIN <= self.port <= PORT_MAX:
            raise ValueError(f"port is a whole number from {PORT_MIN} to {PORT_MAX}")

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> Self:
        """Return the settings in ``fields``; what is missing is as usual, the unknown is ignored.

        Raises ValueError with a sentence's worth of what is wrong.
        """
        usual = cls()
        port = fields.get("port", usual.port)
        if type(port) is not int:
            raise ValueError(f"port is a whole number from {PORT_MIN} to {PORT_MAX}")
        return cls(
            appearance=_appearance(fields.get("appearance", usual.appearance)),
            port=port,
            notifications=_switch(fields, "notifications", usual=usual.notifications),
            start_at_login_offered=_switch(
                fields, "start_at_login_offered", usual=usual.start_at_login_offered
            ),
            updates_daily=_switch(fields, "updates_daily", usual=usual.updates_daily),
        )

    def fields(self) -> dict[str, Any]:
        """Return the settings as they are written."""
        return {
            "appearance": self.appearance.value,
            "port": self.port,
            "notifications": self.notifications,
            "start_at_login_offered": self.start_at_login_offered,
            "updates_daily": self.updates_daily,
        }


class SettingsFile:
    """``settings.json``; people may edit it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Settings:
        """Return the settings; the usual ones where there is no file.

        Raises UserFacingError where the file is there and wrong: guessing would open another port.
        """
        try:
            return Settings.from_fields(self._fields())
        except ValueError as error:
            raise UserFacingError(
                "The settings cannot be read",
                f"{self._path}: {error}. Mend it, or remove it for the usual settings.",
            ) from None

    def save(self, settings: Settings) -> None:
        """Replace the file, keeping what another version of Wattfare put there."""
        try:
            kept = self._fields()
        except ValueError:
            kept = {}
        content = json.dumps({**kept, **settings.fields()}, indent=2)
        self._path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        write_private(self._path, content.encode() + b"\n")

    def _fields(self) -> dict[str, Any]:
        """Return the file's members. Raises ValueError with what is wrong, where it is."""
        try:
            with self._path.open("rb") as file:
                content = file.read(_BYTES_MAX + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ValueError(error.strerror or "it cannot be read") from None
        if len(content) > _BYTES_MAX:
            raise ValueError("it is too long")
        try:
            fields = json.loads(content)
        except json.JSONDecodeError as error:
            raise ValueError(f"it is no JSON from line {error.lineno} on") from None
        except (UnicodeDecodeError, RecursionError):
            raise ValueError("it is no JSON") from None
        if not isinstance(fields, dict):
            raise ValueError("it is no JSON object")  # noqa: TRY004 - one kind for all of them
        return fields


def _appearance(text: object) -> Appearance:
    try:
        return Appearance(str(text))
    except ValueError:
        raise ValueError(f"appearance is one of {', '.join(Appearance)}") from None


def _switch(fields: dict[str, Any], name: str, *, usual: bool) -> bool:
    value = fields.get(name, usual)
    if not isinstance(value, bool):
        raise ValueError(f"{name} is true or false")  # noqa: TRY004 - as above
    return value
