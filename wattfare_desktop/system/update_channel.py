"""Where this copy of Wattfare is told of newer ones: a channel that came with it, or none.

A release brings ``updates/channel.toml`` and ``updates/root.json`` among its resources. A source
tree has neither, and a distribution that brings its own updates leaves them out.
"""

import logging
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_LOG: Final = logging.getLogger(__name__)
_MEMBERS: Final = frozenset({"metadata_url", "targets_url"})
_BYTES_MAX: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Two https addresses of folders, and the root of trust for what is in them (TUF metadata)."""

    metadata_url: str
    targets_url: str
    root: bytes


def load_channel(folder: Path) -> Channel | None:
    """Return the channel whose files are in ``folder``; None where there is none to be used."""
    try:
        said = tomllib.loads((folder / "channel.toml").read_text(encoding="utf-8"))
        root = (folder / "root.json").read_bytes()
        return _channel(said, root)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        _LOG.warning("the channel for updates is not used: %s", error)
        return None


def _channel(said: dict[str, object], root: bytes) -> Channel:
    if said.keys() != _MEMBERS:
        raise ValueError(f"channel.toml does not say just {', '.join(sorted(_MEMBERS))}")
    if len(root) > _BYTES_MAX:
        raise ValueError("root.json is too large")
    return Channel(
        metadata_url=_https(said["metadata_url"]),
        targets_url=_https(said["targets_url"]),
        root=root,
    )


def _https(url: object) -> str:
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    if parts.scheme != "https" or not parts.hostname or parts.query or "@" in parts.netloc:
        raise ValueError("an address in channel.toml is not a plain https one")
    return parts.geturl()
