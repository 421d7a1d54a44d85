"""Linux and the BSDs: freedesktop's files and the xdg programs."""

import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.desktop_entry import (
    desktop_entry,
    exec_value,
    field_of,
    read_value,
    written_exec,
)
from wattfare_desktop.system.open_uri import require_openable, start_detached
from wattfare_desktop.system.private_file import write_private
from wattfare_desktop.system.program import environment_of_others
from wattfare_desktop.system.scheme import SCHEME, SchemeOwner, SchemeStatus

HANDLER_FILE: Final = "wattfare-handler.desktop"
AUTOSTART_FILE: Final = "wattfare.desktop"
_MIME_TYPE: Final = f"x-scheme-handler/{SCHEME}"
_ICON: Final = "wattfare"
_TOOL_TIMEOUT_S: Final = 15.0
_READABLE: Final = 0o644


class LinuxScheme:
    """A ``.desktop`` file of the user's, made the default for the scheme."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = environment
        data = _base(environment, "XDG_DATA_HOME", ".local/share")
        self._file = data / "applications" / HANDLER_FILE
        self._applications = [folder / "applications" for folder in (data, *_shared(environment))]
        self._defaults = (
            _base(environment, "XDG_CONFIG_HOME", ".config") / "mimeapps.list",
            data / "applications" / "mimeapps.list",
        )

    def status(self) -> SchemeStatus:
        """Return where links go; what an older or other copy of us registered is another's."""
        default = self._default()
        if not default:
            return SchemeStatus(owner=SchemeOwner.NONE)
        if default != HANDLER_FILE:
            if self._starts_us(default):
                return SchemeStatus(owner=SchemeOwner.OURS)
            return SchemeStatus(owner=SchemeOwner.OTHER, who=default)
        registered = field_of(_text(self._file), "Exec")
        if registered is None:
            return SchemeStatus(owner=SchemeOwner.NONE)
        if registered == written_exec(self._command, "%u"):
            return SchemeStatus(owner=SchemeOwner.OURS)
        return SchemeStatus(owner=SchemeOwner.OTHER, who=registered)

    def register(self) -> None:
        """Write the file and make it the default; nothing where the installed package did so.

        What is written for the user outlives the package, and would lead nowhere then.
        """
        if self.status().owner is SchemeOwner.OURS:
            return
        entry = desktop_entry(
            [
                ("Name", "Wattfare"),
                ("Comment", "Answers apps that ask to spend from your wallet"),
                ("Exec", exec_value(self._command, "%u")),
                ("Icon", _ICON),
                # It takes links and starts nothing by itself; a launcher in the menu, where there
                # is one, comes with the installed package and should not stand there twice.
                ("NoDisplay", "true"),
                ("Terminal", "false"),
                ("MimeType", f"{_MIME_TYPE};"),
            ]
        )
        _write(self._file, entry)
        self._refresh()
        self._run("xdg-mime", "default", HANDLER_FILE, _MIME_TYPE)

    def remove(self) -> None:
        """Delete the file and the lines that name it as the default."""
        self._file.unlink(missing_ok=True)
        for defaults in self._defaults:
            _forget_default(defaults)
        self._refresh()

    def _default(self) -> str:
        told = self._run("xdg-mime", "query", "default", _MIME_TYPE)
        if told is None:
            # Without xdg-utils the file alone counts: desktops read its MimeType themselves.
            return HANDLER_FILE if self._file.exists() else ""
        return told

    def _starts_us(self, name: str) -> bool:
        """Return whether an installed launcher of this name starts this very program."""
        files = (folder / name for folder in self._applications)
        entry = next((text for text in map(_text, files) if text), "")
        try:
            words = shlex.split(field_of(entry, "Exec") or "")
        except ValueError:
            return False
        if not words or words[1:] != [*self._command[1:], "%u"]:
            return False
        program = shutil.which(words[0], path=self._environment.get("PATH"))
        return program is not None and Path(program).resolve() == Path(self._command[0]).resolve()

    def _refresh(self) -> None:
        if self._file.parent.is_dir():
            self._run("update-desktop-database", str(self._file.parent))

    def _run(self, name: str, *arguments: str) -> str | None:
        """Return what a desktop's tool prints; None where there is no such tool or it fails."""
        program = shutil.which(name, path=self._environment.get("PATH"))
        if program is None:
            return None
        try:
            ended = subprocess.run(  # noqa: S603 - no shell, and arguments of our own
                [program, *arguments],
                env=environment_of_others(self._environment),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_TOOL_TIMEOUT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return ended.stdout.strip() if ended.returncode == 0 else None


class LinuxAutostart:
    """An entry in the user's autostart folder; never in the system's, which outlives removal."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = command
        config = _base(environment, "XDG_CONFIG_HOME", ".config")
        self._file = config / "autostart" / AUTOSTART_FILE

    def is_on(self) -> bool:
        """Return whether there is an entry that its desktop does not skip."""
        entry = _text(self._file)
        needed = field_of(entry, "TryExec")
        skipped = (
            field_of(entry, "Hidden") == "true"
            or field_of(entry, "X-GNOME-Autostart-enabled") == "false"
            or (needed is not None and shutil.which(read_value(needed)) is None)
        )
        return field_of(entry, "Exec") is not None and not skipped

    def turn_on(self) -> None:
        """Write the entry."""
        entry = desktop_entry(
            [
                ("Name", "Wattfare"),
                ("Comment", "Keeps the wallet in the tray"),
                ("Exec", exec_value(self._command)),
                # The entry outlives the program, which no package can take out of every home: a
                # desktop passes over one whose program is gone.
                ("TryExec", self._command[0]),
                ("Icon", _ICON),
                ("Terminal", "false"),
                ("X-GNOME-Autostart-enabled", "true"),
            ]
        )
        _write(self._file, entry)

    def turn_off(self) -> None:
        """Delete the entry."""
        self._file.unlink(missing_ok=True)


class LinuxOpener:
    """xdg-open."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def open(self, uri: str) -> None:
        """Open ``uri`` with the user's program for it."""
        require_openable(uri)
        program = shutil.which("xdg-open", path=self._environment.get("PATH"))
        start_detached([program or "xdg-open", uri], self._environment)


def _base(environment: Mapping[str, str], variable: str, usual: str) -> Path:
    """Return a base directory; a relative one is to be ignored, says their specification."""
    named = Path(environment.get(variable, ""))
    if named.is_absolute():
        return named
    return Path(environment.get("HOME") or Path.home()) / usual


def _shared(environment: Mapping[str, str]) -> list[Path]:
    """Return where packages install what all users have, the first to be looked at first."""
    named = environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [Path(folder) for folder in named.split(":") if Path(folder).is_absolute()]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, text.encode())
        path.chmod(_READABLE)  # nothing private, and desktops expect it so
    except OSError as error:
        raise UserFacingError(
            "The desktop's settings cannot be changed", f"{path}: {error.strerror}."
        ) from error


def _forget_default(path: Path) -> None:
    """Take our file out of the scheme's lines; all else in the file stays as it is."""
    before = _text(path)
    lines = []
    for line in before.splitlines(keepends=True):
        key, _, files = line.partition("=")
        names = [name for name in files.strip().split(";") if name]
        if key.strip() != _MIME_TYPE or HANDLER_FILE not in names:
            lines.append(line)
            continue
        left = [name for name in names if name != HANDLER_FILE]
        if left:
            lines.append(f"{key}={';'.join(left)};\n")
    if "".join(lines) != before:
        _write(path, "".join(lines))
