"""The front door of the vault: is there a wallet, make one, unlock it."""

import secrets
from pathlib import Path
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.vault.anchor import AnchorFile
from wattfare_desktop.vault.keychain import (
    SERVICE,
    KeyAbsent,
    Keychain,
    KeyFound,
    KeyLookup,
    KeyringLocked,
    KeyringUnusable,
)
from wattfare_desktop.vault.passphrase import Cost, WrappedKey, unfit_passphrase, unwrap, wrap
from wattfare_desktop.vault.protection import Outcome, Protection, Reason, Refused, Unlocked
from wattfare_desktop.vault.vault_file import VaultFile

MASTER_KEY_BYTES: Final = 32


class Vault:
    """One wallet's master key. Its calls block: at a prompt, or for the derivation's 0.2 s.

    Every call but ``status`` returns a refusal as a value; a damaged or unreadable file raises
    UserFacingError.
    """

    def __init__(self, home: Path, keychain: Keychain, cost: Cost | None = None) -> None:
        self._file = VaultFile(home)
        self._anchor_file = AnchorFile(home)
        self._keychain = keychain
        self._cost = cost or Cost()

    def status(self) -> Protection:
        """Return how the wallet is protected, or that there is none. Never prompts."""
        return self._file.protection()

    def examine_keyring(self) -> KeyringUnusable | None:
        """Return why the operating system's keyring cannot be used; None where it can."""
        return self._keychain.examine()

    def find_keyring(self) -> str | KeyringUnusable:
        """Return the keyring's own name, or why it cannot be used."""
        return self._keychain.describe()

    def create_with_keyring(self) -> Outcome:
        """Make the wallet's key and keep it in the keyring."""
        if self._file.exists():
            return _exists()
        found = self._keychain.look_up()
        # A key left by an earlier wallet of this home is taken again: it may be the only one that
        # opens a backup, and is no worse than a new one.
        if not isinstance(found, (KeyFound, KeyringLocked, KeyringUnusable)):
            found = self._keychain.store(secrets.token_bytes(MASTER_KEY_BYTES))
        if isinstance(found, KeyFound):
            self._file.write(None)
        return _of_lookup(found)

    def create_with_passphrase(self, passphrase: str) -> Outcome:
        """Make the wallet's key and wrap it under ``passphrase``."""
        return self.adopt(secrets.token_bytes(MASTER_KEY_BYTES), passphrase)

    def adopt(self, master_key: bytes, passphrase: str | None) -> Outcome:
        """Make a key that is there already this wallet's own; None: kept in the keyring."""
        if self._file.exists():
            return _exists()
        if passphrase is None:
            stored = self._keychain.store(master_key)
            if isinstance(stored, KeyFound):
                self._file.write(None)
            return _of_lookup(stored)
        unfit = unfit_passphrase(passphrase)
        if unfit is not None:
            return _unfit(unfit)
        self._file.write(wrap(master_key, passphrase, self._cost))
        return Unlocked(master_key=master_key)

    def unlock(self, passphrase: str | None = None) -> Outcome:
        """Return the master key; ``passphrase`` matters only to a wallet that has one."""
        if not self._file.exists():
            return Refused(
                reason=Reason.ABSENT, title="There is no wallet yet", detail="Set one up first."
            )
        wrapped = self._file.read()
        if wrapped is None:
            return _of_lookup(self._keychain.look_up())
        return _unwrapped(wrapped, passphrase)

    def read_anchor(self) -> str | None:
        """Return what was kept last by ``write_anchor``; None where nothing was.

        Raises UserFacingError where that cannot be found out.
        """
        if self.status() is not Protection.KEYRING:
            return self._anchor_file.read()
        found = self._keychain.look_up_anchor()
        if isinstance(found, KeyAbsent):
            return None
        return _anchor_or_raise(found)

    def write_anchor(self, text: str) -> None:
        """Keep ``text`` outside the wallet's file: in the keyring, else in a file of its own.

        Raises UserFacingError where it could not be kept.
        """
        if self.status() is Protection.KEYRING:
            _anchor_or_raise(self._keychain.store_anchor(text))
        else:
            self._anchor_file.write(text)

    def change_passphrase(self, old: str, new: str) -> Outcome:
        """Wrap the same master key under ``new``; nothing that was sealed changes."""
        unlocked = self.unlock(old)
        if isinstance(unlocked, Refused):
            return unlocked
        if self.status() is not Protection.PASSPHRASE:
            return _unfit("This wallet is protected by the keyring and has no passphrase.")
        unfit = unfit_passphrase(new)
        if unfit is not None:
            return _unfit(unfit)
        self._file.write(wrap(unlocked.master_key, new, self._cost))
        return unlocked


def _anchor_or_raise(found: str | KeyAbsent | KeyringLocked | KeyringUnusable) -> str:
    match found:
        case str():
            return found
        case KeyringUnusable(reason=reason, remedy=remedy):
            raise UserFacingError("The keyring cannot be used", f"{reason} {remedy}")
        case _:
            raise UserFacingError("The keyring is locked", "Unlock it, then try again.")


def _unwrapped(wrapped: WrappedKey, passphrase: str | None) -> Outcome:
    if passphrase is None:
        return Refused(
            reason=Reason.PASSPHRASE_NEEDED,
            title="The wallet is locked",
            detail="Unlock it with its passphrase.",
        )
    master_key = unwrap(wrapped, passphrase)
    if master_key is None:
        return Refused(
            reason=Reason.PASSPHRASE_WRONG,
            title="Wrong passphrase",
            detail="Try again; nobody can look it up or reset it.",
        )
    return Unlocked(master_key=master_key)


def _of_lookup(found: KeyLookup) -> Outcome:
    match found:
        case KeyFound(key=key):
            return Unlocked(master_key=key)
        case KeyringLocked():
            return Refused(
                reason=Reason.KEYRING_LOCKED,
                title="The keyring is locked",
                detail="Unlock your login keyring when it asks, then try again.",
            )
        case KeyringUnusable(reason=reason, remedy=remedy):
            return Refused(
                reason=Reason.KEYRING_UNUSABLE,
                title="The keyring cannot be used",
                detail=f"{reason} {remedy}",
            )
        case _:
            return Refused(
                reason=Reason.KEY_MISSING,
                title="The wallet's key is not in the keyring",
                detail=f"Restore the entry {SERVICE} of your keyring from its backup; "
                "without it this wallet cannot be opened.",
            )


def _exists() -> Refused:
    return Refused(
        reason=Reason.EXISTS, title="There is a wallet already", detail="Unlock that one."
    )


def _unfit(why: str) -> Refused:
    return Refused(reason=Reason.PASSPHRASE_UNFIT, title="This passphrase will not do", detail=why)
