"""What a look for newer versions found, kept for the next start. Nothing in it is secret."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.updates import Release, Version
from wattfare_desktop.system.private_file import PRIVATE_FOLDER, write_private

_BYTES_MAX: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateNotes:
    """When it was last looked, the newest release then, and which version was told of last."""

    looked_at: Instant | None = None
    newest: Release | None = None
    told: Version | None = None

    @classmethod
    def read(cls, content: bytes) -> Self:
        """Return what ``content`` returned. Raises ValueError for anything else."""
        fields = json.loads(content)
        if not isinstance(fields, dict):
            raise ValueError("they are no JSON object")  # noqa: TRY004 - one kind for all of them
        looked_at, newest, told = (fields.get(name) for name in ("looked_at", "newest", "told"))
        return cls(
            looked_at=Instant(looked_at) if type(looked_at) is int else None,
            newest=Release.read(newest.encode()) if isinstance(newest, str) else None,
            told=Version.read(told) if isinstance(told, str) else None,
        )

    def content(self) -> bytes:
        """Return the file's bytes."""
        fields: dict[str, Any] = {
            "looked_at": self.looked_at,
            "newest": None if self.newest is None else self.newest.content().decode(),
            "told": None if self.told is None else str(self.told),
        }
        return json.dumps(fields).encode() + b"\n"


class UpdateNotesFile:
    """One file of them; all of it blocks."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> UpdateNotes:
        """Return what is kept; nothing where there is no file, or one that cannot be read."""
        try:
            with self._path.open("rb") as file:
                return UpdateNotes.read(file.read(_BYTES_MAX))
        except (OSError, ValueError, RecursionError):
            return UpdateNotes()

    def save(self, notes: UpdateNotes) -> None:
        """Keep ``notes`` in place of earlier ones. Raises OSError."""
        self._path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        write_private(self._path, notes.content())
