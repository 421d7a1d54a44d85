"""Tests of ``wattfare_desktop.core.oauth.dpop``: RFC 9449 section 4.3, point by point."""

import json
from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.signing_app import LEFT_OUT, SigningApp, b64
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.oauth.dpop import (
    PROOF_CHARS_MAX,
    Proof,
    ProofFault,
    access_hash,
    is_thumbprint,
    judge_proof,
    read_proof,
    same_address,
    thumbprint,
)

ADDRESS = "http://127.0.0.1:8402/v1/chat/completions"
ACCESS = "wf_at_x"
NOW_S = 1_764_000_000
APP = SigningApp()


def good(**changes: Any) -> Proof:
    proof = read_proof(proof_text(**changes))
    assert isinstance(proof, Proof), proof
    return proof


def proof_text(**changes: Any) -> str:
    said: dict[str, Any] = {"nonce": "n1", "iat": NOW_S} | changes
    return APP.proof("POST", ADDRESS, access=ACCESS, **said)


def judge(proof: Proof, **changes: Any) -> ProofFault | None:
    expected: dict[str, Any] = {
        "method": "POST",
        "address": ADDRESS,
        "now": Instant(NOW_S * 1000),
        "access": ACCESS,
        "nonces": ("n1", "n0"),
    }
    return judge_proof(proof, **(expected | changes))


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "Ed25519"])
def test_a_good_proof_is_read_and_fits(algorithm: str) -> None:
    app = SigningApp(algorithm)
    text = app.proof("POST", ADDRESS, access=ACCESS, nonce="n0", iat=NOW_S)
    proof = read_proof(text)
    assert isinstance(proof, Proof)
    assert (proof.algorithm, proof.jkt) == (algorithm, app.jkt)
    assert f"{proof.signed.decode()}.{b64(proof.signature)}" == text
    assert judge(proof) is None


def test_a_thumbprint_is_the_one_of_the_standard() -> None:
    # RFC 8037, appendix A.3.
    key = {"crv": "Ed25519", "kty": "OKP", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert is_thumbprint(thumbprint(key))
    assert not is_thumbprint(thumbprint(key) + "A")
    assert not is_thumbprint("é" * 43)


def test_the_hash_of_an_access_is_the_one_of_the_standard() -> None:
    # RFC 9449, section 7.1.
    access = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
    assert access_hash(access) == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ({"typ": "jwt"}, ProofFault.TYPE),
        ({"typ": LEFT_OUT}, ProofFault.TYPE),
        ({"alg": "none"}, ProofFault.ALGORITHM),
        ({"alg": "HS256"}, ProofFault.ALGORITHM),
        ({"alg": "RS256"}, ProofFault.ALGORITHM),
        ({"alg": ["ES256"]}, ProofFault.ALGORITHM),
        ({"alg": LEFT_OUT}, ProofFault.ALGORITHM),
        ({"alg": "EdDSA"}, ProofFault.KEY),
        ({"crit": ["b64"], "b64": False}, ProofFault.CRITICAL),
        ({"jwk": LEFT_OUT}, ProofFault.KEY),
        ({"jwk": "key"}, ProofFault.KEY),
        ({"jwk": {**APP.jwk, "d": "AAAA"}}, ProofFault.KEY),
        ({"jwk": {"kty": "oct", "k": "AAAA"}}, ProofFault.KEY),
        ({"jwk": {**APP.jwk, "crv": "P-384"}}, ProofFault.KEY),
        ({"jwk": {**APP.jwk, "y": "AAAA"}}, ProofFault.KEY),
        ({"jwk": {**APP.jwk, "x": "+" * 43}}, ProofFault.KEY),
        ({"jwk": {**APP.jwk, "x": 7}}, ProofFault.KEY),
    ],
)
def test_a_header_that_is_not_a_proofs_is_refused(
    header: dict[str, Any], fault: ProofFault
) -> None:
    assert read_proof(proof_text(header=header)) is fault


@pytest.mark.parametrize("name", ["jti", "htm", "htu", "iat"])
@pytest.mark.parametrize("value", [LEFT_OUT, None, "", [], {}, True, "x" * 2100])
def test_a_claim_that_is_missing_or_none_is_refused(name: str, value: Any) -> None:
    assert read_proof(proof_text(**{name: value})) is ProofFault.CLAIMS


@pytest.mark.parametrize("claims", [{"ath": 1}, {"nonce": ["n1"]}, {"iat": -1}, {"iat": 1e300}])
def test_a_claim_of_another_kind_is_refused(claims: dict[str, Any]) -> None:
    assert read_proof(proof_text(**claims)) is ProofFault.CLAIMS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "é.é.é",
        f"{b64(b'{}')}=.{b64(b'{}')}.AA",
        f"{b64(b'[]')}.{b64(b'{}')}.AA",
        "x" * (PROOF_CHARS_MAX + 1),
        APP.signed(b'{"typ":"dpop+jwt","typ":"dpop+jwt"}', b"{}"),
        APP.signed(b'{"typ":NaN}', b"{}"),
        APP.signed(b"[" * 1500, b"{}"),
        APP.signed(b"\xff", b"{}"),
    ],
)
def test_what_is_no_signed_jwt_is_refused(text: str) -> None:
    assert read_proof(text) is ProofFault.MALFORMED


