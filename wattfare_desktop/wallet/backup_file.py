"""A backup as a file: put together, and taken apart.

All of this blocks and belongs on a thread of its own.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.ledger.chain import Head
from wattfare_desktop.system.private_file import PRIVATE_FILE
from wattfare_desktop.vault.backup_head import (
    HEAD_BYTES,
    BackupFacts,
    BackupHead,
    OpenedBackup,
    cut_short,
    damaged,
    open_head,
    read_head,
    spell_head,
)
from wattfare_desktop.vault.passphrase import Cost
from wattfare_desktop.vault.sealing import Sealer

_PIECE_BYTES: Final = 1024 * 1024

Progress = Callable[[int, int], None]


def compose(
    content: Path,
    target: Path,
    sealer: Sealer,
    passphrase: str,
    *,
    head: Head,
    made_at: Instant,
    cost: Cost,
    on_progress: Progress,
) -> None:
    """Write ``content`` and what guards it to ``target``, durably, and read it back."""
    size = content.stat().st_size
    with content.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    facts = BackupFacts(made_at=made_at, size=size, sha256=digest, head=head)
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file, content.open("rb") as source:
        file.write(spell_head(facts, sealer, passphrase, cost))
        for piece in _pieces(source):
            file.write(piece)
            on_progress(min(file.tell(), size), 2 * size)
        file.flush()
        os.fsync(file.fileno())
    opened = open_head(head_of(target), passphrase)
    if opened is None or opened.facts != facts:
        raise damaged()
    _pour(target, None, facts, lambda done, of: on_progress(size + done, 2 * of))


def head_of(path: Path) -> BackupHead:
    """Return the head of the backup at ``path``. Raises NotABackup, also where it is cut short."""
    with path.open("rb") as file:
        head = read_head(file.read(HEAD_BYTES))
        if os.fstat(file.fileno()).st_size < HEAD_BYTES + head.size:
            raise cut_short()
    return head


def extract(path: Path, target: Path, opened: OpenedBackup, on_progress: Progress) -> None:
    """Write the content of the backup at ``path`` to ``target``. Raises NotABackup."""
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        _pour(path, file, opened.facts, on_progress)
        file.flush()
        os.fsync(file.fileno())


def _pour(path: Path, target: IO[bytes] | None, facts: BackupFacts, on_progress: Progress) -> None:
    """Read the content that follows a head, and see that it is what ``facts`` say."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as source:
        source.seek(HEAD_BYTES)
        for piece in _pieces(source):
            digest.update(piece)
            done += len(piece)
            if done > facts.size:
                raise damaged()
            if target is not None:
                target.write(piece)
            on_progress(done, facts.size)
    if done < facts.size:
        raise cut_short()
    if digest.hexdigest() != facts.sha256:
        raise damaged()


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(_PIECE_BYTES):
        yield piece
