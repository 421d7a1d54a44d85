"""A damaged file is opened again where nothing of it is lost, and only where that can be known."""

from contextlib import closing
from datetime import UTC
from pathlib import Path

import pytest

from tests.support.kept_anchor import KeptAnchor
from tests.support.wallet_house import catalogue
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.ledger.chain import Head
from wattfare_desktop.storage.connection import (
    COMPANIONS,
    RESTORE_HINT,
    DatabaseBroken,
    connect,
)
from wattfare_desktop.vault.anchor import seal_anchor
from wattfare_desktop.vault.sealing import Sealer
from wattfare_desktop.wallet.books import Books, open_books
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.recovery import recovered

MASTER = bytes(range(32))
PAGE = 2_048


@pytest.fixture
def anchors() -> KeptAnchor:
    """Return what is anchored outside the file."""
    return KeptAnchor()


@pytest.fixture
async def harmed(tmp_path: Path, anchors: KeptAnchor) -> Path:
    """Return a wallet's file with an index that cannot be read, but is needed to open it."""
    path = tmp_path / "wallet.db"
    await (await _open(path, anchors)).close()
    with closing(connect(path, Sealer(MASTER).database_key_hex())) as connection:
        row = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'calls_running'"
        ).fetchone()
    assert row is not None
    content = bytearray(path.read_bytes())
    content[(row[0] - 1) * PAGE + 100] ^= 1
    path.write_bytes(content)
    return path


async def _open(path: Path, anchors: KeptAnchor) -> Books:
    return await open_books(
        path, MASTER, Clock(lambda: UTC), catalogue(), lambda _changes: None, anchors=anchors
    )


async def test_it_goes_on_and_says_so(harmed: Path, anchors: KeptAnchor) -> None:
    content = _content(harmed)
    books = await _open(harmed, anchors)
    assert books.notice is not None
    assert "has been recovered" in books.notice.title
    assert books.proof.doubt is None
    await books.close()
    (aside,) = _asides(harmed)
    assert str(aside) in books.notice.detail
    assert _content(aside) == content
    again = await _open(harmed, anchors)
    assert again.notice is None
    await again.close()


@pytest.mark.parametrize("text", ["{", seal_anchor(bytes(32), Head(seq=1, mac=bytes(32)))])
async def test_without_an_anchor_that_fits_it_is_left_alone(
    harmed: Path, anchors: KeptAnchor, text: str
) -> None:
    """It might be an old one."""
    anchors.text = text
    await _require_left_alone(harmed, anchors)


async def test_with_a_keyring_that_is_locked_it_is_left_alone(
    harmed: Path, anchors: KeptAnchor
) -> None:
    anchors.failure = UserFacingError("The keyring is locked", "Unlock it.")
    await _require_left_alone(harmed, anchors)


async def test_what_is_older_than_its_anchor_is_left_alone(
    harmed: Path, anchors: KeptAnchor
) -> None:
    anchors.text = seal_anchor(Sealer(MASTER).anchor_key, Head(seq=99, mac=bytes(32)))
    await _require_left_alone(harmed, anchors)


async def _require_left_alone(harmed: Path, anchors: KeptAnchor) -> None:
    content = _content(harmed)
    broken = DatabaseBroken("It is broken", f"It cannot be read. {RESTORE_HINT}")
    with pytest.raises(DatabaseBroken, match="wattfare restore FILE"):
        await recovered(harmed, Sealer(MASTER), Clock(lambda: UTC), anchors, broken)
    assert _content(harmed) == content
    assert _asides(harmed) == []


def _content(path: Path) -> bytes:
    return path.read_bytes()


def _asides(path: Path) -> list[Path]:
    found = [each for each in path.parent.iterdir() if ".damaged-" in each.name]
    return [each for each in found if not each.name.endswith(COMPANIONS)]