@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{0,30}(\.[A-Za-z0-9_-]{0,30}){0,3}"))
def test_no_text_is_a_proof_by_chance(text: str) -> None:
    assert isinstance(read_proof(text), ProofFault)


@given(
    st.dictionaries(
        st.sampled_from(["typ", "alg", "jwk", "crit", "kid"]),
        st.sampled_from(["dpop+jwt", "ES256", "none", APP.jwk, {}, [], None, 1]),
    )
)
def test_whatever_a_header_holds_only_the_right_one_is_read(header: dict[str, Any]) -> None:
    claims = {"jti": "1", "htm": "GET", "htu": ADDRESS, "iat": NOW_S}
    found = read_proof(APP.signed(json.dumps(header).encode(), json.dumps(claims).encode()))
    is_right = (
        (header.get("typ"), header.get("alg")) == ("dpop+jwt", "ES256")
        and header.get("jwk") == APP.jwk
        and "crit" not in header
    )
    assert isinstance(found, Proof) is is_right


@pytest.mark.parametrize(
    ("claims", "fault"),
    [
        ({"htm": "GET"}, ProofFault.METHOD),
        ({"htm": "post"}, ProofFault.METHOD),
        ({"htu": ADDRESS + "s"}, ProofFault.ADDRESS),
        ({"htu": ADDRESS.replace("127.0.0.1", "localhost")}, ProofFault.ADDRESS),
        ({"htu": ADDRESS.replace("http", "https")}, ProofFault.ADDRESS),
        ({"htu": "http://[::1"}, ProofFault.ADDRESS),
        ({"htu": ADDRESS.upper()}, ProofFault.ADDRESS),
        ({"iat": NOW_S - 61}, ProofFault.TIME),
        ({"iat": NOW_S + 61}, ProofFault.TIME),
        ({"ath": LEFT_OUT}, ProofFault.ACCESS),
        ({"ath": access_hash("wf_at_y")}, ProofFault.ACCESS),
        ({"nonce": LEFT_OUT}, ProofFault.NONCE),
        ({"nonce": "n2"}, ProofFault.NONCE),
    ],
)
def test_a_proof_of_another_request_is_refused(claims: dict[str, Any], fault: ProofFault) -> None:
    assert judge(good(**claims)) is fault


@pytest.mark.parametrize("iat", [NOW_S - 60, NOW_S + 60, NOW_S + 0.5])
def test_a_clock_may_be_a_minute_off(iat: float) -> None:
    assert judge(good(iat=iat)) is None


def test_a_token_request_has_no_access_to_hash() -> None:
    assert judge(good(ath=LEFT_OUT), access=None) is None


@pytest.mark.parametrize(
    "claimed", [ADDRESS, f"{ADDRESS}?beta=true", f"{ADDRESS}#x", ADDRESS.replace("http", "HTTP")]
)
def test_query_and_fragment_are_left_out_of_an_address(claimed: str) -> None:
    assert same_address(claimed, ADDRESS)


def test_an_address_without_a_path_is_the_root() -> None:
    assert same_address("http://LOCALHOST:8402", "http://localhost:8402/")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
CLAIMS = st.sampled_from(["jti", "htm", "htu", "iat", "ath", "nonce", "x"])


@given(st.dictionaries(CLAIMS, JSON), st.text(max_size=20))
def test_no_claims_raise_and_what_fits_is_what_was_signed_for(
    changes: dict[str, Any], address: str
) -> None:
    claims = {"jti": "1", "htm": "POST", "htu": ADDRESS, "iat": NOW_S, "nonce": "n1"} | changes
    header = {"typ": "dpop+jwt", "alg": APP.algorithm, "jwk": APP.jwk}
    proof = read_proof(APP.signed(json.dumps(header).encode(), json.dumps(claims).encode()))
    if isinstance(proof, ProofFault):
        return
    assert proof.jkt == APP.jkt
    assert judge(proof, address=address, access=None) in {ProofFault.ADDRESS, ProofFault.METHOD}
    if judge(proof, access=None) is None:
        assert (proof.htm, proof.nonce in {"n0", "n1"}) == ("POST", True)
        assert abs(proof.iat_ms - NOW_S * 1000) <= 60_000
        assert same_address(proof.htu, ADDRESS)


@given(st.dictionaries(st.sampled_from(["kty", "crv", "x", "y", "d", "k", "n"]), JSON))
def test_no_key_raises_and_none_that_is_private_is_taken(changes: dict[str, Any]) -> None:
    key = APP.jwk | changes
    text = APP.proof("POST", ADDRESS, header={"jwk": key}, iat=NOW_S)
    proof = read_proof(text)
    if isinstance(proof, Proof):
        assert not {"d", "k"} & changes.keys()
        assert set(proof.jwk) == {"kty", "crv", "x", "y"}
        assert is_thumbprint(proof.jkt)


@given(st.text(), st.text() | st.just(ADDRESS))
def test_no_address_raises(claimed: str, address: str) -> None:
    assert same_address(claimed, address) in {True, False}


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True))
def test_a_thumbprint_is_the_sha_256_of_something(text: str) -> None:
    if is_thumbprint(text):
        assert len(text) == 43
        assert b64(b64decode(f"{text}=", b"-_")) == text
