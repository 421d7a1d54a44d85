"""A backup's first 4 KiB: the master key under the backup's own passphrase, and what follows.

The rest of the file is the wallet's encrypted database, so the file opens where no keyring knows of
it. What is said of the content is sealed under the master key: a content that was exchanged, cut or
altered does not fit, whoever made it. In the clear stand the size and a checksum of the head, which
tell a damaged file from a wrong passphrase and protect nothing.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.ledger.chain import Head
from wattfare_desktop.vault.passphrase import Cost, WrappedKey, unwrap
from wattfare_desktop.vault.sealing import SealBrokenError, Sealer
from wattfare_desktop.vault.vault_file import wrapped_fields, wrapped_key

HEAD_BYTES: Final = 4_096
_FAMILY: Final = b"wattfare-backup "
_MAGIC: Final = _FAMILY + b"1\n"
_CONTEXT: Final = "backup"


class NotABackup(UserFacingError):  # noqa: N818 - a state, told to the user
    """The file is none of ours, was cut short, or is of a later version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFacts:
    """What a backup's content is: its size and SHA-256, and where the books in it end."""

    made_at: Instant
    size: int
    sha256: str
    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupHead:
    """A head as it was read. ``size`` is what it says in the clear."""

    size: int
    key: WrappedKey
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBackup:
    """What the right passphrase tells."""

    master_key: bytes
    facts: BackupFacts

    def __repr__(self) -> str:
        return f"OpenedBackup({self.facts!r})"


def is_backup(beginning: bytes) -> bool:
    """Return whether a file that begins like this is a backup, of whatever version."""
    return beginning.startswith(_FAMILY)


def spell_head(facts: BackupFacts, sealer: Sealer, passphrase: str, cost: Cost) -> bytes:
    """Return the head of a backup with this content: HEAD_BYTES bytes."""
    told = {
        "made_at": facts.made_at,
        "size": facts.size,
        "sha256": facts.sha256,
        "entry": facts.head.seq,
        "mac": facts.head.mac.hex(),
    }
    fields = {
        "size": facts.size,
        **wrapped_fields(sealer.wrapped_under(passphrase, cost)),
        "sealed": sealer.seal(json.dumps(told).encode(), _CONTEXT).hex(),
    }
    return _spelled(fields)


def read_head(beginning: bytes) -> BackupHead:
    """Return the head at the beginning of a file. Raises NotABackup."""
    if not is_backup(beginning):
        raise NotABackup(
            "This is no backup of a wallet", "Choose a file that `wattfare backup` wrote."
        )
    if not beginning.startswith(_MAGIC):
        raise NotABackup(
            "This backup was made by a newer Wattfare", "Restore it with that version or a later."
        )
    if len(beginning) < HEAD_BYTES:
        raise cut_short()
    try:
        fields: dict[str, Any] = json.loads(beginning[len(_MAGIC) : HEAD_BYTES])
        del fields["checksum"]
        if _spelled(fields) != beginning[:HEAD_BYTES]:
            raise damaged()
        return BackupHead(
            size=int(fields["size"]),
            key=wrapped_key(fields),
            sealed=bytes.fromhex(fields["sealed"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise damaged() from None


def open_head(head: BackupHead, passphrase: str) -> OpenedBackup | None:
    """Return what ``head`` guards; None where the passphrase is not the one. Raises NotABackup."""
    master_key = unwrap(head.key, passphrase)
    if master_key is None:
        return None
    try:
        told = json.loads(Sealer(master_key).open_sealed(head.sealed, _CONTEXT))
    except SealBrokenError:
        raise damaged() from None
    facts = BackupFacts(
        made_at=Instant(told["made_at"]),
        size=told["size"],
        sha256=told["sha256"],
        head=Head(seq=told["entry"], mac=bytes.fromhex(told["mac"])),
    )
    return OpenedBackup(master_key=master_key, facts=facts)


def _spelled(fields: dict[str, Any]) -> bytes:
    checksum = hashlib.sha256(json.dumps(fields).encode()).hexdigest()
    head = _MAGIC + json.dumps({**fields, "checksum": checksum}).encode("ascii")
    assert len(head) < HEAD_BYTES
    return head.ljust(HEAD_BYTES - 1) + b"\n"


def cut_short() -> NotABackup:
    """Return how a file is told whose end is missing."""
    return NotABackup(
        "This backup is not whole", "Its end is missing. Take another copy of it, or an older one."
    )


def damaged() -> NotABackup:
    """Return how a file is told that is not as it was written."""
    return NotABackup(
        "This backup is damaged",
        "It is not as it was written. Take another copy of it, or an older one.",
    )
