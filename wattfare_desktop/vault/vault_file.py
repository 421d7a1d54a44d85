"""``vault.json``: how this wallet is protected and, under a passphrase, the wrapped key.

The file has exactly one spelling and a checksum, so that damage is told from a wrong passphrase.
The checksum is no protection: whoever alters it too still has to know the passphrase.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.vault.passphrase import Cost, WrappedKey
from wattfare_desktop.vault.protection import Protection

FILE_NAME: Final = "vault.json"
_VERSION: Final = 1
_BYTES_MAX: Final = 4_096
_PRIVATE_FOLDER: Final = 0o700

Protected = WrappedKey | None
"""A wrapped key, or None where the key is in the keyring."""


class VaultDamagedError(UserFacingError):
    """The vault's file cannot be understood."""


class VaultFile:
    """The vault's file in a wallet's home: private, and replaced as a whole or not at all."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE_NAME

    def protection(self) -> Protection:
        """Return how the wallet is protected. Raises VaultDamagedError, as ``read`` does."""
        if not self.exists():
            return Protection.ABSENT
        return Protection.KEYRING if self.read() is None else Protection.PASSPHRASE

    def exists(self) -> bool:
        """Return whether there is a file, whatever is in it."""
        return os.path.lexists(self._path)

    def read(self) -> Protected:
        """Return what the file says. Raises VaultDamagedError where it is not as it was written."""
        try:
            with self._path.open("rb") as file:
                content = file.read(_BYTES_MAX + 1)
        except OSError as error:
            raise UserFacingError(
                "The vault's file cannot be read", f"{self._path}: {error.strerror}."
            ) from error
        try:
            return _parsed(content)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise VaultDamagedError(
                "The vault's file is damaged",
                f"Put a backup of {self._path} in its place. Nothing was changed.",
            ) from None

    def write(self, protected: Protected) -> None:
        """Replace the file, durably. Raises UserFacingError where the disk refuses."""
        try:
            self._path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            write_private(self._path, _spelled(protected))
        except OSError as error:
            raise UserFacingError(
                "The vault's file cannot be written",
                f"{self._path}: {error.strerror}. Nothing was changed.",
            ) from error


def _spelled(protected: Protected) -> bytes:
    fields: dict[str, Any] = {"version": _VERSION, "protection": Protection.KEYRING.value}
    if protected is not None:
        fields = {
            "version": _VERSION,
            "protection": Protection.PASSPHRASE.value,
            **wrapped_fields(protected),
        }
    checksum = hashlib.sha256(json.dumps(fields).encode()).hexdigest()
    return json.dumps({**fields, "checksum": checksum}, indent=2).encode() + b"\n"


def _parsed(content: bytes) -> Protected:
    """Return what ``content`` says; any of several builtin errors where it was not our writing."""
    if len(content) > _BYTES_MAX:
        raise ValueError("too long")
    fields = json.loads(content)
    protected = None
    if fields["protection"] != Protection.KEYRING.value:
        protected = wrapped_key(fields)
    if _spelled(protected) != content:
        raise ValueError("not as it was written")
    return protected


def wrapped_fields(key: WrappedKey) -> dict[str, Any]:
    """Return ``key`` as it is written in JSON."""
    return {
        "kdf": "argon2id",
        "memory_kib": key.cost.memory_kib,
        "iterations": key.cost.iterations,
        "lanes": key.cost.lanes,
        "salt": key.salt.hex(),
        "nonce": key.nonce.hex(),
        "wrapped": key.wrapped.hex(),
    }


def wrapped_key(fields: Mapping[str, Any]) -> WrappedKey:
    """Return the key in ``fields``; ValueError, KeyError or TypeError where there is none."""
    return WrappedKey(
        cost=Cost(
            memory_kib=_whole(fields["memory_kib"]),
            iterations=_whole(fields["iterations"]),
            lanes=_whole(fields["lanes"]),
        ),
        salt=bytes.fromhex(fields["salt"]),
        nonce=bytes.fromhex(fields["nonce"]),
        wrapped=bytes.fromhex(fields["wrapped"]),
    )


def _whole(number: object) -> int:
    if not isinstance(number, int):
        raise TypeError("not a whole number")
    return number


def write_private(path: Path, content: bytes) -> None:
    """Replace ``path`` durably, with mode 0600. Raises OSError."""
    # system/private_file.py does the same: neither layer may know the other, and this is too small
    # and too much of the file system to be handed in from above. mkstemp makes files 0600.
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    with contextlib.suppress(OSError):  # Windows cannot open a folder, and needs not
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
