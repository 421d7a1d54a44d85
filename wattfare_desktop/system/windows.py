"""Windows: the user's part of the registry."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.open_uri import require_openable
from wattfare_desktop.system.registry_line import registry_line
from wattfare_desktop.system.scheme import SCHEME, SchemeOwner, SchemeStatus

# All below this line is read by type checkers for Windows alone.
assert sys.platform == "win32", "chosen by system/platforms.py on Windows only"

import os  # noqa: E402
import winreg  # noqa: E402

_CLASS: Final = rf"Software\Classes\{SCHEME}"
_COMMAND: Final = rf"{_CLASS}\shell\open\command"
_ICON: Final = rf"{_CLASS}\DefaultIcon"
_RUN: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
_RUN_NAME: Final = "Wattfare"
_APPROVED: Final = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
"""What was switched in the Task Manager: a binary value whose first byte is odd where it is off."""


class WindowsScheme:
    """The class of the scheme under HKEY_CURRENT_USER."""

    def __init__(self, command: Sequence[str]) -> None:
        self._icon = f'"{command[0]}",0'
        self._line = registry_line(command, "%1")

    def status(self) -> SchemeStatus:
        """Return where links go."""
        registered = _value(_COMMAND, "")
        if not registered:
            return SchemeStatus(owner=SchemeOwner.NONE)
        # Names of files know no case there.
        if registered.casefold() == self._line.casefold():
            return SchemeStatus(owner=SchemeOwner.OURS)
        return SchemeStatus(owner=SchemeOwner.OTHER, who=registered)

    def register(self) -> None:
        """Write the class."""
        _set(_CLASS, "", "URL:Wattfare")
        _set(_CLASS, "URL Protocol", "")
        _set(_ICON, "", self._icon)
        _set(_COMMAND, "", self._line)

    def remove(self) -> None:
        """Delete the class where it is ours: a key goes only after those in it."""
        if self.status().owner is not SchemeOwner.OURS:
            return
        for key in (_ICON, _COMMAND, rf"{_CLASS}\shell\open", rf"{_CLASS}\shell", _CLASS):
            with suppress(FileNotFoundError):
                winreg.DeleteKey(winreg.HKEY_CURRENT_USER, key)


class WindowsAutostart:
    """A value under the user's Run key."""

    def __init__(self, command: Sequence[str]) -> None:
        self._line = registry_line(command)

    def is_on(self) -> bool:
        """Return whether the value is there, and was not switched off in the Task Manager."""
        return bool(_value(_RUN, _RUN_NAME)) and not _is_switched_off()

    def turn_on(self) -> None:
        """Write the value."""
        _set(_RUN, _RUN_NAME, self._line)
        _delete(_APPROVED, _RUN_NAME)

    def turn_off(self) -> None:
        """Delete the value."""
        for key in (_RUN, _APPROVED):
            _delete(key, _RUN_NAME)


class WindowsOpener:
    """ShellExecute."""

    def open(self, uri: str) -> None:
        """Open ``uri`` with the user's program for it."""
        require_openable(uri)
        try:
            os.startfile(uri)  # noqa: S606 - judged above
        except OSError as error:
            raise UserFacingError("Nothing here opens that address", str(error.strerror)) from error


def _is_switched_off() -> bool:
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _APPROVED) as key:
            said = winreg.QueryValueEx(key, _RUN_NAME)[0]
    except OSError:
        return False
    return isinstance(said, bytes) and bool(said) and said[0] % 2 == 1


def _delete(path: str, name: str) -> None:
    access = winreg.KEY_SET_VALUE
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path, access=access) as key:
            winreg.DeleteValue(key, name)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unchangeable(path, error) from error


def _value(path: str, name: str) -> str:
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
            return str(winreg.QueryValueEx(key, name)[0])
    except OSError:
        return ""


def _set(path: str, name: str, text: str) -> None:
    try:
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, path) as key:
            winreg.SetValueEx(key, name, 0, winreg.REG_SZ, text)
    except OSError as error:
        raise _unchangeable(path, error) from error


def _unchangeable(path: str, error: OSError) -> UserFacingError:
    return UserFacingError("The registry cannot be changed", f"{path}: {error.strerror}.")
