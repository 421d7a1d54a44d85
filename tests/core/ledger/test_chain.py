"""The chain's arithmetic: each mac depends on the key, the place, the past and every field."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.ledger.chain import BEGINNING, EntryKind, Head, digest, link

KEY = bytes(range(32))
FIELDS = st.lists(st.none() | st.integers() | st.text(), max_size=4)


def test_a_link_is_what_the_design_says() -> None:
    before = Head(seq=6, mac=b"m" * 32)
    placed = link(KEY, before, EntryKind.TRANSFER, ("a\n", 5, None))
    entry = rb'["transfer",7,"a\n",5,null]'
    assert placed.seq == 7
    assert placed.mac == hmac.new(KEY, b"m" * 32 + entry, hashlib.sha256).digest()


@given(FIELDS, FIELDS)
def test_no_two_entries_share_a_mac(
    one: list[str | int | None], other: list[str | int | None]
) -> None:
    macs = [link(KEY, BEGINNING, EntryKind.NOTE, fields).mac for fields in (one, other)]
    assert (macs[0] == macs[1]) == (one == other)


@pytest.mark.parametrize(
    ("key", "before", "kind"),
    [
        (bytes(32), BEGINNING, EntryKind.NOTE),
        (KEY, Head(seq=1, mac=bytes(32)), EntryKind.NOTE),
        (KEY, Head(seq=0, mac=b"x" * 32), EntryKind.NOTE),
        (KEY, BEGINNING, EntryKind.GRANT_EVENT),
    ],
)
def test_key_place_past_and_kind_count(key: bytes, before: Head, kind: EntryKind) -> None:
    assert link(key, before, kind, ["x"]).mac != link(KEY, BEGINNING, EntryKind.NOTE, ["x"]).mac


def test_a_digest_keeps_rows_apart() -> None:
    assert digest([("a", 1), ("b", 2)]) != digest([("a", 1, "b", 2)])
