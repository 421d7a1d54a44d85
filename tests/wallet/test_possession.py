"""Tests of ``wattfare_desktop.wallet.possession``."""

from dataclasses import dataclass
from datetime import UTC

import pytest

from tests.support.signing_app import SigningApp
from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.oauth.dpop import Proof, ProofFault
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.possession import FAILURES_MAX, NONCE_MS, Asked, Possession

ADDRESS = "http://127.0.0.1:8402/v1/models"
ACCESS = "wf_at_x"
START_S = 1_764_000_000
GRANT = GrantId("grant_1")


@dataclass
class _Time(Clock):
    ms: int = START_S * 1000

    def __post_init__(self) -> None:
        super().__init__(lambda: UTC)

    def now(self) -> Instant:
        return Instant(self.ms)


@pytest.fixture
def time() -> _Time:
    return _Time()


@pytest.fixture
def app() -> SigningApp:
    return SigningApp()


def asked(app: SigningApp) -> Asked:
    return Asked(method="GET", address=ADDRESS, access=ACCESS, jkt=app.jkt)


def proof(app: SigningApp, time: _Time, nonce: str) -> str:
    return app.proof("GET", ADDRESS, access=ACCESS, nonce=nonce, iat=time.ms // 1000)


def test_a_proof_is_good_once(app: SigningApp, time: _Time) -> None:
    possession = Possession(time)
    text = proof(app, time, possession.nonce)
    assert isinstance(possession.judge(text, asked(app)), Proof)
    assert possession.judge(text, asked(app)) is ProofFault.REPLAYED
    time.ms += 59_000
    assert possession.judge(text, asked(app)) is ProofFault.REPLAYED


def test_another_key_is_refused_though_its_proof_is_good(app: SigningApp, time: _Time) -> None:
    possession = Possession(time)
    text = proof(SigningApp(), time, possession.nonce)
    assert possession.judge(text, asked(app)) is ProofFault.OTHER_KEY


def test_a_forged_proof_uses_up_no_good_one(app: SigningApp, time: _Time) -> None:
    possession = Possession(time)
    text = proof(app, time, possession.nonce)
    forged = f"{text.rpartition('.')[0]}.{proof(app, time, '').rpartition('.')[2]}"
    assert possession.judge(forged, asked(app)) is ProofFault.SIGNATURE
    assert isinstance(possession.judge(text, asked(app)), Proof)


def test_a_nonce_is_good_until_the_next_but_one(app: SigningApp, time: _Time) -> None:
    possession = Possession(time)
    nonce = possession.nonce
    assert Possession(time).nonce != nonce, "another start, another secret"
    time.ms += NONCE_MS
    assert possession.nonce != nonce
    assert isinstance(possession.judge(proof(app, time, nonce), asked(app)), Proof)
    time.ms += NONCE_MS
    assert possession.judge(proof(app, time, nonce), asked(app)) is ProofFault.NONCE


def test_what_is_sent_for_tokens_takes_no_room_from_calls(app: SigningApp, time: _Time) -> None:
    possession = Possession(time)
    text = app.proof("GET", ADDRESS, nonce=possession.nonce, iat=START_S, jti="1")
    at_token = Asked(method="GET", address=ADDRESS)
    assert isinstance(possession.judge(text, at_token), Proof)
    same = app.proof("GET", ADDRESS, access=ACCESS, nonce=possession.nonce, iat=START_S, jti="1")
    assert isinstance(possession.judge(same, asked(app)), Proof)


def test_five_bad_proofs_in_a_minute_are_too_many(time: _Time) -> None:
    possession = Possession(time)
    assert [possession.failed(GRANT) for _ in range(FAILURES_MAX)] == [False] * 4 + [True]


def test_five_bad_proofs_over_more_than_a_minute_are_not(time: _Time) -> None:
    possession = Possession(time)
    for _ in range(3 * FAILURES_MAX):
        assert not possession.failed(GRANT)
        time.ms += 15_001


def test_bad_proofs_of_another_app_do_not_count(time: _Time) -> None:
    possession = Possession(time)
    for number in range(3 * FAILURES_MAX):
        assert not possession.failed(GrantId(f"grant_{number}"))
