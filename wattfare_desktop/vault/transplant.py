"""What a wallet has in the keyring, taken along from one home to another."""

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.vault.keychain import (
    KeyAbsent,
    Keychain,
    KeyFound,
    KeyringLocked,
    KeyringUnusable,
)


def copy_entries(source: Keychain, target: Keychain) -> bool:
    """Copy key and anchor; False where ``source`` has no key. Raises UserFacingError."""
    found = source.look_up()
    if isinstance(found, KeyAbsent):
        return False
    if not isinstance(found, KeyFound):
        raise _refused(found)
    stored = target.store(found.key)
    if not isinstance(stored, KeyFound):
        raise _refused(stored)
    anchor = source.look_up_anchor()
    if isinstance(anchor, str):
        put_anchor(target, anchor)
    return True


def put_anchor(target: Keychain, text: str) -> None:
    """Keep ``text`` as the anchor. Raises UserFacingError where the keyring does not take it."""
    stored = target.store_anchor(text)
    if not isinstance(stored, str):
        raise _refused(stored)


def _refused(why: KeyAbsent | KeyringLocked | KeyringUnusable) -> UserFacingError:
    if isinstance(why, KeyringUnusable):
        return UserFacingError("The keyring cannot be used", f"{why.reason} {why.remedy}")
    return UserFacingError(
        "The keyring is locked", "Unlock your login keyring when it asks, then try again."
    )
