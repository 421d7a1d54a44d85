"""The chain that binds journal, grant events and notes into one order.

Each entry carries ``mac_n = HMAC-SHA256(key, mac_(n-1) || entry_n)``, so that none can be altered,
left out, put in or moved without all that follow it being made anew, which takes the key. What an
entry says is spelled in exactly one way: a JSON array without blanks, its kind and number first.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAC_BYTES: Final = 32
_spell: Final = json.JSONEncoder(separators=(",", ":")).encode

Field = str | int | None


class EntryKind(StrEnum):
    """Where an entry of the chain stands."""

    TRANSFER = "transfer"
    GRANT_EVENT = "grant_event"
    NOTE = "note"


class NoteKind(StrEnum):
    """What an entry is that moves no money: the wallet speaking of its own books.

    ``OPENED``: it was opened, and may change what only the next digest can vouch for. ``DIGEST``:
    what the balances came to. ``DOUBTED``: something in it was found altered. ``ACCEPTED``: its
    user took the books as they were found. ``LIMIT``: what a limit and its window came to.
    ``WINDOWS_RESET``: its user set aside windows that a wrong clock had opened in the future.
    """

    OPENED = "opened"
    DIGEST = "digest"
    DOUBTED = "doubted"
    ACCEPTED = "accepted"
    LIMIT = "limit"
    WINDOWS_RESET = "windows_reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """An entry's place in the chain: its number, from 1 on, and its mac."""

    seq: int
    mac: bytes


BEGINNING: Final = Head(seq=0, mac=bytes(MAC_BYTES))
"""What the first entry follows."""


def link(key: bytes, before: Head, kind: EntryKind, fields: Sequence[Field]) -> Head:
    """Return the place of the entry that follows ``before`` and says ``fields``."""
    seq = before.seq + 1
    entry = _spell([kind.value, seq, *fields]).encode("ascii")
    return Head(seq=seq, mac=hmac.digest(key, before.mac + entry, "sha256"))


def digest(rows: Sequence[Sequence[Field]]) -> str:
    """Return a short name of exactly these rows in this order."""
    return hashlib.sha256(_spell(rows).encode("ascii")).hexdigest()


def spelled(content: object) -> str:
    """Return ``content`` in the one spelling that a note is written in."""
    return _spell(content)
