"""Tests of ``wattfare_desktop.vault.sealing``."""

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.vault.sealing import SealBrokenError, Sealer

MASTER = bytes(range(32))


@given(plaintext=st.binary(max_size=200), context=st.text(max_size=40))
def test_what_was_sealed_opens_in_its_context(plaintext: bytes, context: str) -> None:
    sealer = Sealer(MASTER)
    assert sealer.open_sealed(sealer.seal(plaintext, context), context) == plaintext


@given(data=st.data())
def test_any_flipped_bit_is_refused(data: st.DataObject) -> None:
    sealer = Sealer(MASTER)
    blob = bytearray(sealer.seal(b"sk-canary", "funding_1"))
    at = data.draw(st.integers(0, len(blob) - 1))
    blob[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealBrokenError):
        sealer.open_sealed(bytes(blob), "funding_1")


@given(length=st.integers(0, 37))
def test_a_shortened_blob_is_refused(length: int) -> None:
    sealer = Sealer(MASTER)
    with pytest.raises(SealBrokenError):
        sealer.open_sealed(sealer.seal(b"sk-canary", "c")[:length], "c")


def test_another_row_or_another_wallet_does_not_open_it() -> None:
    blob = Sealer(MASTER).seal(b"sk-canary", "funding_1")
    with pytest.raises(SealBrokenError):
        Sealer(MASTER).open_sealed(blob, "funding_2")
    with pytest.raises(SealBrokenError) as told:
        Sealer(bytes(32)).open_sealed(blob, "funding_1")
    assert "canary" not in str(told.value)


def test_sealing_twice_gives_two_texts_without_the_plaintext() -> None:
    sealer = Sealer(MASTER)
    first, second = sealer.seal(b"sk-canary", "c"), sealer.seal(b"sk-canary", "c")
    assert first[1:13] != second[1:13]
    assert b"canary" not in first + second


def test_the_database_key_is_the_labelled_hkdf_of_the_master_key() -> None:
    # Spelled out: were it ever derived otherwise, no wallet's file would open any more.
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"wattfare/1/database")
    assert Sealer(MASTER).database_key_hex() == derivation.derive(MASTER).hex()


def test_a_blob_of_the_first_version_opens_for_ever() -> None:
    blob = bytes.fromhex(FIRST_BLOB)
    assert Sealer(MASTER).open_sealed(blob, "funding_1") == b"sk-canary"


def test_a_master_key_of_another_size_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(bytes(16))


FIRST_BLOB = "01886b1d285a9662d671f8a0df65f289799433a75ac0be29bda47a45f2f3f10515057cf1ee88"
