"""Tests of ``wattfare_desktop.vault.signing``."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.vault.sealing import Sealer
from wattfare_desktop.vault.signing import Signer, is_signature, thumbprint

SIGNER = Signer(bytes(range(32)))


@given(message=st.binary(max_size=300), seed=st.binary(min_size=32, max_size=32))
def test_what_a_key_signed_is_known_by_that_key_alone(message: bytes, seed: bytes) -> None:
    signer = Signer(seed)
    signature = signer.sign(message)
    assert is_signature(signature, message, signer.public)
    assert is_signature(signature, message, SIGNER.public) is (signer.public == SIGNER.public)


@given(message=st.binary(min_size=1, max_size=300), data=st.data())
def test_any_flipped_bit_of_the_message_is_noticed(message: bytes, data: st.DataObject) -> None:
    signature = SIGNER.sign(message)
    altered = bytearray(message)
    altered[data.draw(st.integers(0, len(message) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert not is_signature(signature, bytes(altered), SIGNER.public)


@given(at=st.integers(0, 85), sign=st.characters(codec="utf-8"))
def test_any_other_sign_in_the_signature_is_noticed(at: int, sign: str) -> None:
    signature = SIGNER.sign(b"paid")
    altered = f"{signature[:at]}{sign}{signature[at + 1 :]}"
    # The last sign of a signature has bits to spare: there, too, only one spelling counts.
    assert is_signature(altered, b"paid", SIGNER.public) is (altered == signature)


@pytest.mark.parametrize(
    "public", ["", "=", "A", SIGNER.public + "=", SIGNER.public[:-1], "é" * 43]
)
def test_what_is_no_key_has_signed_nothing(public: str) -> None:
    assert not is_signature(SIGNER.sign(b"paid"), b"paid", public)


def test_the_first_example_of_rfc_8032_is_signed_as_it_says() -> None:
    seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    signer = Signer(bytes.fromhex(seed))
    key = base64.urlsafe_b64decode(f"{signer.public}=")
    assert key.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = base64.urlsafe_b64decode(f"{signer.sign(b'')}==")
    assert signature.hex().startswith(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    )


def test_a_key_is_named_as_in_rfc_8037() -> None:
    public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert thumbprint(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_wallet_has_one_key_for_ever() -> None:
    # Spelled out: were it ever derived otherwise, old receipts would look like another wallet's.
    signer = Signer(Sealer(bytes(range(32))).signing_seed)
    assert signer.public == "dLzpzXD0ioQFjVbnI4jKFiJOIJfAwBGVCPSn1QbjACE"
    assert Signer(Sealer(bytes(32)).signing_seed).public != signer.public
