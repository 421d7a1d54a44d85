"""macOS: the application bundle says which links it takes; log-in is a launch agent."""

import plistlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from xml.parsers.expat import ExpatError

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.open_uri import require_openable, start_detached
from wattfare_desktop.system.scheme import SchemeOwner, SchemeStatus

LABEL: Final = "wattfare-desktop"
BUNDLE_IDENTIFIER: Final = "io.github.wattfare.Desktop"
_IN_BUNDLE: Final = ".app/Contents/MacOS/"


class MacScheme:
    """Info.plist has CFBundleURLTypes: installing the bundle registers it, nothing at run time."""

    def __init__(self, command: Sequence[str]) -> None:
        self._bundled = _IN_BUNDLE in command[0]

    def status(self) -> SchemeStatus:
        """Return that links come here, where this is the bundle."""
        return SchemeStatus(owner=SchemeOwner.OURS if self._bundled else SchemeOwner.NONE)

    def register(self) -> None:
        """Do nothing: Launch Services has read the bundle."""

    def remove(self) -> None:
        """Do nothing: it goes with the bundle."""


class MacAutostart:
    """A launch agent of the user's.

    It outlives an application that is dragged to the bin; launchd then notes at each log-in that
    there is no such program, and does nothing.
    """

    def __init__(self, command: Sequence[str], home: Path) -> None:
        self._command = command
        self._file = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"

    def is_on(self) -> bool:
        """Return whether the agent is there and not disabled in its file."""
        try:
            agent = plistlib.loads(self._file.read_bytes())
        except (OSError, ValueError, ExpatError):
            return False
        return bool(agent.get("RunAtLoad")) and not agent.get("Disabled")

    def turn_on(self) -> None:
        """Write the agent; it is first used at the next log-in."""
        agent = {
            "Label": LABEL,
            "ProgramArguments": list(self._command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            # The system's own list of what starts at log-in then names the application.
            "AssociatedBundleIdentifiers": BUNDLE_IDENTIFIER,
        }
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_bytes(plistlib.dumps(agent))
        except OSError as error:
            raise UserFacingError(
                "Starting at log-in cannot be set", f"{self._file}: {error.strerror}."
            ) from error

    def turn_off(self) -> None:
        """Delete the agent."""
        self._file.unlink(missing_ok=True)


class MacOpener:
    """open(1)."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def open(self, uri: str) -> None:
        """Open ``uri`` with the user's program for it."""
        require_openable(uri)
        start_detached(["/usr/bin/open", uri], self._environment)
