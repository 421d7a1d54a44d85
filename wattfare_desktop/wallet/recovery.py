"""What is tried when the wallet's file is damaged, before its user is sent for a backup."""

import asyncio
import logging
import os
from datetime import datetime
from pathlib import Path
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.ledger.chain import Head
from wattfare_desktop.storage.backup import FileKeys
from wattfare_desktop.storage.connection import RESTORE_HINT, DatabaseBroken
from wattfare_desktop.storage.database import LedgerUnavailable
from wattfare_desktop.storage.recovery import damage_in, recover
from wattfare_desktop.vault.anchor import open_anchor
from wattfare_desktop.vault.sealing import Sealer
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.proof import Anchors

_LOG: Final = logging.getLogger(__name__)


async def recovered(
    path: Path, sealer: Sealer, clock: Clock, anchors: Anchors, broken: DatabaseBroken
) -> UserFacingError:
    """Recover the damaged file at ``path``; return what to tell its user of that.

    Raises DatabaseBroken where it cannot be, and the file is as it was.
    """
    _LOG.warning("the wallet's file is damaged, and its recovery is tried")
    anchor = await _anchor(sealer, anchors, broken)
    keys = FileKeys(database_key_hex=sealer.database_key_hex(), chain_key=sealer.chain_key)
    aside = _free_name(path, datetime.fromtimestamp(clock.now() / 1000, clock.zone))
    failed = await asyncio.to_thread(recover, path, keys, anchor, aside)
    if failed is not None:
        _LOG.warning("the recovery failed: %s", failed.why)
        raise _unrecovered(path, broken) from broken
    _LOG.warning("the wallet's file was recovered, the damaged one is %s", aside.name)
    return UserFacingError(
        "The wallet's file was damaged and has been recovered",
        "Every entry was read and verified, and nothing is missing. The damaged file is kept as"
        f" {aside}. A disk that damaged one file may damage more: make a backup now, elsewhere.",
    )


async def damage_behind(path: Path, sealer: Sealer, refused: LedgerUnavailable) -> DatabaseBroken:
    """Return the damage because of which a write was refused; raises ``refused`` for none."""
    keys = FileKeys(database_key_hex=sealer.database_key_hex(), chain_key=sealer.chain_key)
    found = await asyncio.to_thread(damage_in, path, keys)
    if found is None:
        raise refused
    return found


def _free_name(path: Path, at: datetime) -> Path:
    name, number = f"{path.name}.damaged-{at:%Y-%m-%d-%H%M%S}", 1
    place = path.with_name(name)
    while os.path.lexists(place):
        number += 1
        place = path.with_name(f"{name}-{number}")
    return place


async def _anchor(sealer: Sealer, anchors: Anchors, broken: DatabaseBroken) -> Head | None:
    """Return how far the file had come. What cannot be told from an old file is not recovered."""
    try:
        text = await anchors.read_anchor()
    except UserFacingError as error:
        raise broken from error
    anchor = None if text is None else open_anchor(sealer.anchor_key, text)
    if text is not None and anchor is None:
        raise broken
    return anchor


def _unrecovered(path: Path, broken: DatabaseBroken) -> DatabaseBroken:
    what = broken.detail.removesuffix(RESTORE_HINT).rstrip()
    return DatabaseBroken(
        broken.title,
        f"{what} A recovery was tried, but not all of it can be read; {path.name} was left as it"
        f" is. {RESTORE_HINT}",
    )
