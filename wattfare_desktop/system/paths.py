"""Where everything of a wallet is.

Standard library and little of it: this runs before a URI is handed over, in milliseconds.
"""

import hashlib
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from wattfare_desktop.core.errors import UserFacingError

_PRIVATE_FOLDER: Final = 0o700
_OTHERS: Final = 0o077
_ADDRESS_BYTES_MAX: Final = 100  # sun_path holds 104 on macOS, 108 on Linux
_DIGEST_CHARS: Final = 16


class Paths(NamedTuple):
    """The files of the wallet at ``home``, and the address of its control socket.

    No dataclass: importing those would take longer than all the rest of a hand-over.
    """

    home: Path
    database: Path
    vault: Path
    settings: Path
    providers: Path
    prices: Path
    updates: Path
    runtime: Path
    log: Path
    control: str


def wallet_home(home: str | Path | None, environment: Mapping[str, str]) -> Path:
    """Return the wallet's folder: as asked for, else WATTFARE_HOME, else the platform's place.

    Resolved, so that one folder has one name whichever way it was reached; it need not exist.
    """
    asked = home or environment.get("WATTFARE_HOME")
    folder = Path(asked).expanduser() if asked else _usual_home(environment)
    return folder.resolve()


def paths_of(home: Path, environment: Mapping[str, str]) -> Paths:
    """Return where everything of the wallet at ``home`` is. Raises as ``control_address``."""
    return Paths(
        home=home,
        database=home / "wallet.db",
        vault=home / "vault.json",
        settings=home / "settings.json",
        providers=home / "providers.toml",
        prices=home / "prices.json",
        updates=home / "updates",
        runtime=home / "runtime.json",
        log=home / "wattfare.log",
        control=control_address(home, environment),
    )


def prepare_home(home: Path) -> None:
    """Make the wallet's folder, or close an existing one of ours to everybody else."""
    try:
        home.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        if sys.platform != "win32" and stat.S_IMODE(home.stat().st_mode) & _OTHERS:
            home.chmod(_PRIVATE_FOLDER)
    except OSError as error:
        raise UserFacingError(
            "The wallet's folder cannot be used",
            f"{home}: {error.strerror}. Choose another with --home.",
        ) from error


def control_address(home: Path, environment: Mapping[str, str]) -> str:
    """Return where the wallet at ``home`` (resolved) listens for its own user.

    A Unix socket in a private folder, which is made here, or the name of a Windows pipe. Raises
    UserFacingError where that folder is somebody else's.
    """
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:_DIGEST_CHARS]
    if sys.platform == "win32":
        return rf"\\.\pipe\wattfare-{name}"
    folder = _socket_folder(environment)
    address = os.fspath(folder / f"{name}.sock")
    if len(os.fsencode(address)) >= _ADDRESS_BYTES_MAX:
        folder = _shared_folder()
        address = os.fspath(folder / f"{name}.sock")
    _require_private(folder)
    return address


def _usual_home(environment: Mapping[str, str]) -> Path:
    user = Path(environment.get("HOME") or Path.home())
    if sys.platform == "win32":
        local = environment.get("LOCALAPPDATA")
        return (Path(local) if local else user / "AppData" / "Local") / "Wattfare"
    if sys.platform == "darwin":
        return user / "Library" / "Application Support" / "Wattfare"
    data = environment.get("XDG_DATA_HOME", "")
    # A relative path there is to be ignored, says the base directory specification.
    return (Path(data) if Path(data).is_absolute() else user / ".local" / "share") / "wattfare"


def _socket_folder(environment: Mapping[str, str]) -> Path:
    if sys.platform == "darwin":
        # macOS empties its temporary folders of what is not touched for days, sockets included.
        return _usual_home(environment) / "run"
    named = environment.get("XDG_RUNTIME_DIR", "")
    # Without the variable (a cron job, sudo -u) the usual place still has to be found, else the
    # same home would have two addresses, and two wallets.
    for runtime in (Path(named), Path(f"/run/user/{_user_id()}")):
        if runtime.is_absolute() and _is_ours(runtime):
            return runtime / "wattfare"
    return _shared_folder()


def _shared_folder() -> Path:
    return Path(f"/tmp/wattfare-{_user_id()}")  # noqa: S108 - its owner and mode are checked


def _is_ours(folder: Path) -> bool:
    try:
        return folder.stat().st_uid == _user_id() and os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False


def _require_private(folder: Path) -> None:
    try:
        folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise _not_private(folder) from error
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == _user_id()
    if not ours or stat.S_IMODE(found.st_mode) & _OTHERS:
        raise _not_private(folder)


def _not_private(folder: Path) -> UserFacingError:
    return UserFacingError(
        "The wallet's socket has no safe place",
        f"{folder} is not a private folder of yours. Remove it, or set XDG_RUNTIME_DIR.",
    )


def _user_id() -> int:
    if sys.platform == "win32":
        return 0  # pipes are named without it
    return os.getuid()
