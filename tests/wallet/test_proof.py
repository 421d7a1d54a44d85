"""An old file put back, an altered anchor: spending is blocked until the user has accepted it."""

import os
import shutil
from datetime import UTC
from pathlib import Path

import pytest

from tests.support.kept_anchor import KeptAnchor
from tests.support.wallet_house import WalletHouse, catalogue
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.ledger.chain import Head
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.storage import chain
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.vault.anchor import open_anchor, seal_anchor
from wattfare_desktop.vault.sealing import Sealer
from wattfare_desktop.wallet.books import Books, open_books
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.spending import BooksDoubted, HeldCall

MASTER = bytes(range(32))


async def _books(path: Path, anchors: KeptAnchor) -> Books:
    return await open_books(
        path, MASTER, Clock(lambda: UTC), catalogue(), lambda _changes: None, anchors=anchors
    )


async def _closed(path: Path, anchors: KeptAnchor) -> None:
    await (await _books(path, anchors)).close()


async def _doubt(path: Path, anchors: KeptAnchor) -> str:
    books = await _books(path, anchors)
    doubt = books.proof.doubt
    await books.close()
    return "" if doubt is None else doubt.why


async def test_a_first_start_anchors_and_the_next_finds_it(tmp_path: Path) -> None:
    anchors = KeptAnchor()
    for _ in range(3):
        assert await _doubt(tmp_path / "w.db", anchors) == ""
    assert anchors.text is not None
    head = open_anchor(Sealer(MASTER).anchor_key, anchors.text)
    sealer = Sealer(MASTER)
    connection = connect(tmp_path / "w.db", sealer.database_key_hex())
    assert head == chain.head(connection)
    connection.close()


async def test_an_anchor_that_says_more_than_the_file_is_believed(tmp_path: Path) -> None:
    anchors, path = KeptAnchor(), tmp_path / "w.db"
    await _closed(path, anchors)
    shutil.copy(path, tmp_path / "old.db")
    await _closed(path, anchors)
    shutil.copy(tmp_path / "old.db", path)
    told = (
        "2 entries are missing at its end: an older copy was put in its place, or w.db-wal beside"
        " it was taken away."
    )
    # It stays so, however often it is opened.
    assert [await _doubt(path, anchors) for _ in range(2)] == [told, told]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "altered"),
        ("{", "altered"),
        ("[1]", "altered"),
        (seal_anchor(os.urandom(32), Head(seq=1, mac=bytes(32))), "altered"),
        (seal_anchor(Sealer(MASTER).anchor_key, Head(seq=1, mac=bytes(32))), "Entry 1 is another"),
    ],
)
async def test_an_anchor_that_does_not_fit(tmp_path: Path, text: str, why: str) -> None:
    anchors, path = KeptAnchor(), tmp_path / "w.db"
    await _closed(path, anchors)
    anchors.text = text
    assert why in await _doubt(path, anchors)
    assert anchors.text == text, "what is in doubt is not anchored"


async def test_an_anchor_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path) -> None:
    anchors, path = KeptAnchor(), tmp_path / "w.db"
    await _closed(path, anchors)
    anchors.failure = UserFacingError("The keyring is locked", "Unlock it.")
    assert "keyring is locked" in await _doubt(path, anchors)


async def test_a_keeper_that_fails_keeps_nobody_from_spending(tmp_path: Path) -> None:
    anchors = KeptAnchor()
    books = await _books(tmp_path / "w.db", anchors)
    anchors.failure = UserFacingError("The keyring is locked", "Unlock it.")
    await books.proof.anchor()
    assert books.proof.doubt is None
    await books.close()


async def test_accepting_is_an_entry_and_frees_the_wallet(tmp_path: Path) -> None:
    anchors, path = KeptAnchor(), tmp_path / "w.db"
    await _closed(path, anchors)
    anchors.text = seal_anchor(Sealer(MASTER).anchor_key, Head(seq=99, mac=bytes(32)))
    books = await _books(path, anchors)
    assert books.spending.is_doubted
    await books.proof.accept(books.settle_in)
    assert not books.spending.is_doubted
    notes = await books.database.read(
        lambda cx: cx.execute("SELECT content FROM chain_notes WHERE kind = 'accepted'").fetchall()
    )
    assert len(notes) == 1
    assert '"anchor":[99,' in notes[0][0]
    with pytest.raises(UserFacingError, match="Nothing is in doubt"):
        await books.proof.accept(books.settle_in)
    await books.close()
    assert await _doubt(path, anchors) == ""


