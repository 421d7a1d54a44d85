"""What a backup's head says, and to whom."""

import pytest

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.ledger.chain import Head
from wattfare_desktop.vault.backup_head import (
    HEAD_BYTES,
    BackupFacts,
    NotABackup,
    open_head,
    read_head,
    spell_head,
)
from wattfare_desktop.vault.passphrase import Cost
from wattfare_desktop.vault.sealing import Sealer

KEY = bytes(range(32))
CHEAP = Cost(memory_kib=32, iterations=1, lanes=1)
FACTS = BackupFacts(
    made_at=Instant(1_795_435_200_000),
    size=12_288,
    sha256="ab" * 32,
    head=Head(seq=42, mac=b"m" * 32),
)
WORDS = "correct horse"


@pytest.fixture
def spelled() -> bytes:
    return spell_head(FACTS, Sealer(KEY), WORDS, CHEAP)


def test_the_passphrase_opens_it(spelled: bytes) -> None:
    assert len(spelled) == HEAD_BYTES
    head = read_head(spelled + b"whatever follows")
    opened = open_head(head, WORDS)
    assert opened is not None
    assert (opened.master_key, opened.facts, head.size) == (KEY, FACTS, FACTS.size)
    assert open_head(head, "correct hors") is None


def test_nothing_of_what_it_guards_is_in_it(spelled: bytes) -> None:
    for told in (KEY.hex(), WORDS, FACTS.sha256, FACTS.head.mac.hex(), str(FACTS.made_at)):
        assert told.encode() not in spelled
    opened = open_head(read_head(spelled), WORDS)
    assert KEY.hex() not in repr(opened)
    assert repr(KEY) not in repr(opened)


def test_each_flipped_bit_is_damage_and_no_wrong_passphrase(spelled: bytes) -> None:
    for place in range(len(spelled)):
        harmed = bytearray(spelled)
        harmed[place] ^= 1
        with pytest.raises(NotABackup) as told:
            read_head(bytes(harmed))
        titles = ("damaged",) if place > 20 else ("damaged", "no backup", "newer")
        assert any(title in told.value.title for title in titles), place


@pytest.mark.parametrize(
    ("beginning", "told"),
    [
        (b"", "no backup"),
        (b"PK\x03\x04", "no backup"),
        (b"wattfare-backup 2\n{}", "newer Wattfare"),
        (b"wattfare-backup 1\n{}", "not whole"),
        ((b"wattfare-backup 1\n" + b"[" * HEAD_BYTES)[:HEAD_BYTES], "damaged"),
        (b"wattfare-backup 1\n[]".ljust(HEAD_BYTES), "damaged"),
    ],
)
def test_what_is_no_head(beginning: bytes, told: str) -> None:
    with pytest.raises(NotABackup, match=told):
        read_head(beginning)


def test_facts_of_another_wallet_do_not_fit(spelled: bytes) -> None:
    other = read_head(spell_head(FACTS, Sealer(b"o" * 32), WORDS, CHEAP))
    head = read_head(spelled)
    mixed = type(head)(size=head.size, key=head.key, sealed=other.sealed)
    with pytest.raises(NotABackup, match="damaged"):
        open_head(mixed, WORDS)
