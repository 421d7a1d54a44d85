"""How a wallet's master key is protected, and what creating or unlocking it answers."""

from dataclasses import dataclass, field
from enum import StrEnum

from wattfare_desktop.core.errors import UserFacingError


class Protection(StrEnum):
    """Where the master key is."""

    ABSENT = "absent"
    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105 - the word, not one


class Reason(StrEnum):
    """Why there is no master key to be had now."""

    ABSENT = "absent"
    EXISTS = "exists"
    PASSPHRASE_NEEDED = "passphrase_needed"  # noqa: S105
    PASSPHRASE_WRONG = "passphrase_wrong"  # noqa: S105
    PASSPHRASE_UNFIT = "passphrase_unfit"  # noqa: S105
    KEYRING_LOCKED = "keyring_locked"
    KEYRING_UNUSABLE = "keyring_unusable"
    KEY_MISSING = "key_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked:
    """The master key, 32 bytes; it shows itself in no text."""

    master_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No key, and in words for the user why and what to do."""

    reason: Reason
    title: str
    detail: str

    def error(self) -> UserFacingError:
        """Return the same as an error to raise."""
        return UserFacingError(self.title, self.detail)


Outcome = Unlocked | Refused
