"""The master key in the operating system's keyring.

``keyring`` takes whatever backend it finds, a file in plain text included once another package has
brought one. Hence only backends known to protect what they hold are used here, by their exact type.
"""

import base64
import binascii
import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from keyring import core, errors
from keyring.backend import KeyringBackend
from keyring.backends import chainer

# Only this system's own: finding out that another's is not here starts a compiler, of all things.
if sys.platform == "darwin":
    from keyring.backends.macOS import Keyring

    _ALLOWED: tuple[type[KeyringBackend], ...] = (Keyring,)
elif sys.platform == "win32":
    from keyring.backends.Windows import WinVaultKeyring

    _ALLOWED: tuple[type[KeyringBackend], ...] = (WinVaultKeyring,)
else:
    from keyring.backends import SecretService, kwallet

    _ALLOWED: tuple[type[KeyringBackend], ...] = (
        SecretService.Keyring,
        kwallet.DBusKeyring,
        kwallet.DBusKeyringKWallet4,
    )

Result = TypeVar("Result")

SERVICE: Final = "Wattfare"
KEY_BYTES: Final = 32

# What the backends' own libraries raise, unwrapped, when a prompt was closed.
_DISMISSED: Final = frozenset({"LockedException", "PromptDismissedException"})
_REMEDY: Final = (
    "Log in to a desktop session with a keyring (GNOME Keyring or KWallet on Linux), "
    "or protect the wallet with a passphrase."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFound:
    """The key; it shows itself in no text."""

    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAbsent:
    """The keyring is open and holds no key of this wallet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyringLocked:
    """The keyring is locked, or its prompt was dismissed: a normal state, to be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyringUnusable:
    """No keyring that may be used; ``reason`` and ``remedy`` are sentences for the user."""

    reason: str
    remedy: str


KeyLookup = KeyFound | KeyAbsent | KeyringLocked | KeyringUnusable


class Keychain:
    """One wallet's entry in the keyring. Each call may wait for minutes at an unlock prompt."""

    def __init__(self, account: str, find: Callable[[], KeyringBackend | None]) -> None:
        self._account = account
        self._find = find

    def examine(self) -> KeyringUnusable | None:
        """Return why the keyring cannot be used; None where it can. Never prompts."""
        found = self._backend()
        return found if isinstance(found, KeyringUnusable) else None

    def describe(self) -> str | KeyringUnusable:
        """Return the keyring's own name, or why it cannot be used. Never prompts."""
        found = self._backend()
        return found if isinstance(found, KeyringUnusable) else str(found.name)

    def look_up(self) -> KeyLookup:
        """Return this wallet's key, or why there is none."""
        return self._guarded(self._read)

    def store(self, key: bytes) -> KeyLookup:
        """Keep ``key`` and read it back; KeyFound only where the keyring really has it."""
        text = base64.b64encode(key).decode()

        def write(backend: KeyringBackend) -> KeyLookup:
            backend.set_password(SERVICE, self._account, text)
            return self._read(backend)

        stored = self._guarded(write)
        if stored == KeyAbsent() or (isinstance(stored, KeyFound) and stored.key != key):
            return KeyringUnusable(reason="The keyring did not keep the key.", remedy=_REMEDY)
        return stored

    def look_up_anchor(self) -> "str | KeyAbsent | KeyringLocked | KeyringUnusable":
        """Return the anchor of this wallet's books, or why there is none."""
        return self._guarded(
            lambda backend: backend.get_password(SERVICE, self._anchor_account) or KeyAbsent()
        )

    def store_anchor(self, text: str) -> "str | KeyAbsent | KeyringLocked | KeyringUnusable":
        """Keep the anchor; return it where the keyring took it, else why not."""

        def write(backend: KeyringBackend) -> str:
            backend.set_password(SERVICE, self._anchor_account, text)
            return text

        return self._guarded(write)

    def forget(self) -> "KeyringLocked | KeyringUnusable | None":
        """Take the key and the anchor out of the keyring; return why that cannot be done."""

        def remove(backend: KeyringBackend) -> None:
            for account in (self._account, self._anchor_account):
                if backend.get_password(SERVICE, account) is not None:
                    backend.delete_password(SERVICE, account)

        return self._guarded(remove)

    @property
    def _anchor_account(self) -> str:
        return f"{self._account}-anchor"

    def _read(self, backend: KeyringBackend) -> KeyLookup:
        text = backend.get_password(SERVICE, self._account)
        if text is None:
            return KeyAbsent()
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) == KEY_BYTES:
            return KeyFound(key=key)
        return KeyringUnusable(
            reason="The keyring's entry for this wallet is damaged.",
            remedy=f"Restore the entry {SERVICE} / {self._account} in your keyring's own program; "
            "without it this wallet cannot be opened.",
        )

    def _guarded(
        self, use: Callable[[KeyringBackend], Result]
    ) -> "Result | KeyringLocked | KeyringUnusable":
        backend = self._backend()
        if isinstance(backend, KeyringUnusable):
            return backend
        try:
            return use(backend)
        except errors.KeyringLocked:
            return KeyringLocked()
        except Exception as error:  # noqa: BLE001 - each backend raises its own library's errors
            if _DISMISSED & {type(error).__name__, type(error.__cause__).__name__}:
                return KeyringLocked()
            # The kind of error only: its text may quote what was to be stored.
            kind = type(error).__name__
            return KeyringUnusable(reason=f"The keyring failed ({kind}).", remedy=_REMEDY)

    def _backend(self) -> KeyringBackend | KeyringUnusable:
        try:
            backend = self._find()
        except Exception as error:  # noqa: BLE001 - configured by a file that names any class
            kind = type(error).__name__
            return KeyringUnusable(reason=f"The keyring failed ({kind}).", remedy=_REMEDY)
        if backend is None:
            return KeyringUnusable(reason="There is no keyring here.", remedy=_REMEDY)
        unfit = unfit_backend(backend)
        if unfit is None:
            return backend
        return KeyringUnusable(
            reason=f"The keyring is set to {unfit}, which Wattfare does not trust with a key.",
            remedy=_REMEDY,
        )


def unfit_backend(backend: KeyringBackend) -> str | None:
    """Return the name of the backend, or chained backend, that is not allowed; None for none."""
    if type(backend) is chainer.ChainerBackend:
        members = list(backend.backends)
        unfit = (unfit_backend(member) for member in members)
        return next(filter(None, unfit), None if members else _name(backend))
    # A subclass may store anywhere it likes: only the very types count.
    return None if type(backend) in _ALLOWED else _name(backend)


def find_backend() -> KeyringBackend | None:
    """Return the backend the user configured for ``keyring``, else the best allowed one.

    Looks anew each time: a keyring may start after us, and ``keyring`` itself would remember.
    """
    configured = core.load_env() or core.load_config()
    if configured is not None:
        return configured
    viable = [kind for kind in _ALLOWED if kind.viable]
    return max(viable, key=lambda kind: float(kind.priority))() if viable else None


def account_of(home: Path) -> str:
    """Return the keyring's user name for the wallet at ``home``: each home has its own key."""
    digest = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()
    return f"wallet-{digest[:16]}"


def open_keychain(home: Path) -> Keychain:
    """Return the keychain of the wallet at ``home``."""
    return Keychain(account_of(home), find_backend)


def _name(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"
