"""Tests of ``wattfare_desktop.vault.proofs``."""

from dataclasses import replace

import pytest

from tests.support.signing_app import SigningApp, b64
from wattfare_desktop.core.oauth.dpop import Proof, read_proof
from wattfare_desktop.vault.proofs import is_signed

ADDRESS = "http://127.0.0.1:8402/v1/models"


def proof_of(app: SigningApp) -> Proof:
    proof = read_proof(app.proof("GET", ADDRESS))
    assert isinstance(proof, Proof)
    return proof


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "Ed25519"])
def test_a_proof_is_signed_by_the_key_it_carries_and_no_other(algorithm: str) -> None:
    proof, other = proof_of(SigningApp(algorithm)), proof_of(SigningApp(algorithm))
    assert is_signed(proof)
    assert not is_signed(replace(proof, jwk=other.jwk))
    assert not is_signed(replace(proof, signature=other.signature))
    assert not is_signed(replace(proof, signed=proof.signed + b"A"))


@pytest.mark.parametrize("signature", [b"", b"\0" * 63, b"\0" * 64, b"\xff" * 64, b"\0" * 96])
@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_what_is_no_signature_is_none(algorithm: str, signature: bytes) -> None:
    assert not is_signed(replace(proof_of(SigningApp(algorithm)), signature=signature))


def test_a_key_that_is_no_point_of_its_curve_signs_nothing() -> None:
    proof = proof_of(SigningApp())
    for x in (b"\0" * 32, b"\xff" * 32, b"\x01" * 32):
        assert not is_signed(replace(proof, jwk={**proof.jwk, "x": b64(x)}))