async def test_an_altered_balance_is_in_doubt(tmp_path: Path) -> None:
    anchors, path = KeptAnchor(), tmp_path / "w.db"
    await _closed(path, anchors)
    connection = connect(path, Sealer(MASTER).database_key_hex())
    connection.execute(
        "INSERT INTO accounts (id, debits_within_credits, credits_posted)"
        " VALUES ('funding:x', 1, 5)"
    )
    connection.close()
    for _ in range(2):
        assert "credits posted of funding:x is 5" in await _doubt(path, anchors)


async def test_everything_is_verified_beside_the_work(house: WalletHouse) -> None:
    await house.fund()
    await house.approve()
    proof = house.wallet.proof()
    proof.begin_verification()
    proof.begin_verification()
    assert proof._verifying is not None
    await proof._verifying
    assert proof.verification.is_over
    assert proof.verification.differences == ()
    assert proof.verification.failure is None
    assert proof.verification.progress.done == proof.verification.progress.of > 0


async def test_what_a_verification_finds_blocks_spending_until_it_is_accepted(
    house: WalletHouse,
) -> None:
    """Beyond a restart as well, whose quick look would not see it."""
    await house.fund()
    await house.approve()
    grant = (await house.app()).id
    await house.spend(grant, "0.50")
    await house.books.database.write(_alter_a_raise)
    house.changes.clear()
    await _verified(house)
    assert any(changes.wallet for changes in house.changes)
    assert "is raised by 7" in house.wallet.reason
    for _ in range(2):
        asked = house.wanted(grant, parse_usd("0.10"))
        assert isinstance(await house.books.spending.reserve(asked), BooksDoubted)
        await house.wallet.lock()
        await house.opened()
        assert "is raised by 7" in house.wallet.reason
    await house.wallet.revoke((await house.app()).id)
    await house.wallet.accept_ledger()
    assert house.wallet.reason == ""
    await _verified(house)
    assert house.wallet.proof().verification.differences == ()
    await house.wallet.lock()
    await house.opened()
    assert house.wallet.trouble is None


def _alter_a_raise(connection: Connection) -> None:
    connection.execute("UPDATE windows SET raised = 7")


async def _verified(house: WalletHouse) -> None:
    proof = house.wallet.proof()
    proof.begin_verification()
    assert proof._verifying is not None
    await proof._verifying


async def test_a_verification_can_be_stopped(house: WalletHouse) -> None:
    proof = house.wallet.proof()
    proof.begin_verification()
    task = proof._verifying
    assert task is not None
    proof.cancel_verification()
    await house.books.asides.drain(5)
    assert task.done()


class TestAnOldFile:
    """What a user would do, or somebody in the user's place: copy a file away, and back."""

    async def test_neither_refills_nor_revives(self, house: WalletHouse, tmp_path: Path) -> None:
        await house.fund()
        await house.approve()
        grant = (await house.app()).id
        await house.wallet.lock()
        shutil.copy(house.paths.database, tmp_path / "old.db")
        await house.opened()
        await house.settle(await house.hold(grant, "1.00"), "1.00")
        await house.wallet.revoke(grant)
        await house.wallet.lock()
        shutil.copy(tmp_path / "old.db", house.paths.database)
        await house.opened()
        assert (await house.app(grant)).state is GrantState.ACTIVE
        asked = house.wanted(grant, parse_usd("0.10"))
        assert isinstance(await house.books.spending.reserve(asked), BooksDoubted)
        trouble = house.wallet.trouble
        assert trouble is not None
        assert "older copy" in trouble.detail
        # Taking away always works, and does not free what is in doubt.
        await house.wallet.revoke(grant)
        assert (await house.app(grant)).state is GrantState.REVOKED
        assert isinstance(await house.books.spending.reserve(asked), BooksDoubted)
        await house.wallet.accept_ledger()
        assert house.wallet.trouble is None

    async def test_may_be_accepted(self, house: WalletHouse, tmp_path: Path) -> None:
        await house.fund()
        await house.approve()
        grant = (await house.app()).id
        await house.wallet.lock()
        shutil.copy(house.paths.database, tmp_path / "old.db")
        await house.opened()
        await house.wallet.lock()
        shutil.copy(tmp_path / "old.db", house.paths.database)
        await house.opened()
        await house.wallet.accept_ledger()
        held = await house.books.spending.reserve(house.wanted(grant, parse_usd("0.10")))
        assert isinstance(held, HeldCall)
        house.void_what_runs()
        await house.drained()
        await house.wallet.lock()
        await house.opened()
        assert house.wallet.trouble is None


async def test_a_revocation_is_anchored_at_once(house: WalletHouse) -> None:
    await house.approve()
    grant = (await house.app()).id
    await house.wallet.revoke(grant)
    await house.books.asides.drain(5)
    text = (house.paths.home / "anchor").read_text()
    head = await house.books.database.read(chain.head)
    assert f'"seq": {head.seq},' in text
    assert (house.paths.home / "anchor").stat().st_mode & 0o077 == 0
