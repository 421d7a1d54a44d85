"""The end of a wallet: first its keys, without which nobody can read the rest, then its files.

Only what a wallet writes is deleted: a home may be any folder that its user has named, with other
things in it. All of this blocks, may wait for a keyring, and belongs to whoever claimed the home.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.vault.keychain import Keychain, KeyringLocked, KeyringUnusable
from wattfare_desktop.vault.protection import Protection
from wattfare_desktop.vault.vault_file import VaultFile
from wattfare_desktop.wallet.restore import holds_wallet

Keychains = Callable[[Path], Keychain]
"""The keychain of the wallet at a home."""

_NAMES: Final = (
    r"(wallet\.db|vault\.json|anchor|settings\.json|providers\.toml|prices\.json|runtime\.json"
    r"|wattfare\.log|restored|updates|run)"
)
# With files half written, what SQLite keeps beside its own, and logs of days before.
_OURS: Final = re.compile(
    rf"{_NAMES}|\.{_NAMES}\..*|wallet\.db[.-].*|wattfare\.log\..*|before-restore-[0-9-]+"
    r"|wallet-before-upgrade-[0-9]{4}\.(db|part)"
)
_ASIDE: Final = "before-restore-*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What became of a wallet.

    ``key_trouble`` says why the keyring kept its key, "" where it has none any more; ``left`` are
    the files of somebody else's in its folder, which stays for them.
    """

    key_trouble: str
    left: tuple[Path, ...]


def erase(home: Path, keychains: Keychains) -> Erased:
    """Erase the wallet at ``home`` and those a restore put aside there. Raises UserFacingError."""
    homes = [home, *(path for path in home.glob(_ASIDE) if holds_wallet(path))]
    troubles = [_forget(each, keychains) for each in homes]
    try:
        for path in list(home.iterdir()):
            if _OURS.fullmatch(path.name):
                _delete(path)
        left = tuple(sorted(home.iterdir()))
        if not left:
            home.rmdir()
    except OSError as error:
        raise UserFacingError(
            "The wallet could not be erased",
            f"{error.filename}: {error.strerror}. Mend that and erase it again.",
        ) from error
    return Erased(key_trouble=next(filter(None, troubles), ""), left=left)


def _forget(home: Path, keychains: Keychains) -> str:
    """Take the key out of the keyring; return why it is still there, "" where it is not."""
    match keychains(home).forget():
        case None:
            return ""
        case _ if _is_under_passphrase(home):
            return ""  # no keyring ever had it
        case KeyringLocked():
            return "The keyring is locked."
        case KeyringUnusable(reason=reason):
            return reason


def _is_under_passphrase(home: Path) -> bool:
    try:
        return VaultFile(home).protection() is Protection.PASSPHRASE
    except (UserFacingError, OSError):
        return False  # damaged or not there: nobody knows


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
