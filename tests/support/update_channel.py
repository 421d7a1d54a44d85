"""A channel for updates as its publisher makes it: real keys, real metadata, in a folder."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from updates import Keys, Repository, make_keys
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.updates import Release, Version
from wattfare_desktop.system import update_channel as system
from wattfare_desktop.vault.update_trust import Fetch, UpdateTrust

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
    headers: list[dict[str, str]] = field(default_factory=list)

    def repository(self, ago: timedelta = timedelta(), keys: Path | None = None) -> Repository:
        """Return what its publisher does to it, some time ago."""
        return Repository(self.folder, Keys.load(keys or self.keys), datetime.now(UTC) - ago)

    def publish(self, version: str, ago: timedelta = timedelta()) -> None:
        repository = self.repository(ago)
        repository.begin(self.root)
        repository.publish(release(version))
        repository.refresh()

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


class Client:
    """A copy of Wattfare that came with the channel's first root, asked without a network."""

    def __init__(self, channel: Channel, folder: Path) -> None:
        self.channel = channel
        self.folder = folder

    def version(self, fetch: Fetch | None = None) -> str:
        """Look, each time as after a restart."""
        trust = UpdateTrust(
            root=self.channel.root,
            folder=self.folder,
            metadata_url="https://wattfare.example/metadata/",
            targets_url="https://wattfare.example/targets",
        )
        return str(Release.read(trust.latest(fetch or self.channel.fetch)).version)

    def refuses(self) -> None:
        with pytest.raises(UserFacingError, match="not believed"):
            self.version()


CHANNEL: web.AppKey[Channel] = web.AppKey("channel")


def make_channel(folder: Path) -> Channel:
    """Return a channel with keys, and nothing published yet."""
    keys = folder / "keys"
    root = make_keys(keys, datetime.now(UTC))
    return Channel(folder=folder / "served", keys=keys, root=root.read_bytes())


async def _file(request: web.Request) -> web.Response:
    channel = request.app[CHANNEL]
    channel.asked.append(request.path_qs)
    channel.headers.append(dict(request.headers))
    try:
        return web.Response(body=(channel.folder / request.path.lstrip("/")).read_bytes())
    except (FileNotFoundError, IsADirectoryError):
        return web.Response(status=404)


@asynccontextmanager
async def served(channel: Channel) -> AsyncIterator[system.Channel]:
    """Serve ``channel`` on loopback; yield it as a copy of Wattfare comes with it."""
    app = web.Application()
    app[CHANNEL] = channel
    app.router.add_get("/{path:.*}", _file)
    async with TestServer(app) as server:
        yield system.Channel(
            metadata_url=str(server.make_url("/metadata/")),
            targets_url=str(server.make_url("/targets/")),
            root=channel.root,
        )
