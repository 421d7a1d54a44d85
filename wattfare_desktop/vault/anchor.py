"""The anchor: where the chain of the wallet's books ended last, kept outside those books.

An old copy of the wallet's file is in itself as sound as the present one. The anchor tells them
apart. It is authenticated, so that what is found in its place was written by this wallet.
"""

import hmac
import json
from pathlib import Path
from typing import Any, Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.ledger.chain import Head
from wattfare_desktop.vault.vault_file import write_private

FILE_NAME: Final = "anchor"
_BYTES_MAX: Final = 1_024


class AnchorFile:
    """The anchor's place where there is no keyring: a private file in the wallet's home."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE_NAME

    def read(self) -> str | None:
        """Return what the file says, None where there is none. Raises UserFacingError."""
        try:
            with self._path.open("rb") as file:
                return file.read(_BYTES_MAX).decode(errors="replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UserFacingError(
                "The anchor's file cannot be read", f"{self._path}: {error.strerror}."
            ) from error

    def write(self, text: str) -> None:
        """Replace the file, durably. Raises UserFacingError where the disk refuses."""
        try:
            write_private(self._path, text.encode())
        except OSError as error:
            raise UserFacingError(
                "The anchor's file cannot be written", f"{self._path}: {error.strerror}."
            ) from error


def seal_anchor(key: bytes, head: Head) -> str:
    """Return ``head`` as a text that only the holder of ``key`` can write."""
    told = {"seq": head.seq, "mac": head.mac.hex()}
    return json.dumps({**told, "tag": _tag(key, head)})


def open_anchor(key: bytes, text: str) -> Head | None:
    """Return the head in ``text``; None where it is not as this wallet wrote it."""
    try:
        told: dict[str, Any] = json.loads(text)
        head = Head(seq=int(told["seq"]), mac=bytes.fromhex(told["mac"]))
        genuine = hmac.compare_digest(_tag(key, head), str(told["tag"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return head if genuine else None


def _tag(key: bytes, head: Head) -> str:
    return hmac.digest(key, f"{head.seq}:{head.mac.hex()}".encode(), "sha256").hex()
