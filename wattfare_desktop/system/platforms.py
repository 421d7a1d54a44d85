"""The one choice between Linux, macOS and Windows."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wattfare_desktop.system.autostart import Autostart
from wattfare_desktop.system.open_uri import UriOpener
from wattfare_desktop.system.scheme import SchemeHandler


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What differs by platform."""

    scheme: SchemeHandler
    autostart: Autostart
    opener: UriOpener


def this_platform(command: Sequence[str], environment: Mapping[str, str]) -> Platform:
    """Return this platform's ways; ``command`` starts the program (``program_command``)."""
    if sys.platform == "win32":
        from wattfare_desktop.system import windows  # noqa: PLC0415 - its modules exist only there

        return Platform(
            scheme=windows.WindowsScheme(command),
            autostart=windows.WindowsAutostart(command),
            opener=windows.WindowsOpener(),
        )
    if sys.platform == "darwin":
        from wattfare_desktop.system import macos  # noqa: PLC0415 - as above

        return Platform(
            scheme=macos.MacScheme(command),
            autostart=macos.MacAutostart(command, Path(environment.get("HOME") or Path.home())),
            opener=macos.MacOpener(environment),
        )
    from wattfare_desktop.system import linux  # noqa: PLC0415 - as above

    return Platform(
        scheme=linux.LinuxScheme(command, environment),
        autostart=linux.LinuxAutostart(command, environment),
        opener=linux.LinuxOpener(environment),
    )
