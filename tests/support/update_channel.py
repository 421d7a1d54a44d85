"""A channel for updates as its publisher makes it: real keys, real metadata, in a folder."""

import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from updates import Keys, Repository, make_keys
from wattfare_desktop.core.updates import Release, Version

SUMMARY: Final = "Receipts can be printed."


def release(version: str, summary: str = SUMMARY) -> Release:
    return Release(
        version=Version.read(version),
        page=f"https://wattfare.example/releases/{version}",
        summary=summary,
        published=date(2026, 11, 28),
    )


@dataclass(kw_only=True)
class Channel:
    """What is served is in ``folder``; ``asked`` are the paths that were asked for, in order."""

    folder: Path
    keys: Path
    root: bytes
    asked: list[str] = field(default_factory=list)

    def repository(self, ago: timedelta = timedelta(), keys: Path | None = None) -> Repository:
        """Return what its publisher does to it, some time ago."""
        return Repository(self.folder, Keys.load(keys or self.keys), datetime.now(UTC) - ago)

    def publish(self, version: str, ago: timedelta = timedelta()) -> None:
        repository = self.repository(ago)
        repository.begin(self.root)
        repository.publish(release(version))

    def place(self, name: str) -> Path:
        """Return where a file of metadata is."""
        return self.folder / "metadata" / name

    def copy_to(self, folder: Path) -> None:
        """Keep how it stands, as somebody in between might."""
        shutil.copytree(self.folder, folder)

    def becomes(self, folder: Path) -> None:
        """Serve what was kept."""
        shutil.rmtree(self.folder)
        shutil.copytree(folder, self.folder)

    def fetch(self, url: str, bytes_max: int) -> bytes | None:
        """Be asked without a network."""
        path = urlsplit(url).path
        self.asked.append(path)
        try:
            return (self.folder / path.lstrip("/")).read_bytes()[: bytes_max + 1]
        except FileNotFoundError:
            return None


def make_channel(folder: Path) -> Channel:
    """Return a channel with keys, and nothing published yet."""
    keys = folder / "keys"
    root = make_keys(keys, datetime.now(UTC))
    return Channel(folder=folder / "served", keys=keys, root=root.read_bytes())
